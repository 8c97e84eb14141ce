"""What ``desync compare --points`` does: two captures of the same connections, laid over each other.

May know the library's calls and the formats by name; must not know what a document says.
"""

from typing import NamedTuple

import click

from desync.analysis.options import Options
from desync.archive.discovery import STANDARD_INPUT
from desync.cli.either import either_of
from desync.cli.exit_codes import scan_exit_code
from desync.cli.output import complain, text_output
from desync.cli.printing import failure
from desync.errors import DesyncError


class View(NamedTuple):
    """How it is to be shown.

    Attributes:
        form: ``text``, ``json`` or ``jsonl``.
        output: A file, or None for standard output.
        everything: Whether connections that are the same at both points are shown too.
    """

    form: str
    output: str | None
    everything: bool


def run_points(a: str, b: str, options: Options, view: View) -> int:
    """Lay two captures over each other, print what they say, and give the exit code.

    Args:
        a: The captures of the point nearer the client, as the caller named them.
        b: Those of the other.
        options: What is asked for.
        view: How it is to be shown.

    Raises:
        UsageError: One is a case or standard input, which cannot be read twice.
    """
    for name, path in (("A", a), ("B", b)):
        if path == STANDARD_INPUT:
            message = f"{name} is read twice with --points; standard input cannot be"
            raise click.UsageError(message)
        if either_of([path], view.output).case is not None:
            message = f"{name} is a case, which holds no octets; --points needs captures"
            raise click.UsageError(message)
    # Imported here: it brings NumPy along.
    from desync.report.points.report import compare_points  # noqa: PLC0415 - see above

    try:
        report = compare_points(a, b, options)
    except DesyncError as error:
        return failure(error)
    codes = []
    for name, side in zip("AB", report.sides, strict=True):
        for path, reason in side.unreadable:
            complain(f"{path}: {reason}")
        if not side.analysed:
            complain(f"nothing could be analysed in {name}")
        partial = bool(side.unreadable) or side.damaged
        codes.append(scan_exit_code(analysed=side.analysed, partial=partial, failed=False))
    document = report.document(everything=view.everything)
    with text_output(view.output) as stream:
        if view.form == "text":
            from desync.report.points.text import write_points  # noqa: PLC0415 - brings rich along
            from desync.report.text_sheet import text_console  # noqa: PLC0415 - brings rich along

            write_points(document, text_console(stream), everything=view.everything)
        else:
            from desync.report.jsonl import points_lines, points_pieces  # noqa: PLC0415 - see above

            stream.writelines((points_lines if view.form == "jsonl" else points_pieces)(document))
    return max(codes)

"""What ``desync compare --points`` does: two captures of the same connections, laid over each other.

May know the library's calls and the formats by name; must not know what a document says.
"""

from collections.abc import Mapping
from typing import Any

import click

from desync.analysis.options import Options
from desync.archive.discovery import STANDARD_INPUT
from desync.cli import library
from desync.cli.either import either_of, ended
from desync.cli.output import text_output
from desync.cli.printing import View, failure
from desync.errors import DesyncError


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
    code = max(ended(side, {}, f" in {name}") for name, side in zip("AB", report.sides, strict=True))
    document: Mapping[str, Any] = report.document(everything=view.everything)
    if view.redact:
        document = library.redacted(document)
    with text_output(view.output, paged=view.form == "text") as stream:
        if view.form == "text":
            from desync.report.points.text import write_points  # noqa: PLC0415 - brings rich along
            from desync.report.text_sheet import text_console  # noqa: PLC0415 - brings rich along

            write_points(document, text_console(stream), everything=view.everything)
        else:
            from desync.report.jsonl import points_lines, points_pieces  # noqa: PLC0415 - see above

            stream.writelines((points_lines if view.form == "jsonl" else points_pieces)(document))
    return code

"""The command ``desync compare``: which clients recovered, and which still lose step."""

from collections.abc import Mapping
from typing import Any

import click

from desync.analysis.options import Options
from desync.cli import library
from desync.cli.either import Either, either_of, ended
from desync.cli.options import (
    cluster_option,
    everybody_option,
    jobs_option,
    no_progress_option,
    pager_option,
    port_option,
    printing_options,
    redact_option,
)
from desync.cli.output import text_output
from desync.cli.points import run_points
from desync.cli.printing import View, failure
from desync.errors import DesyncError


@click.command("compare", short_help="Compare before and after: who recovered, and who did not.")
@click.argument("before", type=click.Path(allow_dash=True), metavar="A")
@click.argument("after", type=click.Path(allow_dash=True), metavar="B")
@click.option(
    "--points",
    is_flag=True,
    help="A and B hold the same connections, captured on both sides of a box or path, A nearer the client: "
    "say what it changed, dropped, delayed or made up.",
)
@printing_options("comparison")
@redact_option
@port_option
@jobs_option
@cluster_option
@everybody_option
@no_progress_option
@pager_option
def compare_command(  # noqa: PLR0917 - one argument for each option
    before: str,
    after: str,
    points: bool,  # noqa: FBT001 - a flag of the command line
    form: str,
    output: str | None,
    redact: bool,  # noqa: FBT001 - a flag of the command line
    ports: tuple[int, ...],
    jobs: int,
    cluster: str | None,
    everything: bool,  # noqa: FBT001 - a flag of the command line
    quiet: bool,  # noqa: FBT001 - a flag of the command line
) -> int:
    """Say which clients recovered from A to B, which still lose step and why, and which are new.

    A and B are each a case of 'desync scan --case', or a capture, a directory or a pattern, from
    before and after something was mended. Of a case, --port and --jobs say nothing: it holds what
    it was made with. One archive is cut in two with 'desync scan --case A --until T' and
    'desync scan --case B --since T'.

    Clients are matched by address. A client that misread split replies in A has recovered only if
    split replies reached it in B; and nothing is said that chance alone explains.

    With --points A and B are captures of the same connections on both sides of a box: octets,
    acknowledgments and times are laid over each other. A is to be the one nearer the client; if the
    handshakes show that it is not, that is said.

    \b
    Examples:
      desync compare before.sqlite after.sqlite
      desync compare /var/spool/captures/october /var/spool/captures/november
      desync compare --points captures/points/mask.client.pcap captures/points/mask.server.pcap

    Exit code: as for 'desync scan', the worse of both; 2 if a case cannot be used.
    """  # noqa: D301 - click takes the backspace as it is
    options = Options(ports=ports, jobs=jobs, cluster=cluster)
    view = View(form, output, everything, quiet, verbose=False, redact=redact)
    if points:
        return run_points(before, after, options, view)
    sides = _sides(before, after, output)
    try:
        (a, first), (b, second) = [side.read(options, quiet=quiet) for side in sides]
    except DesyncError as error:
        return failure(error)
    _print((before, after), (first, second), view)
    return max(ended(a, first, " in A"), ended(b, second, " in B"))


def _print(
    paths: tuple[str, str],
    documents: tuple[Mapping[str, Any], Mapping[str, Any]],
    view: View,
) -> None:
    # Imported here: the comparison brings NumPy along, and each format imports what it needs.
    from desync.report.compare.comparison import compare_documents  # noqa: PLC0415 - see above

    document: Mapping[str, Any] = compare_documents(paths, documents, everything=view.everything)
    if view.redact:
        document = library.redacted(document)
    with text_output(view.output, paged=view.form == "text") as stream:
        if view.form == "text":
            from desync.report.compare.text import write_comparison  # noqa: PLC0415 - see above
            from desync.report.text_sheet import text_console  # noqa: PLC0415 - see above

            write_comparison(document, text_console(stream), everything=view.everything)
        else:
            from desync.report.jsonl import compare_lines, compare_pieces  # noqa: PLC0415 - see above

            stream.writelines((compare_lines if view.form == "jsonl" else compare_pieces)(document))


def _sides(before: str, after: str, output: str | None) -> list[Either]:
    if before == after == "-":
        message = "standard input cannot be both A and B"
        raise click.UsageError(message)
    return [either_of([path], output) for path in (before, after)]

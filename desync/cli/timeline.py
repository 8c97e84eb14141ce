"""The command ``desync timeline``: what changed when, and who misread since."""

from collections.abc import Mapping
from typing import Any

import click

from desync.analysis.options import Options
from desync.cli import library
from desync.cli.either import either_of, ended
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
from desync.cli.printing import failure
from desync.errors import DesyncError
from desync.report.formats.registry import TIMELINE_FORMATS, timeline_in


@click.command("timeline", short_help="Say what changed when, and who misread since.")
@click.argument("paths", nargs=-1, type=click.Path(allow_dash=True), metavar="CASE|PATH...")
@printing_options("timeline", TIMELINE_FORMATS)
@redact_option
@port_option
@jobs_option
@cluster_option
@everybody_option
@no_progress_option
@pager_option
def timeline_command(  # noqa: PLR0917 - one argument for each option
    paths: tuple[str, ...],
    form: str,
    output: str | None,
    redact: bool,  # noqa: FBT001 - a flag of the command line
    ports: tuple[int, ...],
    jobs: int,
    cluster: str | None,
    everything: bool,  # noqa: FBT001 - a flag of the command line
    quiet: bool,  # noqa: FBT001 - a flag of the command line
) -> int:
    """Say since when which client misread, against which banner of which server.

    CASE is a case of 'desync scan --case'; or PATH... are captures, as for 'desync scan'. Of a
    case, --port, --jobs and --all say nothing: it holds what it was made with.

    First come the change points: sessions from which on a server's banner, its share of split
    replies, or a client's share of misreads is another. Of an archive in which nothing changes,
    one in a thousand shows any.

    \b
    Examples:
      desync timeline mail.sqlite
      desync timeline /var/spool/captures

    Exit code: as for 'desync scan'; 2 if the case cannot be used.
    """  # noqa: D301 - click takes the backspace as it is
    options = Options(ports=ports, jobs=jobs, cluster=cluster, details=everything)
    either = either_of(paths, output)
    try:
        report, document = either.read(options, quiet=quiet)
    except DesyncError as error:
        return failure(error)
    _print(library.redacted(document) if redact else document, form, output, everything=everything)
    return ended(report, document)


def _print(document: Mapping[str, Any], form: str, output: str | None, *, everything: bool) -> None:
    # Each format imports what it needs: rich takes longer to import than a small file to analyse.
    with text_output(output, paged=form == "text") as stream:
        if form == "text":
            from desync.report.text_sheet import text_console  # noqa: PLC0415 - see above
            from desync.report.text_timeline import write_timeline  # noqa: PLC0415 - see above

            write_timeline(document, text_console(stream), everything=everything)
        else:
            stream.writelines(timeline_in(form, document, everything=everything))

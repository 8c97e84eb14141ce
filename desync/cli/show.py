"""The command ``desync show``: one connection as a ladder."""

import click

from desync.analysis.options import Options
from desync.cli import library
from desync.cli.exit_codes import ExitCode
from desync.cli.options import pager_option, port_option, redact_option, stream_option
from desync.cli.output import complain, text_output
from desync.errors import CaptureError, UsageError


@click.command("show", short_help="Show one connection as a ladder.")
@click.argument("path", type=click.Path(), metavar="PATH")
@stream_option
@port_option
@redact_option
@pager_option
def show_command(
    path: str,
    stream: int,
    ports: tuple[int, ...],
    redact: bool,  # noqa: FBT001 - a flag of the command line
) -> int:
    """Show one connection of the capture PATH as a ladder.

    A line for each segment: when, which frame, from the client to the server or back, which
    octets of the sender's stream, how many of the other's it acknowledges, and the text with
    its line ends. Findings are marked where they were made. Where the client took replies for
    the answers to other commands, two columns show what was true and what it believed.

    \b
    Example:
      desync show captures/ccnotes-1999.snoop --stream 0
    """  # noqa: D301 - click takes the backspace as it is
    from desync.report.ladder import write_ladder  # noqa: PLC0415 - brings rich along
    from desync.report.text_sheet import text_console  # noqa: PLC0415 - brings rich along

    try:
        ladder = library.ladder(path, stream, Options(ports=ports), redact=redact)
    except CaptureError as error:
        complain(str(error))
        return ExitCode.NOTHING_ANALYSED
    except UsageError as error:
        raise click.UsageError(str(error)) from error
    with text_output(None, paged=True) as output:
        write_ladder(ladder, text_console(output))
    return ExitCode.ANALYSED

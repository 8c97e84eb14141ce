"""The command ``desync letter``: what to send to the other side of a connection."""

import shlex

import click

from desync.analysis.options import Options
from desync.cli import library
from desync.cli.exit_codes import ExitCode
from desync.cli.options import port_option, redact_option, stream_option
from desync.cli.output import complain, refuse_input_as_output, text_output
from desync.cli.progress import on_terminal
from desync.errors import CaptureError, UsageError


@click.command("letter", short_help="Write what to send to the other side.")
@click.argument("path", type=click.Path(), metavar="PATH")
@stream_option
@click.option(
    "--to",
    "side",
    required=True,
    type=click.Choice(("client", "server")),
    help="Who is to read it: whoever made or runs the client, or the server.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="Write it to FILE instead of standard output.",
)
@port_option
@redact_option
def letter_command(  # noqa: PLR0917 - one argument for each option
    path: str,
    stream: int,
    side: library.Side,
    output: str | None,
    ports: tuple[int, ...],
    redact: bool,  # noqa: FBT001 - a flag of the command line
) -> int:
    """Write a letter to one side of a connection of the capture PATH: plain text, ready to be sent.

    It says what happened, which frames prove it and how sure that is, what to change, and what the
    standards say. Nobody's mail is in it: no sender, no recipient, no text; of what was captured it
    names the two ends, the client's name and the server's greeting.

    Where there is nothing to write to that side, it says so on standard error, and writes nothing.

    \b
    Examples:
      desync letter captures/ccnotes-1999.snoop --stream 0 --to client
      desync evidence captures/ccnotes-1999.snoop --stream 0 --output to-attach.pcapng
    """  # noqa: D301 - click takes the backspace as it is
    refuse_input_as_output(output, [path])
    try:
        text, others = library.letter(path, stream, side, Options(ports=ports, hash=True), redact=redact)
    except CaptureError as error:
        complain(str(error))
        return ExitCode.NOTHING_ANALYSED
    except UsageError as error:
        raise click.UsageError(str(error)) from error
    if text is None:
        found = f"; what was found is not its doing: {', '.join(others)}" if others else ""
        complain(f"{path}: stream {stream} has nothing to write to the {side}{found}")
        return ExitCode.ANALYSED
    with text_output(output) as letter:
        letter.write(text)
    if on_terminal():
        complain(
            f"to send along: desync evidence {shlex.quote(path)} --stream {stream} --output evidence.pcapng"
        )
    return ExitCode.ANALYSED

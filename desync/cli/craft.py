"""The command ``desync craft``: a written dialogue becomes a capture."""

import click

from desync.cli.exit_codes import ExitCode
from desync.cli.output import OutputError, complain
from desync.errors import DialogueError


class CraftCommand(click.Command):
    """A command whose help ends with the language that dialogues are written in."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the language as it stands in its documentation, line for line."""
        from desync.craft import dialogue  # noqa: PLC0415 - only for its documentation

        super().format_epilog(ctx, formatter)
        formatter.write("\nThe language of dialogues\n\n")
        for line in (dialogue.__doc__ or "").splitlines():
            formatter.write(f"  {line}".rstrip() + "\n")


@click.command("craft", cls=CraftCommand, short_help="Make a capture from a written dialogue.")
@click.argument("dialogue", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="The capture to write; '-' for standard output.",
)
def craft_command(dialogue: str, output: str) -> int:
    """Make a capture from DIALOGUE, a text that says who says what in which segments.

    With it a case can be shown without anybody's private data. The same text always gives
    the same capture, octet for octet.

    \b
    Example:
      desync craft captures/ccnotes-1999.dialogue --output case.snoop
      desync scan case.snoop
    """  # noqa: D301 - click takes the backspace as it is
    from desync.craft.build import craft  # noqa: PLC0415 - brings scapy along, which takes a second

    try:
        with click.open_file(dialogue, encoding="utf-8") as file:
            octets = craft(file.read())
    except (DialogueError, UnicodeDecodeError) as error:
        complain(f"{dialogue}: {error}")
        return ExitCode.USAGE
    try:
        with click.open_file(output, "wb", atomic=output != "-") as capture:
            capture.write(octets)
    except OSError as error:
        message = f"cannot write {output}: {error.strerror}"
        raise OutputError(message) from error
    return ExitCode.ANALYSED

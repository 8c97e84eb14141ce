"""The command ``desync man``: the manual page, made from what --help says.

May know click and the commands' help; must not know what a command does.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import click

from desync.cli.output import text_output
from desync.cli.roff import literal, macro, prose, written
from desync.version import VERSION

_EXIT_STATUS: Final = (
    ("0", "Analysed. Captures without mail too."),
    ("1", "Only with --fail-on: there is a finding as grave as that."),
    ("2", "Wrong usage, or a case or an output that cannot be used."),
    ("3", "Analysed in part: some input was damaged, unreadable, or no capture though it was named."),
    ("4", "Nothing could be analysed."),
    ("130", "Interrupted."),
)

_ENVIRONMENT: Final = (
    ("NO_COLOR", "If it is set and not empty, nothing is coloured."),
    (
        "PAGER",
        "What long text on a terminal is shown with; 'cat' or nothing: no pager. Default: less, or more.",
    ),
    ("LESS", "Options of less; if it is not set, it is run with FRX."),
    ("COLUMNS", "How wide text is set where that is not the terminal's width."),
)

_SEE_ALSO: Final = "tcpdump(8), tshark(1), snoop(8), capinfos(1), editcap(1)"


@click.command("man", short_help="Write the manual page.")
@click.pass_context
def man_command(context: click.Context) -> None:
    """Write the manual page, desync(1), in roff: all that --help says, of every command.

    \b
    Examples:
      desync man | man -l -
      desync man > /usr/local/share/man/man1/desync.1
    """  # noqa: D301 - click takes the backspace as it is
    group = context.find_root()
    with text_output(None) as stream:
        stream.writelines(f"{line}\n" for line in manual(group))


def manual(root: click.Context) -> Iterator[str]:
    """The lines of the manual page.

    Args:
        root: The context of the command that all others belong to.
    """
    group = root.command
    if not isinstance(group, click.Group):
        return
    contexts = [
        click.Context(command, info_name=name, parent=root)
        for name in group.list_commands(root)
        if (command := group.get_command(root, name)) is not None and not command.hidden
    ]
    summary, _, rest = (group.help or "").partition("\n")
    yield macro("TH", "DESYNC", "1", "", f"desync {VERSION}", "User Commands")
    yield from (".ad l", ".nh")  # command lines are not to be stretched, nor cut
    yield macro("SH", "NAME")
    yield f"desync \\- {written(_named(summary))}"
    yield macro("SH", "SYNOPSIS")
    yield from _synopsis(contexts)
    yield macro("SH", "DESCRIPTION")
    yield from prose(rest)
    yield macro("SH", "COMMANDS")
    for context in contexts:
        yield from _command(context)
    yield from _listed("EXIT STATUS", _EXIT_STATUS)
    yield from _listed("ENVIRONMENT", _ENVIRONMENT)
    yield macro("SH", "SHELL COMPLETION")
    yield from prose("In ~/.bashrc, ~/.zshrc (after compinit) or ~/.config/fish/config.fish:")
    yield from literal(
        [
            'eval "$(_DESYNC_COMPLETE=bash_source desync)"',
            'eval "$(_DESYNC_COMPLETE=zsh_source desync)"',
            "_DESYNC_COMPLETE=fish_source desync | source",
        ]
    )
    yield macro("SH", "SEE ALSO")
    yield written(_SEE_ALSO)


def _named(summary: str) -> str:
    """What follows the name: a phrase without its full stop."""
    text = summary.strip().rstrip(".")
    return text[:1].lower() + text[1:]


def _synopsis(contexts: Iterable[click.Context]) -> Iterator[str]:
    for context in contexts:
        yield ".br"
        words = context.command.collect_usage_pieces(context)
        yield f"\\fBdesync {written(str(context.info_name))}\\fR {written(' '.join(words))}"


def _command(context: click.Context) -> Iterator[str]:
    """A command: what it does, and its options."""
    command = context.command
    yield macro("SS", f"desync {context.info_name} {' '.join(command.collect_usage_pieces(context))}")
    yield from prose(command.help or "")
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and isinstance(parameter, click.Option) and parameter.name != "help":
            yield ".TP"
            yield f"\\fB{written(record[0])}\\fR"
            yield from (written(line) for line in record[1].splitlines())
    formatter = context.make_formatter()
    command.format_epilog(context, formatter)
    epilog = formatter.getvalue().strip("\n")
    if epilog:
        yield ".PP"
        yield from literal(epilog.splitlines())


def _listed(title: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield macro("SH", title)
    for name, text in rows:
        yield ".TP"
        yield f"\\fB{written(name)}\\fR"
        yield written(text)

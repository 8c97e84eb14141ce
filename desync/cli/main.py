"""The command line: its commands, and how it ends.

May know click and the commands; must not know what they do.
"""

import atexit
import gc
import os
from typing import Final

import click

from desync.cli.compare import compare_command
from desync.cli.craft import craft_command
from desync.cli.evidence import evidence_command
from desync.cli.exit_codes import ExitCode
from desync.cli.explain import explain_command
from desync.cli.letter import letter_command
from desync.cli.man import man_command
from desync.cli.options import pager_option
from desync.cli.report import report_command
from desync.cli.scan import scan_command
from desync.cli.schema import schema_command
from desync.cli.show import show_command
from desync.cli.timeline import timeline_command
from desync.version import VERSION

SELDOM: Final = 200_000
"""Objects made between two looks at what is cyclic garbage: a report is many small objects and no cycles."""


@click.group(
    "desync",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Shell completion (bash; zsh_source and fish_source likewise):
  eval "$(_DESYNC_COMPLETE=bash_source desync)"
""",
)
@pager_option
@click.version_option(VERSION, message="%(prog)s %(version)s")
def cli() -> None:
    """Say from a packet capture which mail client spoke before the reply had arrived.

    The proof is in the capture itself: a command's segment acknowledges less than the whole
    reply, so the client cannot have read it. No clock is needed, and no server's log.

    \b
    Example:
      tcpdump -i eth0 -w mail.pcap 'tcp port 25'
      desync scan mail.pcap
    """  # noqa: D301 - click takes the backspace as it is


for command in (
    scan_command,
    report_command,
    timeline_command,
    compare_command,
    show_command,
    explain_command,
    letter_command,
    evidence_command,
    craft_command,
    schema_command,
    man_command,
):
    cli.add_command(command)


def main(arguments: list[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: What stands behind the command's name; None: what the process was given.

    Returns:
        The exit code.
    """
    # There is no linear algebra here: as many threads as cores would be started for nothing.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(SELDOM, 20, 100)
    # The interpreter looks for cyclic garbage several times as it ends, in all that it is about to drop.
    atexit.register(gc.freeze)
    try:
        code = cli.main(arguments, prog_name="desync", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return ExitCode.INTERRUPTED
    return int(code or 0)

"""Long text on a terminal goes through a pager, as with git and man.

May know the environment and processes; must not know what is shown. Imported only where standard output
is a terminal.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from io import TextIOWrapper
from typing import Final, TextIO

import click

WANTED: Final = "desync-pager"
"""The member of a click context's ``meta`` that is False where --no-pager was given."""

_USUAL: Final = ("less", "more")
_LESS: Final = "FRX"
"""End at once where all fits on one screen; show colours; leave the text standing at the end."""


def pager_command(environment: Mapping[str, str]) -> list[str] | None:
    """The pager to use, or None where there is to be none.

    Args:
        environment: ``PAGER`` names one, with its options; ``cat`` or nothing says that there is to be none.
    """
    context = click.get_current_context(silent=True)
    if context is not None and not context.meta.get(WANTED, True):
        return None
    named = environment.get("PAGER")
    if named is None:
        return next(
            ([one] for one in _USUAL if environment.get("TERM") != "dumb" and shutil.which(one)), None
        )
    try:
        words = shlex.split(named)
    except ValueError:
        return None
    usable = words and words[0] != "cat" and shutil.which(words[0])
    return words if usable else None


def through(command: list[str]) -> Iterator[TextIO]:
    """Open a pager for text, and wait for it to end.

    A reader who has seen enough ends it, and the rest is not written; an interrupt is for the pager.

    Args:
        command: The pager.

    Yields:
        A stream that passes for a terminal: colours are kept.
    """
    environment = {"LESS": _LESS, **os.environ}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as process:  # noqa: S603 - the user's pager
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            if process.stdin is not None:
                stream = _Terminal(process.stdin, encoding=sys.stdout.encoding, errors="backslashreplace")
                try:
                    yield stream
                finally:
                    # What is still buffered is written now; the reader may have gone.
                    with suppress(OSError):
                        stream.close()
        except BrokenPipeError:
            pass
        finally:
            process.wait()
            signal.signal(signal.SIGINT, before)


class _Terminal(TextIOWrapper):
    """A pipe to a program that shows on the terminal what it is given."""

    def isatty(self) -> bool:
        """Whether this is a terminal: as good as one."""
        return True

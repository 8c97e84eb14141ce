"""What a command is to read: paths from the command line, and lists of paths.

May know click and files; must not know what is in a capture.
"""

import os
import sys
from collections.abc import Iterable, Sequence

import click

from desync.archive.discovery import STANDARD_INPUT, discover
from desync.archive.lists import read_list
from desync.cli import library
from desync.cli.output import refuse_input_as_output
from desync.errors import UsageError
from desync.report.escape import escape


def inputs_of(paths: Sequence[str], lists: Sequence[str], output: str | None) -> list[str]:
    """Collect what is to be read, and check it against what is to be written.

    Args:
        paths: Files, directories, patterns, or ``-``.
        lists: Files that list files and directories, or ``-`` for standard input.
        output: Where the report goes, or None.

    Raises:
        UsageError: Nothing was named, standard input is a terminal or wanted twice, a list cannot be
            read, or the output is an input.
    """
    if not paths and not lists:
        message = "name a capture, a directory, or '-' for standard input; 'desync scan --help' says more"
        raise click.UsageError(message)
    if STANDARD_INPUT in paths and STANDARD_INPUT in lists:
        message = "standard input cannot be both a capture and a list of files"
        raise click.UsageError(message)
    if STANDARD_INPUT in (*paths, *lists) and sys.stdin is not None and sys.stdin.isatty():
        message = "standard input is a terminal, neither a capture nor a list"
        raise click.UsageError(message)
    found = [*paths, *_listed(dict.fromkeys(lists))]
    if output is not None:
        # The report of the last run may lie in the directory that is read: it is no capture.
        captures = [
            one.path
            for one in discover(found)
            if one.named or (_same(one.path, output) and library.is_capture(one.path))
        ]
        refuse_input_as_output(output, captures)
    return found


def _same(path: str, output: str) -> bool:
    try:
        return os.path.samefile(path, output)  # noqa: PTH121 - paths are texts here, as the caller wrote them
    except OSError:
        return False


def _listed(lists: Iterable[str]) -> list[str]:
    names: list[str] = []
    for one in lists:
        try:
            with click.open_file(one, "rb") as stream:
                names += read_list(stream)
        except OSError as error:
            message = f"cannot read the list {escape(one)}: {error.strerror}"
            raise click.UsageError(message) from error
        except UsageError as error:
            message = f"{escape(one)}: {error}"
            raise click.UsageError(message) from error
    return names

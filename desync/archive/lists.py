"""Lists of files to analyse, as ``find`` writes them.

May know octets and the file system's names; must not know what is done with the files.
"""

import os
from typing import IO, Final

from desync.archive.discovery import STANDARD_INPUT
from desync.errors import UsageError

MOST_OCTETS: Final = 256 << 20
"""A longer list is none: somebody handed a capture over."""

MOST_NAME_OCTETS: Final = 4096
"""PATH_MAX of Linux."""


def read_list(stream: IO[bytes]) -> list[str]:
    """Read the names of files and directories.

    Args:
        stream: Names that end in NUL octets (``find -print0``) if there is any, else in line feeds. A
            name may hold any other octets, white space at its ends too. Empty ones are left out.

    Returns:
        The names as paths, in order. ``-`` is the file of that name, not standard input.

    Raises:
        UsageError: It is too long, or has a name that is longer than any file system takes.
    """
    octets = stream.read(MOST_OCTETS + 1)
    names = [name for name in octets.split(b"\0" if b"\0" in octets else b"\n") if name]
    if len(octets) > MOST_OCTETS or any(len(name) > MOST_NAME_OCTETS for name in names):
        msg = "no list of files: names end in line feeds or in NUL octets"
        raise UsageError(msg)
    return [_literal(os.fsdecode(name)) for name in names]


def _literal(name: str) -> str:
    """Write a name so that it is not standard input."""
    return f".{os.sep}{name}" if name == STANDARD_INPUT else name

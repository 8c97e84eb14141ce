"""Find the files that are to be analysed: files, directories, globs, URLs, standard input.

May know the file system; must not know what a capture is: whether a file is one is seen when
it is opened.
"""

import glob
import os
import stat
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from desync.archive.remote import expanded
from desync.capture.member import Member, named
from desync.capture.url import Url

STANDARD_INPUT: Final = "-"


class Found(NamedTuple):
    """A file to be analysed.

    Attributes:
        path: As the caller named it, or as it was met below a directory that the caller named.
        named: Whether the caller named this very file. A file that was only met in a directory
            may turn out to be no capture; one that was named must be one.
    """

    path: str
    named: bool


def discover(paths: Iterable[str]) -> list[Found]:
    """Expand directories and globs, in the order given, each in sorted order.

    Args:
        paths: Files, directories, patterns (``*``, ``?``, ``[...]``, ``**``), URLs, members of archives, or
            ``-``.

    Returns:
        Each file once, where it was first met, whatever it is called; ``named`` if any of the
        paths named it. What does not exist or cannot be listed is handed on as named, so that
        opening it says why. In directories symbolic links to directories are not followed, and
        only regular files count: a pipe or a device has to be named.
    """
    first: dict[object, Found] = {}
    for found in _expanded(paths):
        key = _identity(found.path)
        known = first.setdefault(key, found)
        if found.named and not known.named:
            first[key] = Found(known.path, named=True)
    return list(first.values())


def _expanded(paths: Iterable[str]) -> Iterator[Found]:
    for path in map(named, paths):
        if path == STANDARD_INPUT:
            yield Found(path, named=True)
        elif isinstance(path, Url):
            for url, chosen in expanded(path):
                yield Found(url, named=chosen)
        elif isinstance(path, Member):
            yield Found(path, named=True)
        elif os.path.isdir(path):  # noqa: PTH112 - paths are texts here, as the caller wrote them
            yield from _below(path)
        elif os.path.lexists(path) or not glob.has_magic(path):
            yield Found(path, named=True)
        else:
            yield from _matching(path)


def _matching(pattern: str) -> Iterator[Found]:
    """Yield what a pattern matches; a pattern without a match is handed on as it is."""
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - paths are texts here
    if not matches:
        yield Found(pattern, named=True)
    for match in matches:
        if os.path.isdir(match):  # noqa: PTH112 - paths are texts here
            yield from _below(match)
        else:
            # As if the shell had expanded it.
            yield Found(match, named=True)


def _below(directory: str) -> Iterator[Found]:
    """Yield the regular files below a directory, in sorted order."""
    refused: list[str] = []
    for folder, inner, names in os.walk(directory, onerror=lambda error: refused.append(str(error.filename))):
        inner.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)  # noqa: PTH118 - paths are texts here
            if _is_regular(path):
                yield Found(path, named=False)
    for path in sorted(refused):
        yield Found(path, named=True)


def _is_regular(path: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116 - paths are texts here
    except OSError:
        # A dangling link: opening it will say so.
        return True


def _identity(path: str) -> object:
    """Tell whether two paths are one file; paths that lead nowhere are their own identity."""
    if path == STANDARD_INPUT:
        return path
    if isinstance(path, Url):
        return path.identity
    if isinstance(path, Member):
        return _identity(path.archive), path.name
    try:
        status = os.stat(path)  # noqa: PTH116 - paths are texts here
    except OSError:
        return path
    return status.st_dev, status.st_ino

"""What a scan asks of a place that remembers analysed captures, and when a file is still the same.

May know captures' entries and the file system; must not know how anything is stored.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from desync.archive.captures import CaptureEntry
from desync.archive.spool import Spool
from desync.capture.member import Member
from desync.capture.remote import version_of
from desync.capture.url import Url


class Stamp(NamedTuple):
    """By what a file is known to be unchanged.

    Attributes:
        size: Its octets.
        modified: When its contents changed last, in nanoseconds since 1970 UTC; of a URL, a number that
            stands for what its server says of their version.
    """

    size: int
    modified: int


class Store(Protocol):
    """Remembers analysed captures from one run to the next."""

    def owns(self, path: str) -> bool:
        """Whether a file is the store's own, and not to be looked at."""

    def known(self, path: str, stamp: Stamp, index: int, spool: Spool) -> CaptureEntry | None:
        """Recall a capture.

        Args:
            path: As the caller named it.
            stamp: What the file is like now.
            index: Its number in this run.
            spool: Where its slices' results go.

        Returns:
            The capture as it was when it was done, or None where it has to be analysed. Kept segments
            have no octets: those that cannot be read again by place are nowhere.
        """

    def done(self, entry: CaptureEntry, stamp: Stamp, spool: Spool) -> None:
        """Remember a capture."""

    def joined(self, captures: Sequence[int], stages: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Recall what was found in pairs that lie in exactly these captures of a set.

        Args:
            captures: Their numbers in this run, in the order of the set.
            stages: What was looked for, with what knowledge of the rest of the archive.

        Yields:
            What ``join`` was given.
        """

    def joining(self) -> AbstractContextManager[object]:
        """Within this, what ``join`` is given is remembered, all at once at the end."""

    def join(self, captures: Sequence[int], stage: str, found: tuple[Any, ...]) -> None:
        """Remember what was found in pairs that lie in exactly these captures of a set."""


def stamp_of(path: str) -> Stamp | None:
    """What a file is like now; None where it is no regular file, not there, or of no known version.

    Of a member of an archive it is what the archive is like.
    """
    if isinstance(path, Member):
        return stamp_of(path.archive)
    if isinstance(path, Url):
        version = version_of(path)
        return None if version is None else Stamp(*version)
    try:
        status = os.stat(path)  # noqa: PTH116 - a text, as the caller wrote it
    except OSError:
        return None
    return Stamp(status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None

"""What a scan asks of a place that remembers analysed captures, and when a file is still the same.

May know captures' entries and the file system; must not know how anything is stored.
"""

import os
import stat
from typing import NamedTuple, Protocol

from desync.archive.captures import CaptureEntry
from desync.archive.spool import Spool


class Stamp(NamedTuple):
    """By what a file is known to be unchanged.

    Attributes:
        size: Its octets.
        modified: When its contents changed last, in nanoseconds since 1970 UTC.
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
            The capture as it was when it was done, or None where it has to be analysed. Of a capture
            that cannot be read again by place, the kept segments are missing.
        """

    def done(self, entry: CaptureEntry, stamp: Stamp, spool: Spool) -> None:
        """Remember a capture."""


def stamp_of(path: str) -> Stamp | None:
    """What a file is like now; None where it is no regular file, or not there."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a text, as the caller wrote it
    except OSError:
        return None
    return Stamp(status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None

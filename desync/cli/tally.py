"""How far a scan of many files has come, and what each of them took.

May know a clock; must not know the terminal.
"""

import os
import stat
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from desync.archive.discovery import STANDARD_INPUT, discover
from desync.capture.url import Url


class FileDone(NamedTuple):
    """A file that was read to its end.

    Attributes:
        path: As the caller named it, or as it was met.
        octets: Octets of it that had not been told of.
        frames: All its frames.
        seconds: Since the file before it was done. Several are read at once, so these and not the
            seconds that each took by itself add up to those of the whole.
    """

    path: str
    octets: int
    frames: int
    seconds: float


@dataclass(slots=True)
class Tally:
    """Counts files, octets and frames.

    Attributes:
        sizes: Octets of each file; None where it has no size beforehand (a pipe).
        files, octets, frames: What has been read.
    """

    sizes: dict[str, int | None]
    clock: Callable[[], float] = time.monotonic
    files: int = 0
    octets: int = 0
    frames: int = 0
    _open: dict[str, list[int]] = field(default_factory=dict)
    _before: float = 0.0

    def __post_init__(self) -> None:
        self._before = self.clock()

    @property
    def total(self) -> int | None:
        """Octets of all files; None where one has no size beforehand."""
        known = [size for size in self.sizes.values() if size is not None]
        return sum(known) if len(known) == len(self.sizes) else None

    def advance(self, path: str, octets: int, frames: int) -> FileDone | None:
        """Count on; the arguments are those of ``Progress``.

        Returns:
            The file, where this was the end of it.
        """
        told = self._open.setdefault(path, [0, 0])
        told[0] += octets
        told[1] += frames
        self.octets += octets
        self.frames += frames
        return None if octets or frames else self._done(path)

    def _done(self, path: str) -> FileDone:
        octets, frames = self._open.pop(path)
        # Of a compressed file only the end tells how much of it was read.
        rest = max((self.sizes.get(path) or octets) - octets, 0)
        now = self.clock()
        seconds, self._before = now - self._before, now
        self.octets += rest
        self.files += 1
        return FileDone(path, rest, frames, seconds)


def tally_of(paths: Iterable[str]) -> Tally:
    """Begin to count, with the sizes of all files that paths stand for."""
    return Tally({found.path: _size(found.path) for found in discover(paths)})


def _size(path: str) -> int | None:
    if isinstance(path, Url):
        # Asking its server takes as long as a request for some of it.
        return None
    try:
        status = os.stat(path)  # noqa: PTH116 - a text, as the caller wrote it
    except OSError:
        # Nothing of it will be read: it must not take the end from the bar.
        return None if path == STANDARD_INPUT else 0
    return status.st_size if stat.S_ISREG(status.st_mode) else None

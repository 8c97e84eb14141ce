"""A file without what it was compressed with.

May know compression; must not know archives or capture formats.
"""

from collections.abc import Iterator
from functools import partial
from typing import Final, Protocol

from desync.capture.budget import Budget
from desync.capture.compression import MAGIC_OCTETS, Codec, Compression, codec_of, unfold
from desync.capture.problems import ProblemKind
from desync.capture.stream import Stream
from desync.capture.unfolded import Unfolded

MOST_LAYERS: Final = 2
"""Compressed once, and once more by someone who did not notice."""


class File(Stream, Protocol):
    """A file as it is stored, or a member of an archive (``StoredFile``, ``MemberFile``)."""

    @property
    def regular(self) -> bool:
        """It can be read again at any place."""
        ...

    @property
    def failure(self) -> str | None:
        """What the operating system said when reading failed."""
        ...

    @property
    def size(self) -> int | None:
        """Its octets, None where they are not known beforehand."""
        ...

    @property
    def taken(self) -> int:
        """Octets read so far."""
        ...

    def again(self, octets: int, more: int) -> bytes | None:
        """Read the last octets once more and those behind them."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class Opened:
    """A file, and what is in it once all compression is taken off.

    Args:
        path: The file, or the member of an archive.
        file: Its octets as they are stored.
        budget: How much may come out of it.
        faults: What was wrong with it so far; goes on growing.

    Attributes:
        path, file, budget, faults: As given.
        compression: The outermost compression, or None.
        stream: What came out; ``file`` itself where it is not compressed.
    """

    def __init__(
        self, path: str, file: File, budget: Budget, faults: list[tuple[ProblemKind, int, str]]
    ) -> None:
        self.path = path
        self.file = file
        self.budget = budget
        self.faults = faults
        self.compression: Compression | None = None
        self.stream: Stream = file
        for _ in range(MOST_LAYERS):
            codec = codec_of(self.stream.peek(MAGIC_OCTETS))
            if codec is None:
                break
            self.compression = self.compression or codec.name
            self.stream = Unfolded(self._unfolded(codec))

    def _unfolded(self, codec: Codec) -> Iterator[bytes]:
        pieces = unfold(codec, self.stream.read, self._note)
        return self.budget.watch(pieces, partial(self._note, "compression"))

    def _note(self, kind: ProblemKind, offset: int, message: str) -> None:
        self.faults.append((kind, offset, message))

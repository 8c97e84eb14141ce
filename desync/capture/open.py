"""Open a capture: the only way into one.

May know files, compression and formats by name; must not know how a format is read.
"""

from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

from desync.capture.compression import MAGIC_OCTETS, Compression, codec_of, unfold
from desync.capture.frames import Interface
from desync.capture.magic import HEAD_OCTETS, TAR_OCTETS, Format, foreign, format_of
from desync.capture.mangled import is_mangled
from desync.capture.notes import Comment, Notes
from desync.capture.problems import Problem, ProblemKind
from desync.capture.records import RecordWalk
from desync.capture.slices import Slice
from desync.capture.slicing import cut
from desync.capture.source import StoredFile
from desync.capture.unfolded import Unfolded
from desync.capture.url import named
from desync.capture.walk import Walk, enter, walk
from desync.capture.window import Window
from desync.errors import NotACapture, UnreadableFile, UsageError

MOST_LAYERS: Final = 2
"""Compressed once, and once more by someone who did not notice."""

TAKEN_TWICE: Final = "the slices of a capture can be taken once"


def open_capture(path: str) -> "CaptureReader":
    """Open a capture of any supported format, compressed or not; by content, never by name.

    Args:
        path: The file, or a URL that fsspec knows; ``-`` is standard input.

    Raises:
        NotACapture: Its first octets are those of no known format, or it cannot be read behind
            them: cut off in the file header, of an unknown version, changed by a transfer.
        UnreadableFile: The operating system would not hand it over.
    """
    return CaptureReader(path)


class CaptureReader:
    """A capture that is being read, once, in the order of the file.

    Attributes:
        path: As the caller named it.
        format: ``pcap``, ``pcapng`` or ``snoop``; of the first file where several were appended.
        compression: ``gzip``, ``zstd``, ``xz``, ``bz2``, ``lz4``, or None; the outermost.
        rereadable: Slices need not carry their octets: the file can be read again by place.

    Raises:
        NotACapture, UnreadableFile: As ``open_capture``.
    """

    def __init__(self, path: str) -> None:
        self.path = path = named(path)
        self.compression: Compression | None = None
        self._notes = Notes()
        self._faults: list[tuple[ProblemKind, int, str]] = []
        self._file = StoredFile(path)
        self._taken = False
        try:
            stream = self._unfold()
            self.rereadable = self.compression is None and self._file.regular
            again = self._file.again if self.rereadable else None
            self._window = Window(stream.read, keep=not self.rereadable, again=again)
            self.format: Format = self._recognise(stream)
            self._steps: Walk = self._enter()
        except BaseException:
            self._file.close()
            raise

    def slices(self, slice_octets: int) -> Iterator[Slice]:
        """Yield the capture in slices of about ``slice_octets``, each of at least one frame.

        Cut at record boundaries and wherever the reading state changes. Behind the last one
        everything that the properties below say is complete.

        Raises:
            UsageError: The slices were taken before.
        """
        if self._taken:
            raise UsageError(TAKEN_TWICE)
        self._taken = True
        yield from cut(self.path, walk(self._window, self._notes, self._steps), max(1, slice_octets))
        # The octets that came before a fault of the stream have all been walked by now.
        for kind, offset, message in self._faults:
            self._notes.problem(kind, offset, 0, message)
        if self._file.failure is not None:
            message = f"reading stopped at offset {self._window.end}: {self._file.failure}"
            self._notes.problem("unreadable", self._window.end, 0, message)

    @property
    def size(self) -> int | None:
        """Octets of the file as stored; of standard input, as far as it has been read."""
        return self._file.taken or None if self._file.size is None else self._file.size

    @property
    def frames(self) -> int:
        """Frames delivered so far."""
        return self._notes.frames

    @property
    def problems(self) -> list[Problem]:
        """What was wrong, in the order of the file."""
        return self._notes.problems

    @property
    def damage(self) -> list[tuple[int, int]]:
        """Offset and length of what was skipped as no record."""
        faults = self.problems
        return [(fault.offset, fault.octets) for fault in faults if fault.kind == "damaged" and fault.octets]

    @property
    def interfaces(self) -> list[Interface]:
        """Interfaces of all sections and files, in order."""
        return self._notes.interfaces

    @property
    def comments(self) -> list[Comment]:
        """Comments on sections, interfaces and frames."""
        return self._notes.comments

    @property
    def dropped(self) -> int | None:
        """Frames that the capture says were dropped while it was taken; None if it does not say."""
        return self._notes.dropped

    @property
    def snap_length(self) -> int:
        """Octets kept of each frame: the largest of all interfaces, 0 where one has no limit."""
        limits = [interface.snap_length for interface in self.interfaces]
        return max(limits) if limits and all(limits) else 0

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _unfold(self) -> StoredFile | Unfolded:
        stream: StoredFile | Unfolded = self._file
        for _ in range(MOST_LAYERS):
            codec = codec_of(stream.peek(MAGIC_OCTETS))
            if codec is None:
                break
            self.compression = self.compression or codec.name
            stream = Unfolded(unfold(codec, stream.read, self._note_fault))
        return stream

    def _note_fault(self, kind: ProblemKind, offset: int, message: str) -> None:
        self._faults.append((kind, offset, message))

    def _recognise(self, stream: StoredFile | Unfolded) -> Format:
        head = stream.peek(TAR_OCTETS)
        kind = format_of(head[:HEAD_OCTETS])
        if kind is not None:
            return kind
        if self._file.failure is not None:
            raise UnreadableFile(self.path, self._file.failure)
        if self._faults:
            raise NotACapture(self.path, self._faults[0][2])
        raise NotACapture(self.path, foreign(head) if head else "is empty: no octet")

    def _enter(self) -> Walk:
        self._window.fill(HEAD_OCTETS)
        steps = enter(self._window, self._notes, 0)
        if steps is None:
            raise NotACapture(self.path, self.problems[-1].message)
        if isinstance(steps, RecordWalk) and is_mangled(self._window, steps.at, steps.layout):
            reason = "was transferred in text mode: every LF became CR LF; fetch it again in binary mode"
            raise NotACapture(self.path, reason)
        return steps

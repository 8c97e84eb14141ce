"""Open a capture: the only way into one.

May know files, compression and formats by name; must not know how a format is read.
"""

from collections.abc import Generator, Iterator
from types import TracebackType
from typing import Final, Self

from desync.capture.archives import open_members
from desync.capture.compression import Compression
from desync.capture.frames import Interface
from desync.capture.magic import HEAD_OCTETS, TAR_OCTETS, Format, foreign, format_of
from desync.capture.mangled import is_mangled
from desync.capture.member import named
from desync.capture.members import MemberFile
from desync.capture.mended import MANGLED_SECTION, Mended
from desync.capture.notes import Comment, Notes
from desync.capture.opened import Opened
from desync.capture.problems import Problem
from desync.capture.records import RecordWalk
from desync.capture.slices import Slice
from desync.capture.slicing import cut
from desync.capture.stream import Stream
from desync.capture.walk import Walk, enter, walk
from desync.capture.window import Window
from desync.errors import CaptureError, NotACapture, UnreadableFile, UsageError

TAKEN_TWICE: Final = "the slices of a capture can be taken once"

NOTHING: Final = ", and nothing could be unfolded: whether there is a capture in it cannot be known"

TEXT_MODE: Final = "was transferred in text mode, which has changed it: fetch it again in binary mode"


def open_capture(path: str, *, hashed: bool = False) -> "CaptureReader":
    """Open a capture of any supported format, compressed or not; by content, never by name.

    Args:
        path: The file, a URL that fsspec knows, or a member of an archive (``capture.member``); ``-`` is
            standard input.
        hashed: Whether the SHA-256 of a member is wanted.

    Raises:
        NotACapture: Its first octets are those of no known format, or it cannot be read behind
            them: cut off in the file header, of an unknown version, changed by a transfer.
        UnreadableFile: The operating system would not hand it over, or it is no member of its archive.
    """
    path = named(path)
    members = open_members(path, hashed=hashed)
    try:
        return _only_one(path, members)
    except BaseException:
        members.close()
        raise


def _only_one(path: str, members: Generator[Opened | CaptureError, None, None]) -> "CaptureReader":
    one = next(members, None)
    if isinstance(one, CaptureError):
        raise one
    if one is None or one.path != path:
        raise NotACapture(path, "is an archive, and none of its members was named")
    return CaptureReader(one, members)


class CaptureReader:
    """A capture that is being read, once, in the order of the file.

    Args:
        opened: The file, unfolded, nothing of it read.
        members: What goes on to the other members of its archive, to be closed with it.

    Attributes:
        path: As the caller named it, or as it was met.
        format: ``pcap``, ``pcapng`` or ``snoop``; of the first file where several were appended. None where
            a compressed file ends before anything of it could be unfolded.
        compression: ``gzip``, ``zstd``, ``xz``, ``bz2``, ``lz4``, or None; the outermost.
        rereadable: Slices need not carry their octets: the file can be read again by place.

    Raises:
        NotACapture, UnreadableFile: As ``open_capture``.
    """

    def __init__(
        self, opened: Opened, members: Generator[Opened | CaptureError, None, None] | None = None
    ) -> None:
        self.path = opened.path
        self.compression: Compression | None = opened.compression
        self._members = members
        self._notes = Notes()
        self._faults = opened.faults
        self._file = opened.file
        self._mended: Mended | None = None
        self._taken = False
        try:
            stream, self.format = self._recognised(opened.stream)
            self.rereadable = stream is self._file and self._file.regular
            again = self._file.again if self.rereadable else None
            self._window = Window(stream.read, keep=not self.rereadable, again=again)
            self._steps = self._enter(stream) if self.format is not None else None
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
        if self._steps is not None:
            yield from cut(self.path, walk(self._window, self._notes, self._steps), max(1, slice_octets))
        # The octets that came before a fault of the stream have all been walked by now.
        for kind, offset, message in self._faults:
            self._notes.problem(kind, offset, 0, message if self.format is not None else message + NOTHING)
        if self._mended is not None:
            self._notes.problem("damaged", 0, 0, self._mended.told())
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

    @property
    def sha256(self) -> str | None:
        """The SHA-256 of a member of an archive, where it was wanted when the archive was opened."""
        return self._file.sha256 if isinstance(self._file, MemberFile) else None

    def close(self) -> None:
        """Close the file; of a member, go on to its end."""
        if self._members is not None:
            self._members.close()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _recognised(self, stream: Stream) -> tuple[Stream, Format | None]:
        head = stream.peek(TAR_OCTETS)
        if head.startswith(MANGLED_SECTION):
            self._mended = Mended(stream)
            if not self._mended.sound:
                raise NotACapture(self.path, TEXT_MODE)
            return self._mended, "pcapng"
        kind = format_of(head[:HEAD_OCTETS])
        if kind is not None:
            return stream, kind
        if self._file.failure is not None:
            raise UnreadableFile(self.path, self._file.failure)
        if self._faults:
            fault, _, message = self._faults[0]
            if fault == "truncated" and len(head) < HEAD_OCTETS:
                return stream, None
            raise NotACapture(self.path, message)
        raise NotACapture(self.path, foreign(head) if head else "is empty: no octet")

    def _enter(self, stream: Stream) -> Walk:
        steps = self._begun()
        if isinstance(steps, RecordWalk) and is_mangled(self._window, steps.at, steps.layout):
            return self._enter_mended(stream)
        return steps

    def _enter_mended(self, stream: Stream) -> Walk:
        self._mended = Mended(stream, self._window.octets)
        if not self._mended.sound:
            raise NotACapture(self.path, TEXT_MODE)
        self._window = Window(self._mended.read, keep=True)
        self._notes, self.rereadable = Notes(), False
        return self._begun()

    def _begun(self) -> Walk:
        """Read the file header."""
        self._window.fill(HEAD_OCTETS)
        steps = enter(self._window, self._notes, 0)
        if steps is None:
            raise NotACapture(self.path, self.problems[-1].message)
        return steps

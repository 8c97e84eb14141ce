"""Open what a file holds: one capture, or the members of an archive, archives among them.

May know archives and compression by name; must not know capture formats.
"""

from collections.abc import Generator, Iterator
from typing import Final, Protocol

from desync.capture.budget import REFUSAL, Budget
from desync.capture.magic import TAR_OCTETS, format_of
from desync.capture.member import Member
from desync.capture.members import Complain, MemberFile, Packed
from desync.capture.opened import Opened
from desync.capture.source import StoredFile
from desync.capture.stream import Stream
from desync.errors import CaptureError, UnreadableFile

ZIP_MAGICS: Final = (b"PK\x03\x04", b"PK\x05\x06")
"""A member, or an archive without any."""

MOST_ARCHIVES: Final = 3
"""Archives inside of one another that are looked into."""

MOST_MEMBERS: Final = 100_000
"""Members of a file that are looked at: what is known of each stays in memory."""

MOST_NAME: Final = 1 << 12
"""Characters of a member's name that are kept."""


class Walk(Protocol):
    """A walk through the members of an archive (``TarWalk``, ``ZipWalk``)."""

    def members(self) -> Iterator[Packed]:
        """Yield the members that are files."""
        ...


def walk_of(stream: Stream, complain: Complain) -> Walk | None:
    """Begin to walk the archive that a stream holds; None where it holds none.

    Args:
        stream: The file without its compression.
        complain: Told what is wrong with the archive itself.
    """
    head = stream.peek(TAR_OCTETS)
    if format_of(head) is not None:
        return None
    # Loaded only for archives: start-up counts.
    if head.startswith(ZIP_MAGICS):
        from desync.capture.zip import ZipWalk  # noqa: PLC0415

        return ZipWalk(stream, complain)
    # What is due in a header's checksum field: octal digits. Their sum decides.
    if len(head) == TAR_OCTETS and head[148:154].strip(b" \0").isdigit():
        from desync.capture.tar import TarWalk, is_tar  # noqa: PLC0415

        return TarWalk(stream, complain) if is_tar(head) else None
    return None


def open_members(path: str, *, hashed: bool = False) -> Generator[Opened | CaptureError, None, None]:
    """Open a file, or the members of the archive that it is, in its order.

    Args:
        path: The file, a URL, ``-``, or a ``Member``: then only what it is or has in it.
        hashed: Whether the SHA-256 of members is wanted.

    Yields:
        What is no archive, to be read before the next is asked for; and, where something could not be
        opened, why.

    Raises:
        UnreadableFile: The file itself cannot be opened.
    """
    if not isinstance(path, Member):
        yield from _all_of(path, hashed=hashed)
        return
    found = False
    for one in _all_of(path.archive, hashed=hashed):
        if one.path == path or one.path.startswith(f"{path}/"):
            found = True
            yield one
    if not found:
        yield UnreadableFile(path, f"{path.archive} has no such member")


def _all_of(path: str, *, hashed: bool) -> Iterator[Opened | CaptureError]:
    file = StoredFile(path)
    try:
        budget = Budget(lambda: file.taken)
        yield from _Members(path, hashed=hashed).of(Opened(path, file, budget, []), 0)
    finally:
        file.close()


class _Members:
    """The members of one file.

    Args:
        path: The file.
        hashed: Whether their SHA-256 is wanted.
    """

    def __init__(self, path: str, *, hashed: bool) -> None:
        self._path = path
        self._hashed = hashed
        self._names: dict[str, int] = {}
        """How often each was there."""

    def of(self, outer: Opened, depth: int) -> Iterator[Opened | CaptureError]:
        """Yield what is in a file, ``depth`` archives around it."""
        complaints: list[str] = []
        walk = walk_of(outer.stream, complaints.append)
        if walk is None:
            yield outer
            return
        if depth == MOST_ARCHIVES:
            yield CaptureError(outer.path, f"is an archive in {depth} others: unpack it first")
            return
        for packed in walk.members():
            if len(self._names) == MOST_MEMBERS:
                complaints.append(f"has more than {MOST_MEMBERS:,} members: the others were not looked at")
                break
            yield from self._member(outer, packed, depth)
            if outer.budget.exceeded:
                break
        complaints += [message for _, _, message in outer.faults]
        if outer.budget.exceeded and not depth:
            complaints.append(REFUSAL)
        if outer.file.failure is not None:
            complaints.append(f"reading stopped: {outer.file.failure}")
        for message in dict.fromkeys(complaints):
            yield CaptureError(outer.path, message)

    def _member(self, outer: Opened, packed: Packed, depth: int) -> Iterator[Opened | CaptureError]:
        path = self._named(outer, packed.name)
        if packed.refusal is not None:
            yield UnreadableFile(path, packed.refusal)
            return
        file = MemberFile(packed, outer.budget, hashed=self._hashed)
        yield from self.of(Opened(path, file, outer.budget, file.faults), depth + 1)
        file.close()

    def _named(self, outer: Opened, name: str) -> Member:
        """The path of a member; a name that was there before gets a number."""
        name = name[:MOST_NAME]
        inside = f"{outer.path.name}/{name}" if isinstance(outer.path, Member) else name
        chosen = inside
        while chosen in self._names:
            self._names[inside] += 1
            chosen = f"{inside}#{self._names[inside]}"
        self._names[chosen] = 1
        return Member(self._path, chosen)

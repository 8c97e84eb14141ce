"""A member of an archive while its octets come out, as a file of its own.

May know octets and budgets; must not know which kind of archive they come from.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

from desync.capture.budget import Budget
from desync.capture.problems import ProblemKind
from desync.capture.stream import Stretch, pass_on
from desync.capture.unfolded import Unfolded


class BadMember(Exception):  # noqa: N818 - what happened, said as such
    """The octets of a member are not those that were packed.

    Args:
        reason: What was expected and what was there.
    """

    kind: ProblemKind = "compression"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CutMember(BadMember):
    """The octets of a member end too early."""

    kind = "truncated"


Complain: TypeAlias = Callable[[str], None]
"""Told what is wrong with an archive itself."""


def plain_octets(own: Stretch) -> Iterator[bytes]:
    """Yield the octets of a member that is stored as it is.

    Raises:
        CutMember: The archive ends before them.
    """
    size = own.left
    yield from pass_on(own, size)
    if own.left:
        reason = f"the archive ends inside this member: {own.left} of {size} octets are missing"
        raise CutMember(reason)


class Packed(NamedTuple):
    """A member as it lies in an archive.

    Attributes:
        name: As the archive has it.
        size: Its octets, None where the archive does not say.
        pieces: The octets; raises ``BadMember`` behind what could be had.
        refusal: Why it cannot be read, or None.
    """

    name: str
    size: int | None
    pieces: Iterator[bytes]
    refusal: str | None = None


class MemberFile:
    """The octets of a member, read in order, as those of ``capture.source.StoredFile``.

    Args:
        packed: The member.
        budget: How much may come out.
        hashed: Whether its SHA-256 is wanted.

    Attributes:
        size: Its octets, None where the archive does not say.
        regular: Whether it can be read again at any place: no.
        failure: What the operating system said: nothing; that is the archive's.
        faults: What was wrong with it: kind, offset, message.
        taken: Octets read so far.
    """

    regular = False
    failure: str | None = None

    def __init__(self, packed: Packed, budget: Budget, *, hashed: bool = False) -> None:
        self.size = packed.size
        self.taken = 0
        self.faults: list[tuple[ProblemKind, int, str]] = []
        self._packed = packed.pieces
        self._stream = Unfolded(budget.watch(self._pieces(), self._stop))
        self._digest: Any = None
        if hashed:
            from hashlib import sha256  # noqa: PLC0415 - brings OpenSSL along

            self._digest = sha256()

    @property
    def sha256(self) -> str | None:
        """The SHA-256 of all its octets; None where it was not wanted."""
        self.close()
        return None if self._digest is None else self._digest.hexdigest()

    def read(self, octets: int) -> bytes:
        """Read at most this many octets; fewer only at the end."""
        return self._stream.read(octets)

    def peek(self, octets: int) -> bytes:
        """Look at the next octets without taking them; fewer only at the end."""
        return self._stream.peek(octets)

    def again(self, octets: int, more: int) -> None:
        """Nothing can be read once more."""

    def close(self) -> None:
        """Read what is left, so that the archive can be read on behind it."""
        while self._stream.read(1 << 16):
            pass

    def _pieces(self) -> Iterator[bytes]:
        try:
            for piece in self._packed:
                self.taken += len(piece)
                if self._digest is not None:
                    self._digest.update(piece)
                yield piece
        except BadMember as error:
            self.faults.append((error.kind, self.taken, error.reason))

    def _stop(self, offset: int, reason: str) -> None:
        self.faults.append(("compression", offset, reason))

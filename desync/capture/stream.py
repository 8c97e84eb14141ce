"""Octets that are read in order, and may be looked at before they are taken.

May know octets; must not know where they come from.
"""

from collections.abc import Iterator
from typing import Final, Protocol

PIECE_OCTETS: Final = 1 << 16
"""Octets that are passed on at a time."""


class Stream(Protocol):
    """A file as it is stored, or what came out of one."""

    def read(self, octets: int) -> bytes:
        """Read at most this many octets; none means the end."""
        ...

    def peek(self, octets: int) -> bytes:
        """Look at the next octets without taking them; fewer only at the end."""
        ...


def take(stream: Stream, octets: int) -> bytes:
    """Read so many octets; fewer only at the end."""
    pieces = list(pass_on(stream, octets))
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def pass_on(stream: Stream, octets: int) -> Iterator[bytes]:
    """Yield the next octets in pieces; fewer in all only where the stream ends."""
    while octets > 0:
        piece = stream.read(min(octets, PIECE_OCTETS))
        if not piece:
            return
        octets -= len(piece)
        yield piece


def pass_over(stream: Stream, octets: int) -> None:
    """Read the next octets, and let them go."""
    for _ in pass_on(stream, octets):
        pass


class Stretch:
    """The next octets of a stream, as one of its own.

    Args:
        stream: The stream.
        octets: How many.

    Attributes:
        left: How many have not been taken yet.
    """

    def __init__(self, stream: Stream, octets: int) -> None:
        self._stream = stream
        self.left = octets

    def read(self, octets: int) -> bytes:
        """Read at most this many octets."""
        piece = self._stream.read(min(octets, self.left))
        self.left -= len(piece)
        return piece

    def peek(self, octets: int) -> bytes:
        """Look at the next octets without taking them."""
        return self._stream.peek(min(octets, self.left))

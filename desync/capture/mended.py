"""Undo a transfer in text mode: every CR that was put before an LF is taken away again.

Where every LF got a CR, whether there was one before or not, nothing is lost: what was LF is CR LF, what was
CR LF is CR CR LF. Whether that is what happened, the lengths in the headers of records and blocks say: they
lead from one to the next in no other reading. May know walks; must not know which file this is.
"""

from collections.abc import Iterator
from typing import Final

from desync.capture.notes import Notes
from desync.capture.stream import Stream
from desync.capture.unfolded import Unfolded
from desync.capture.walk import enter, walk
from desync.capture.window import WINDOW_OCTETS, Window

MANGLED_SECTION: Final = b"\x0d\x0a\x0d\x0d\x0d\x0a"
"""What becomes of the first octets of pcapng."""


class Mended:
    """The octets of a file as they were before.

    Args:
        stream: The file as it is.
        before: Octets of it that were taken from the stream already.
    """

    def __init__(self, stream: Stream, before: bytes = b"") -> None:
        self._stream = stream
        self._taken_away = self._alone = 0
        self._mended = Unfolded(self._pieces(before))

    @property
    def sound(self) -> bool:
        """Whether the first records or blocks, a window of them, follow one another without fault."""
        window, notes = Window.of(self._mended.peek(WINDOW_OCTETS)), Notes()
        steps = enter(window, notes, 0)
        if steps is None:
            return False
        for _ in walk(window, notes, steps):
            pass
        return notes.frames > 0 and not any(one.kind == "damaged" for one in notes.problems)

    def read(self, octets: int) -> bytes:
        """Read at most this many octets; fewer only at the end."""
        return self._mended.read(octets)

    def peek(self, octets: int) -> bytes:
        """Look at the next octets without taking them; fewer only at the end."""
        return self._mended.peek(octets)

    def told(self) -> str:
        """Say what was done, once all has been read."""
        alone = f"; {self._alone} LF stood alone, as none should" if self._alone else ""
        return (
            "the file was transferred in text mode: each LF became CR LF, which was undone at "
            f"{self._taken_away} places; the lengths of the records prove it{alone}. Offsets are those of "
            "the mended file"
        )

    def _pieces(self, before: bytes) -> Iterator[bytes]:
        held = b""
        while piece := before or self._stream.read(WINDOW_OCTETS):
            piece, before = held + piece, b""
            # A CR at the end may belong to an LF that is still to come.
            held = b"\r" if piece.endswith(b"\r") else b""
            piece = piece[: len(piece) - len(held)]
            feeds, pairs = piece.count(b"\n"), piece.count(b"\r\n")
            self._taken_away += pairs
            self._alone += feeds - pairs
            yield piece.replace(b"\r\n", b"\n")
        yield held

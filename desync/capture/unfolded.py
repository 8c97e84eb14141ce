"""Read the pieces of an uncompressed stream as a file is read.

May know octets; must not know where they come from.
"""

from collections.abc import Iterator


class Unfolded:
    """Gives octets in the amounts that are asked for, from pieces of any size.

    Args:
        pieces: The octets; not one more is taken than was asked for.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._ahead = b""

    def read(self, octets: int) -> bytes:
        """Read at most this many octets; fewer only at the end."""
        self._gather(octets)
        piece, self._ahead = self._ahead[:octets], self._ahead[octets:]
        return piece

    def peek(self, octets: int) -> bytes:
        """Look at the next octets without taking them; fewer only at the end."""
        self._gather(octets)
        return self._ahead[:octets]

    def _gather(self, octets: int) -> None:
        gathered, pieces = len(self._ahead), [self._ahead]
        while gathered < octets:
            piece = next(self._pieces, None)
            if piece is None:
                break
            pieces.append(piece)
            gathered += len(piece)
        if len(pieces) > 1:
            self._ahead = b"".join(pieces)

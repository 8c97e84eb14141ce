"""How many octets a file may unfold to, over all layers of what it is wrapped in.

May know octets; must not know what wraps them.
"""

from collections.abc import Callable, Iterator
from typing import Final

FREE_OCTETS: Final = 1 << 30
"""So much may come out of any file, however small."""

MOST_RATIO: Final = 256
"""Octets that may come out for each octet of the file. Captures are compressed three to twenty times, a
flood of equal packets a hundred times; what a decompression bomb is made of, a thousand times and more."""

REFUSAL: Final = (
    f"unfolding was stopped: more than {MOST_RATIO} octets came out for each of the file's, as of a "
    "decompression bomb; if it holds captures, unpack it first"
)


class Budget:
    """Counts what comes out of a file.

    Args:
        stored: Gives the octets of the file that have been read so far.

    Attributes:
        exceeded: There were too many: nothing further is to be unfolded.
    """

    def __init__(self, stored: Callable[[], int]) -> None:
        self.exceeded = False
        self._stored = stored
        self._left = FREE_OCTETS
        self._counted = 0

    def watch(self, pieces: Iterator[bytes], stop: Callable[[int, str], None]) -> Iterator[bytes]:
        """Pass octets on as long as there are not too many.

        Args:
            pieces: The octets.
            stop: Told how many had been passed on, and why no more are.
        """
        given = 0
        for piece in pieces:
            if not self._spend(len(piece)):
                stop(given, REFUSAL)
                return
            given += len(piece)
            yield piece

    def _spend(self, octets: int) -> bool:
        self._left -= octets
        if self._left < 0:
            stored = self._stored()
            self._left += (stored - self._counted) * MOST_RATIO
            self._counted = stored
        self.exceeded = self._left < 0
        return not self.exceeded

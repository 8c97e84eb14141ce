"""Sequence numbers: arithmetic modulo 2**32.

May know that sequence numbers wrap; must not know what they count. The only place in
desync that compares sequence numbers: all else works on offsets, which do not wrap.
"""

from typing import Any, Final, overload

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers

MODULUS: Final = 1 << 32
_HALF: Final = 1 << 31


@overload
def distance(number: int, reference: int) -> int: ...


@overload
def distance(number: NDArray[Any], reference: NDArray[Any] | int) -> Integers: ...


@overload
def distance(number: int, reference: NDArray[Any]) -> Integers: ...


def distance(number: int | NDArray[Any], reference: int | NDArray[Any]) -> int | Integers:
    """Return how far ``number`` lies behind ``reference``: negative where it comes before.

    Args:
        number: A sequence number, or a column of them.
        reference: Another; columns broadcast.

    Returns:
        A number in [-2**31, 2**31); int64 for columns of any integer type.

    Units:
        Octets, SYN and FIN counting as one each.

    Source:
        RFC 9293, section 3.4.
    """
    if isinstance(number, np.ndarray) or isinstance(reference, np.ndarray):
        gap: Integers = np.asarray(number).astype(np.int64) - np.asarray(reference).astype(np.int64)
        return ((gap + _HALF) & (MODULUS - 1)) - _HALF
    return (int(number) - int(reference) + _HALF) % MODULUS - _HALF


def advance(number: int, octets: int) -> int:
    """Return the sequence number that lies ``octets`` behind ``number``, or before it if negative."""
    return (int(number) + int(octets)) % MODULUS

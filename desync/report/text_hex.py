"""Show octets as hex beside the letters they make.

May know octets; must not know why they are shown.
"""

from collections.abc import Iterator
from typing import Final

ROW: Final = 16
"""Octets in a row."""

MOST: Final = 48
"""Octets shown; the last ones are what a reader wants to see, so the first are left out."""


def hex_rows(held_hex: str) -> Iterator[tuple[str, str]]:
    """Yield rows of hex pairs and the letters beside them, a dot for what is no letter.

    Args:
        held_hex: Octets as hex digits without spaces. What is no hex is left out.
    """
    octets = _octets(held_hex)[-MOST:]
    for start in range(0, len(octets), ROW):
        row = octets[start : start + ROW]
        letters = "".join(chr(octet) if 0x20 <= octet < 0x7F else "." for octet in row)
        yield row.hex(" "), letters


def _octets(held_hex: str) -> bytes:
    try:
        return bytes.fromhex(held_hex)
    except ValueError:
        return b""

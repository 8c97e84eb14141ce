"""Read a pcapng Interface Description Block.

May know the block and its options; must not know which frames were taken on the interface.

Source:
    draft-ietf-opsawg-pcapng, section 4.2.
"""

from struct import unpack_from
from typing import Final

from desync.capture.clocks import Clock
from desync.capture.frames import Interface
from desync.capture.options import read_options
from desync.capture.state import ByteOrder

LEAST_OCTETS: Final = 20

COMMENT: Final = 1
NAME: Final = 2
RESOLUTION: Final = 9
OFFSET: Final = 14
FCS_LENGTH: Final = 13


def read_interface(block: bytes, order: ByteOrder) -> tuple[Interface, Clock]:
    """Read the block: the interface, and how it counts time.

    Args:
        block: The whole block, ``LEAST_OCTETS`` at least.
        order: The section's byte order.
    """
    link, _, snap = unpack_from(f"{order}HHI", block, 8)
    name: str | None = None
    exponent, base, offset, fcs = 6, 10, 0, 0
    comments: list[str] = []
    for code, value in read_options(block[16:-4], order):
        if code == COMMENT:
            comments.append(value.decode("utf-8", "replace"))
        elif code == NAME:
            name = value.decode("utf-8", "replace")
        elif code == RESOLUTION and len(value) == 1:
            # The most significant bit chooses between powers of ten and of two.
            base, exponent = (2 if value[0] & 0x80 else 10), value[0] & 0x7F
        elif code == OFFSET and len(value) == 8:
            (offset,) = unpack_from(f"{order}q", value)
        elif code == FCS_LENGTH and len(value) == 1:
            fcs = value[0]
    clock = Clock(exponent, base, offset)
    return Interface(link, snap, clock.digits, fcs, name, tuple(comments)), clock

"""Read the Section Header Block that a pcapng section begins with.

May know that block; must not know the blocks behind it.

Source:
    draft-ietf-opsawg-pcapng, section 4.1.
"""

from struct import unpack_from
from typing import Final, NamedTuple

from desync.capture.magic import BYTE_ORDER_MAGIC, byte_order
from desync.capture.options import read_options
from desync.capture.state import ByteOrder
from desync.capture.window import Window

LEAST_OCTETS: Final = 28
MOST_OCTETS: Final = 1 << 24
OPTIONS: Final = 24
COMMENT: Final = 1
MAJOR_VERSION: Final = 1


class SectionHeader(NamedTuple):
    """What the block says. The section's length, which it may give, is not needed."""

    order: ByteOrder
    version: tuple[int, int]
    octets: int
    comments: tuple[str, ...]


def read_section_header(window: Window, at: int) -> SectionHeader | None:
    """Read the block at ``at``; None where the capture ends inside it.

    A length that cannot be is taken for the least one: the blocks behind it are found in any case.
    """
    window.fill(at + LEAST_OCTETS)
    head = window.piece(at, at + LEAST_OCTETS)
    order = byte_order(head[8:12], BYTE_ORDER_MAGIC)
    if len(head) < LEAST_OCTETS or order is None:
        return None
    octets, _, major, minor = unpack_from(f"{order}IIHH", head, 4)
    if not LEAST_OCTETS <= octets <= MOST_OCTETS:
        octets = LEAST_OCTETS
    window.fill(at + octets)
    block = window.piece(at, at + octets)
    if len(block) < octets:
        return None
    options = read_options(block[OPTIONS:-4], order)
    comments = tuple(value.decode("utf-8", "replace") for code, value in options if code == COMMENT)
    return SectionHeader(order, (major, minor), octets, comments)

"""Read the options of a pcapng block.

May know how options are laid out; must not know what any of them means.

Source:
    draft-ietf-opsawg-pcapng, section 3.5.
"""

from collections.abc import Iterator
from struct import unpack_from

from desync.capture.state import ByteOrder


def read_options(octets: bytes, order: ByteOrder) -> Iterator[tuple[int, bytes]]:
    """Yield code and value of each option, up to the end mark or to what is no option.

    Args:
        octets: From the first option to before the block's trailing length. The end mark may
            be missing: some writers leave it out.
        order: The section's byte order.
    """
    at = 0
    while at + 4 <= len(octets):
        code, length = unpack_from(f"{order}HH", octets, at)
        if code == 0 or at + 4 + length > len(octets):
            return
        yield code, octets[at + 4 : at + 4 + length]
        at += 4 + length + -length % 4

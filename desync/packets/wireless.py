"""IEEE 802.11 data frames and the headers that captures put before them; Apple's PKTAP.

May know these headers; must not know what they carry but by its number.
"""

import numpy as np

from desync.capture.frames import Integers
from desync.packets.layers import LINK_TYPES, Layer, Layers
from desync.packets.work import Rows, Work, number

_HIGHEST = max(LINK_TYPES)
_BY_NUMBER = np.full(_HIGHEST + 2, Layer.OPAQUE_LINK, dtype=np.int16)
_BY_NUMBER[list(LINK_TYPES)] = list(LINK_TYPES.values())


def _by_link_type(link_type: Integers) -> Layers:
    layers: Layers = _BY_NUMBER[np.minimum(link_type, _HIGHEST + 1)]
    return layers


def radiotap(work: Work, rows: Rows) -> None:
    """Skip a radiotap header, whose length is at its third octet, little-endian."""
    size = number(work.read(rows, 8), 2, 2, little=True)
    work.advance(rows, np.where(size < 8, Layer.MALFORMED, Layer.WIRELESS), size, 8)


def prism(work: Work, rows: Rows) -> None:
    """Skip a Prism header of 144 octets; drivers also put AVS headers under this type."""
    first = number(work.read(rows, 4), 0, 4)
    avs = first & 0xFFFFF000 == 0x80211000
    work.advance(rows, np.where(avs, Layer.AVS, Layer.WIRELESS), np.where(avs, 0, 144), 4)


def avs(work: Work, rows: Rows) -> None:
    """Skip an AVS header, whose length is its second word."""
    size = number(work.read(rows, 8), 4, 4)
    layer = np.where((size < 8) | (size > 4096), Layer.MALFORMED, Layer.WIRELESS)
    work.advance(rows, layer, np.minimum(size, 4096), 8)


def packet_information(work: Work, rows: Rows) -> None:
    """Skip a PPI header, which names the link type behind it."""
    header = work.read(rows, 8)
    size = number(header, 2, 2, little=True)
    inside = _by_link_type(number(header, 4, 4, little=True))
    work.advance(rows, np.where(size < 8, Layer.MALFORMED, inside), size, 8)


def pktap(work: Work, rows: Rows) -> None:
    """Skip a PKTAP header, which names the link type behind it."""
    header = work.read(rows, 12)
    size = number(header, 0, 4, little=True)
    inside = _by_link_type(number(header, 8, 4, little=True))
    sound = (size >= 12) & (size <= 4096)
    work.advance(rows, np.where(sound, inside, Layer.MALFORMED), np.minimum(size, 4096), 12)


def wireless(work: Work, rows: Rows) -> None:
    """Peel a data frame's header; what is encrypted, aggregated or fragmented stays opaque.

    Source:
        IEEE 802.11, 9.3.2.1. Frame control: type data is 2, subtype bit 3 is QoS, bit 2 "no data";
        flags 0x03 both DS bits (a fourth address), 0x04 more fragments, 0x40 protected, 0x80 HT control.
    """
    header = work.read(rows, 32)
    control, flags = header[:, 0], header[:, 1]
    data = (control & 0x0C == 0x08) & (control & 0x40 == 0)
    service = control & 0x80 != 0
    relayed = flags & 3 == 3
    size = 24 + np.where(relayed, 6, 0)
    aggregated = service & (np.where(relayed, header[:, 30], header[:, 24]) & 0x80 != 0)
    pieces = (flags & 0x04 != 0) | (header[:, 22] & 0x0F != 0)
    layer = np.select(
        [~data, flags & 0x40 != 0, aggregated | pieces],
        [Layer.OTHER, Layer.OPAQUE_ENCRYPTED, Layer.OPAQUE_TUNNEL],
        Layer.LLC,
    )
    size = size + np.where(service, 2, 0) + np.where(service & (flags & 0x80 != 0), 4, 0)
    work.advance(rows, layer, size, np.where(data, size, 2))

"""Linux cooked capture, versions 1 and 2, also as libpcap damages it around VLAN tags.

May know LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2; must not know what they carry but by
its number.
"""

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers, Octets
from desync.packets.ethernet import announce
from desync.packets.layers import Layer, Layers
from desync.packets.work import Rows, Work, number

_LOGICAL_LINK = 4
"""Protocol "802.2 LLC"; the other small numbers carry no IP."""

_NETLINK = 824
"""ARPHRD_NETLINK: the protocol field is no EtherType."""


def _carried(work: Work, rows: Rows, protocol: Integers, hardware: Integers) -> Layers:
    layer = announce(work, rows, protocol)
    small = (protocol < 1536) & (protocol != _LOGICAL_LINK)
    return np.where(small | (hardware == _NETLINK), Layer.OTHER, layer).astype(np.int16)


def cooked(work: Work, rows: Rows) -> None:
    """Peel the 16 octets of version 1.

    Old libpcap wrote the tag control information of a VLAN tag where the protocol belongs
    and the EtherType behind it (libpcap issue 164): such a row goes on as a VLAN tag that
    begins two octets before the header's end.

    Source:
        tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html.
    """
    header = work.read(rows, 20)
    protocol = number(header, 14, 2)
    layer = _carried(work, rows, protocol, number(header, 2, 2))
    version = header[:, 18] >> 4
    behind = number(header, 16, 2)
    shifted = (layer == Layer.OTHER) | (layer == Layer.OPAQUE_ETHERTYPE)
    shifted &= ((behind == 0x0800) & (version == 4)) | ((behind == 0x86DD) & (version == 6))
    layer = np.where(shifted, Layer.VLAN, layer).astype(np.int16)
    work.advance(rows, layer, np.where(shifted, 14, 16), 16)


def cooked2(work: Work, rows: Rows) -> None:
    """Peel the 20 octets of version 2.

    libpcap inserts a VLAN tag inside the link-layer address, which shifts all behind it
    by four octets (libpcap issue 1105).

    Source:
        tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html.
    """
    header = work.read(rows, 28)
    layer = _carried(work, rows, number(header, 0, 2), number(header, 8, 2))
    size = np.where(_tag_inside_address(work, rows, header), 24, 20)
    work.advance(rows, layer, size, 20)


def _tag_inside_address(work: Work, rows: Rows, header: Octets) -> NDArray[np.bool_]:
    """Tell where a tag lies inside the address: an IP header fits behind it and not before it."""
    protocol, tag = number(header, 0, 2), number(header, 14, 2)
    version = np.select([protocol == 0x0800, protocol == 0x86DD], [4, 6], 0)
    room = work.wire[rows] - work.at[rows]
    before, behind = (_header_fits(header, at, version, room - at) for at in (20, 24))
    inside: NDArray[np.bool_] = ((tag == 0x8100) | (tag == 0x88A8)) & ~before & behind
    return inside


def _header_fits(header: Octets, at: int, version: Integers, room: Integers) -> NDArray[np.bool_]:
    # IPv4's total length; the first half of an IPv6 header has its length behind the octets gathered,
    # so there the version has to do.
    total = number(header, at + 2, 2)
    long_enough = (version == 6) | ((total >= 40) & (total <= room))
    fits: NDArray[np.bool_] = (version > 0) & (header[:, at] >> 4 == version) & long_enough
    return fits

"""PPP, PPPoE, Cisco HDLC, Frame Relay and MPLS: what serial lines and providers carry IP in.

May know these headers; must not know what they carry but by its number.
"""

import numpy as np

from desync.packets.ethernet import announce
from desync.packets.layers import ETHERTYPES, PPP_PROTOCOLS, Layer
from desync.packets.work import Rows, Work, number


def ppp(work: Work, rows: Rows) -> None:
    """Peel address and control where they are there, and a protocol of one or two octets.

    Source:
        RFC 1661, section 2; RFC 1662, section 3.1. An odd first octet is a compressed protocol field.
    """
    header = work.read(rows, 4)
    framed = number(header, 0, 2) == 0xFF03
    first = np.where(framed, header[:, 2], header[:, 0]).astype(np.int64)
    second = np.where(framed, header[:, 3], header[:, 1])
    short = first & 1 == 1
    protocol = np.where(short, first, first << 8 | second)
    size = np.where(framed, 2, 0) + np.where(short, 1, 2)
    work.advance(rows, PPP_PROTOCOLS[protocol], size, size)


def ppp_serial(work: Work, rows: Rows) -> None:
    """Tell PPP from Cisco HDLC by its first octet.

    Source:
        tcpdump.org/linktypes/LINKTYPE_PPP_HDLC.html.
    """
    first = work.read(rows, 1)[:, 0]
    cisco = (first == 0x0F) | (first == 0x8F)
    work.advance(rows, np.where(cisco, Layer.CISCO_HDLC, Layer.PPP), 0, 1)


def pppoe(work: Work, rows: Rows) -> None:
    """Peel a PPPoE session header.

    Source:
        RFC 2516, section 4. Code 0 is session data.
    """
    header = work.read(rows, 6)
    work.advance(rows, np.where(header[:, 1] == 0, Layer.PPP, Layer.OTHER), 6, 6)


def cisco_hdlc(work: Work, rows: Rows) -> None:
    """Peel address, control and EtherType."""
    ethertype = number(work.read(rows, 4), 2, 2)
    work.advance(rows, announce(work, rows, ethertype), 4, 4)


def frame_relay(work: Work, rows: Rows) -> None:
    """Peel a two-octet address and the NLPID, or Cisco's EtherType.

    Source:
        RFC 2427, section 3.
    """
    header = work.read(rows, 6)
    padded = (header[:, 2] == 3) & (header[:, 3] == 0)
    protocol = np.where(padded, header[:, 4], header[:, 3])
    multiprotocol = header[:, 2] == 3
    listed = np.select(
        [protocol == 0xCC, protocol == 0x8E, protocol == 0x80],
        [Layer.IPV4, Layer.IPV6, Layer.OPAQUE_TUNNEL],
        Layer.OTHER,
    )
    layer = np.where(multiprotocol, listed, ETHERTYPES[number(header, 2, 2)])
    layer = np.where(header[:, 1] & 1 == 1, layer, Layer.OPAQUE_TUNNEL)
    size = np.where(padded, 5, 4)
    work.advance(rows, layer, size, size)


def mpls(work: Work, rows: Rows) -> None:
    """Peel one label; behind the last one guess by the first nibble, as all do.

    Source:
        RFC 3032, section 2.1; RFC 4928, section 3; RFC 4385, section 3 (nibble 0: a control word, then
        Ethernet).
    """
    header = work.read(rows, 5)
    bottom = header[:, 2] & 1 == 1
    nibble = header[:, 4] >> 4
    layer = np.select(
        [~bottom, nibble == 4, nibble == 6],
        [Layer.MPLS, Layer.IPV4, Layer.IPV6],
        Layer.ETHERNET,
    )
    work.advance(rows, layer, np.where(bottom & (nibble == 0), 8, 4), 4)

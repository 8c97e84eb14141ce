"""Frames become TCP segments, with array operations over blocks of frames.

May know the order in which headers are peeled; must not know what they look like, nor
what a segment says. The only way in desync from frames to segments.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from desync.capture.frames import Frames
from desync.packets import (
    cooked,
    ethernet,
    icmp,
    ipv4,
    ipv6,
    lan,
    null,
    point_to_point,
    tcp,
    tunnels,
    wireless,
)
from desync.packets import fragments as ip_fragments
from desync.packets import headers as tcp_headers
from desync.packets.fragments import Fragments
from desync.packets.headers import Headers
from desync.packets.layers import FIRST_HEADER, LINK_TYPES, OPAQUE_REASONS, Layer
from desync.packets.segments import Segments
from desync.packets.work import Rows, Work, start

_BLOCK: Final = 1 << 14
"""Frames peeled at a time: their columns stay in a processor's cache."""

_ROUNDS: Final = 40
"""Headers on top of each other that are followed; a crafted frame could hold thousands."""

_FRAGMENTED_TCP: Final = 6

_Step: TypeAlias = Callable[[Work, Rows], None]

Watch: TypeAlias = Callable[[Layer, Rows, Work], None]
"""Told of each header before it is peeled: which, and in which rows."""

_STEPS: Final[dict[Layer, _Step]] = {
    Layer.ETHERNET: ethernet.ethernet,
    Layer.VLAN: ethernet.vlan,
    Layer.LLC: ethernet.logical_link,
    Layer.PROVIDER_BACKBONE: ethernet.provider_backbone,
    Layer.COOKED: cooked.cooked,
    Layer.COOKED2: cooked.cooked2,
    Layer.NULL: null.null,
    Layer.RAW: null.raw,
    Layer.ENC: null.enc,
    Layer.PFLOG: null.pflog,
    Layer.IPNET: null.ipnet,
    Layer.NFLOG: null.nflog,
    Layer.NFLOG_ATTRIBUTE: null.nflog_attribute,
    Layer.PPP: point_to_point.ppp,
    Layer.PPP_SERIAL: point_to_point.ppp_serial,
    Layer.PPPOE: point_to_point.pppoe,
    Layer.CISCO_HDLC: point_to_point.cisco_hdlc,
    Layer.FRAME_RELAY: point_to_point.frame_relay,
    Layer.MPLS: point_to_point.mpls,
    Layer.IPV4: ipv4.ipv4,
    Layer.IPV6: ipv6.ipv6,
    Layer.HOP_BY_HOP: ipv6.hop_by_hop,
    Layer.EXTENSION: ipv6.extension,
    Layer.ROUTING: ipv6.routing,
    Layer.IPV6_FRAGMENT: ipv6.fragment,
    Layer.AUTHENTICATION: ipv6.authentication,
    Layer.ICMP: icmp.icmp,
    Layer.ICMPV6: icmp.icmpv6,
    Layer.UDP: tunnels.udp,
    Layer.GRE: tunnels.gre,
    Layer.ERSPAN2: tunnels.erspan2,
    Layer.ERSPAN3: tunnels.erspan3,
    Layer.VXLAN: tunnels.vxlan,
    Layer.GENEVE: tunnels.geneve,
    Layer.GTP_USER: tunnels.gtp_user,
    Layer.FDDI: lan.fddi,
    Layer.TOKEN_RING: lan.token_ring,
    Layer.FIBRE_CHANNEL: lan.fibre_channel,
    Layer.SUN_ATM: lan.sun_atm,
    Layer.INFINIBAND: lan.infiniband,
    Layer.INFINIBAND_BARE: lan.infiniband_bare,
    Layer.RADIOTAP: wireless.radiotap,
    Layer.PRISM: wireless.prism,
    Layer.AVS: wireless.avs,
    Layer.PPI: wireless.packet_information,
    Layer.PKTAP: wireless.pktap,
    Layer.WIRELESS: wireless.wireless,
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a slice's frames hold of TCP.

    Attributes:
        segments: Complete TCP segments, in file order.
        fragments: IP fragments that may carry TCP, for `desync.packets.reassembly`.
        quoted: TCP headers that belong to no segment, but by which Wireshark numbers streams.
        tcp_frames: Frames in which a TCP header was found, quoted ones left out.
        cut: Frames of which the snap length cut a header.
        malformed: Frames with a header that cannot be.
        opaque: Frames that could not be decoded, by LINKTYPE number (None: unknown to the
            registry) and reason.
    """

    segments: Segments
    fragments: Fragments
    quoted: Headers
    tcp_frames: int
    cut: int
    malformed: int
    opaque: dict[tuple[int | None, str], int]


def decode(frames: Frames) -> Decoded:
    """Decode frames into TCP segments.

    Args:
        frames: Frames of any link types, damaged or not.

    Returns:
        All that is TCP in them, and counts of what could not be read. Nothing in a frame
        makes this function raise.
    """
    columns = tcp.SegmentColumns(frames)
    quoted: list[Headers] = []
    fragments: list[Fragments] = []
    opaque: Counter[tuple[int | None, str]] = Counter()
    tcp_frames = cut = malformed = 0
    for first in range(0, len(frames), _BLOCK):
        work = begin(frames, first)
        peel(work)
        rows = _rows(work, Layer.TCP)
        if rows is not None:
            tcp_frames += int((~work.quoted[rows]).sum())
            loose = tcp.peel(frames, first, work, rows, columns)
            quoted += [loose] if loose is not None else []
        for pieces in work.fragments:
            fragments.append(ip_fragments.collect(frames, first, work, pieces))
            heads = pieces.rows[(pieces.protocol == _FRAGMENTED_TCP) & (pieces.offset == 0)]
            heads = heads[work.end[heads] < work.wire[heads]]
            heads = heads[work.at[heads] + tcp.NEEDED <= work.end[heads]]
            quoted.append(tcp.cut_first_fragments(frames, first, work, heads))
        cut += int((work.layer == Layer.CUT).sum())
        malformed += int((work.layer == Layer.MALFORMED).sum())
        opaque += _opaque(frames, first, work)
    return Decoded(
        columns.segments(),
        ip_fragments.joined(fragments),
        tcp_headers.joined(quoted),
        tcp_frames,
        cut,
        malformed,
        dict(sorted(opaque.items(), key=repr)),
    )


def begin(frames: Frames, first: int) -> Work:
    """Return the block that begins at row ``first``, each frame at its link-layer header."""
    block = slice(first, first + _BLOCK)
    at = frames.offset[block].copy()
    end = at + frames.captured[block]
    # A captured length above the length on the wire is damage; what is there counts.
    wire = np.maximum(at + frames.length[block], end)
    interface = frames.interface[block]
    check = np.array([each.fcs_octets for each in frames.interfaces], dtype=np.int64)
    if check.any():
        wire -= check[interface]
        end = np.minimum(end, wire)
    work = start(frames.octets, at, end, wire)
    links = [LINK_TYPES.get(each.link_type or 0, Layer.OPAQUE_LINK) if each.link_type is not None
             else Layer.OPAQUE_LINK for each in frames.interfaces]  # fmt: skip
    if links:
        work.layer[:] = np.array(links, dtype=np.int16)[interface]
    return work


def peel(work: Work, watch: Watch | None = None) -> None:
    """Peel headers until every row is at TCP or at an end."""
    for _ in range(_ROUNDS):
        present = np.flatnonzero(np.bincount(work.layer, minlength=FIRST_HEADER + 1))
        waiting = [Layer(int(layer)) for layer in present if layer > FIRST_HEADER]
        if not waiting:
            return
        for layer in waiting:
            rows = _rows(work, layer)
            if rows is not None:
                if watch is not None:
                    watch(layer, rows, work)
                _STEPS[layer](work, rows)
    work.layer[work.layer > FIRST_HEADER] = Layer.OPAQUE_DEPTH


def _rows(work: Work, layer: Layer) -> Rows | None:
    """Return the rows at a layer; all of them as a slice, which costs nothing to index by."""
    here = work.layer == layer
    count = int(np.count_nonzero(here))
    if count == len(here):
        return slice(None) if count else None
    return np.flatnonzero(here) if count else None


def _opaque(frames: Frames, first: int, work: Work) -> Counter[tuple[int | None, str]]:
    """Count the block's frames that could not be decoded."""
    rows = np.flatnonzero((work.layer >= Layer.OPAQUE_LINK) & (work.layer <= Layer.OPAQUE_DEPTH))
    counts: Counter[tuple[int | None, str]] = Counter()
    if not rows.size:
        return counts
    kinds = np.stack([frames.interface[first + rows], work.layer[rows], work.detail[rows]])
    found, times = np.unique(kinds, axis=1, return_counts=True)
    for (interface, layer, detail), count in zip(found.T.tolist(), times.tolist(), strict=True):
        link_type = frames.interfaces[interface].link_type if frames.interfaces else None
        counts[link_type, OPAQUE_REASONS[Layer(layer)].format(detail)] += count
    return counts

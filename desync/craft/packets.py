"""Segments become frames: the octets on the wire, built by scapy.

May know every header down to the link; must not know the dialogue's text nor the file's layout.
Each field that scapy would choose by itself is given, so that the same dialogue makes the
same octets.
"""

from collections.abc import Callable
from dataclasses import dataclass

from scapy.compat import raw
from scapy.layers.inet import IP, TCP, fragment
from scapy.layers.inet6 import IPv6, IPv6ExtHdrFragment, fragment6
from scapy.layers.l2 import CookedLinux, CookedLinuxV2, Dot1Q, Ether, Loopback
from scapy.packet import Packet, Raw

from desync.craft.header import LINKS
from desync.craft.script import Connection, Recording, Side, other
from desync.craft.sends import Send

# scapy leaves these two untyped.
_fragment: Callable[[Packet, int], list[Packet]] = fragment
_fragment6: Callable[[Packet, int], list[Packet]] = fragment6

_MODULUS = 1 << 32
_ETHERNET_MINIMUM = 60
_AF_INET = 2
_AF_INET6 = 24


@dataclass(frozen=True, slots=True)
class Wire:
    """What the headers of one segment need beside the segment itself.

    Attributes:
        connection: Gives addresses, ports and initial sequence numbers.
        identification: The IPv4 identification.
        recording: Gives the link and its padding.
    """

    connection: Connection
    identification: int
    recording: Recording


def frames(send: Send, wire: Wire) -> list[bytes]:
    """Build the frames that carry one segment.

    Returns:
        One frame; several where the dialogue has the segment sent in IP fragments.
    """
    if send.step.kind == "frame":
        return [send.octets]
    network = _network(send, wire) / _tcp(send, wire)
    if send.octets:
        network /= Raw(send.octets)
    _falsify(network, send, wire)
    return [_on_link(packet, send, wire) for packet in _fragments(network, send, wire)]


def _tcp(send: Send, wire: Wire) -> Packet:
    """Build the TCP header; its checksum is left to scapy."""
    own, far = wire.connection.end(send.side), wire.connection.end(other(send.side))
    options, syn = send.step.options, "S" in send.flags
    acknowledged = 0 if send.acknowledged is None else far.isn + 1 + send.acknowledged
    flags = send.flags if send.acknowledged is None else send.flags + "A"
    return TCP(
        sport=own.port,
        dport=far.port,
        seq=(own.isn + send.start + (not syn)) % _MODULUS,
        ack=acknowledged % _MODULUS,
        flags=flags if options.flags is None else options.flags,
        window=wire.connection.window if options.window is None else options.window,
        urgptr=options.urgent or 0,
        options=[("MSS", wire.connection.mss)] if syn and wire.connection.mss else [],
    )


def _network(send: Send, wire: Wire) -> Packet:
    """Build the IP header."""
    own, far = wire.connection.end(send.side), wire.connection.end(other(send.side))
    options = send.step.options
    limit = 64 if options.ttl is None else options.ttl
    if ":" in own.address:
        return IPv6(src=own.address, dst=far.address, hlim=limit, fl=0, tc=0)
    identification = wire.identification if options.id is None else options.id
    flags = "DF" if options.fragment is None else ""
    return IP(src=own.address, dst=far.address, ttl=limit, id=identification, flags=flags)


def _falsify(packet: Packet, send: Send, wire: Wire) -> None:
    """Make a checksum or a length wrong, where the dialogue has it so."""
    options = send.step.options
    if options.bad_checksum:
        packet[TCP].chksum = TCP(raw(packet[TCP])).chksum ^ 0x5555
    elif options.offload_checksum or wire.connection.end(send.side).offload:
        packet[TCP].chksum = _pseudo_sum(packet)
    if options.zero_length:
        packet.setfieldval("plen" if IPv6 in packet else "len", 0)


def _pseudo_sum(packet: Packet) -> int:
    """Fold the sum of the pseudo-header, as a kernel leaves it for the network card (RFC 1071)."""
    header = raw(packet)
    addresses = header[8:40] if IPv6 in packet else header[12:20]
    length = len(header) - (40 if IPv6 in packet else 20)
    total = sum(int.from_bytes(addresses[at : at + 2], "big") for at in range(0, len(addresses), 2))
    total += 6 + length
    return total % 0xFFFF


def _fragments(packet: Packet, send: Send, wire: Wire) -> list[Packet]:
    """Cut a packet into IP fragments, where the dialogue has it so."""
    options = send.step.options
    if options.fragment is None:
        return [packet]
    if IPv6 in packet:
        head = packet.copy()
        head.remove_payload()
        header = IPv6ExtHdrFragment(id=wire.identification, nh=6)
        pieces: list[Packet] = _fragment6(head / header / packet.payload, 40 + 8 + options.fragment)
    else:
        pieces = _fragment(packet, options.fragment)
    if options.lost_fragment is not None:
        del pieces[options.lost_fragment - 1 : options.lost_fragment]
    return pieces[::-1] if options.reversed else pieces


def _on_link(packet: Packet, send: Send, wire: Wire) -> bytes:
    """Put the link's header in front of an IP packet."""
    link, version6 = wire.recording.link, IPv6 in packet
    if link in (LINKS["cooked"], LINKS["cooked2"]):
        return raw(_cooked(send.side, wire, version6) / packet)
    if link == LINKS["null"]:
        return raw(Loopback(type=_AF_INET6 if version6 else _AF_INET) / packet)
    if link != LINKS["ethernet"]:
        return raw(packet)
    octets = _ethernet(send, wire, packet)
    return octets.ljust(_ETHERNET_MINIMUM, b"\0") if wire.recording.padding else octets


def _ethernet(send: Send, wire: Wire, packet: Packet) -> bytes:
    own, far = wire.connection.end(send.side), wire.connection.end(other(send.side))
    tags = own.vlan if send.step.options.vlan is None else send.step.options.vlan
    ethertype = 0x86DD if IPv6 in packet else 0x0800
    types = [0x8100] * len(tags) + [ethertype]
    frame: Packet = Ether(src=own.mac, dst=far.mac, type=types[0])
    for tag, inner in zip(tags, types[1:], strict=True):
        frame /= Dot1Q(vlan=tag, prio=0, type=inner)
    return raw(frame / packet)


def _cooked(side: Side, wire: Wire, version6: bool) -> Packet:  # noqa: FBT001 - the packet's version
    """Build the header of ``tcpdump -i any``, the capture being made at the server."""
    ethertype = 0x86DD if version6 else 0x0800
    address = bytes.fromhex(wire.connection.end(side).mac.replace(":", "")) + b"\0\0"
    kind = 0 if side == "client" else 4
    if wire.recording.link == LINKS["cooked"]:
        return CookedLinux(pkttype=kind, lladdrtype=1, lladdrlen=6, src=address, proto=ethertype)
    return CookedLinuxV2(proto=ethertype, ifindex=2, lladdrtype=1, pkttype=kind, lladdrlen=6, src=address)

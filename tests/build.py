r"""What the tests make captures with.

``build`` plays a written dialogue through ``desync.craft`` (scapy: a few hundred frames a second).
``lines`` and ``segments_capture`` go without scapy: thousands of frames a second, for property tests
that cut, reorder, repeat and wrap::

    sent = lines(r'''
        S: 220 mx.example.org \
        C: HELO gw.example.net
        gap 40
        S: ready
    ''')
    octets = segments_capture(sent, client_isn=2**32 - 5)
"""

import re
import socket
import struct
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Literal, NamedTuple

from desync.craft.acknowledge import acknowledge
from desync.craft.build import craft
from desync.craft.dialogue import read_dialogue
from desync.craft.sends import send_all

_FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16, "U": 32}
_BARE_GAP = re.compile(r"^(\s*gap \d+)$", re.MULTILINE)


class Sent(NamedTuple):
    """One segment; offsets are octets of the sender's stream, ``time`` nanoseconds since 1970.

    ``acknowledged`` counts octets of the other side's stream (its FIN as one); None: no ACK flag.
    A SYN has offset 0, like the first octet behind it.
    """

    side: Literal["client", "server"]
    offset: int
    octets: bytes
    acknowledged: int | None
    time: int
    flags: str = "P"


def build(text: str) -> bytes:
    """Play a written dialogue; indented text is fine."""
    return craft(dedent(text))


def capture_file(tmp_path: Path, text: str, name: str = "x.pcap") -> Path:
    """Play a written dialogue into a file."""
    path = tmp_path / name
    path.write_bytes(build(text))
    return path


def lines(text: str, *, handshake: bool = True, **keys: str) -> list[Sent]:
    """Say when what was sent and what it acknowledged, in order of time, without building packets.

    ``text`` is in the language of ``desync.craft.dialogue``, without its head; ``gap 40`` counts
    milliseconds. ``keys`` are those of the head (``rtt="client 40ms server 0ms"``). The handshake is
    put in front unless ``handshake`` is False; a close has to be written. Lost segments are left out.
    """
    head = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in keys.items())
    opening = "handshake\n" if handshake else ""
    body = _BARE_GAP.sub(r"\1ms", dedent(text))
    connection = read_dialogue(f"{head}---\n{opening}{body}").connections[0]
    sends = acknowledge(send_all(connection)[0], connection)
    return [
        Sent(send.side, send.start, send.octets, send.acknowledged, send.time, send.flags)
        for send in sends
        if not send.step.options.lost and send.side in send.step.watch
    ]


def cut(sent: Sent, *positions: int) -> list[Sent]:
    """Cut one segment at these positions in its octets; each part acknowledges the same."""
    edges = [0, *sorted({at for at in positions if 0 < at < len(sent.octets)}), len(sent.octets)]
    return [
        sent._replace(
            offset=sent.offset + first,
            octets=sent.octets[first:last],
            flags=sent.flags if last == len(sent.octets) else "",
        )
        for first, last in pairwise(edges)
    ]


class End(NamedTuple):
    """One end of a packed connection."""

    address: str
    port: int
    isn: int
    mac: bytes


def segments_capture(
    sent: Iterable[Sent],
    *,
    client: tuple[str, int] = ("192.0.2.17", 41025),
    server: tuple[str, int] = ("198.51.100.25", 25),
    client_isn: int = 1_000_000,
    server_isn: int = 500_000_000,
) -> bytes:
    """Pack segments into a nanosecond pcap (Ethernet, IPv4, TCP, right checksums), in the order given."""
    talker = End(*client, client_isn, b"\x02\0\0\0\0\x11")
    listener = End(*server, server_isn, b"\x02\0\0\0\0\x19")
    return pcap(
        (one.time, frame(one, number, *((talker, listener) if one.side == "client" else (listener, talker))))
        for number, one in enumerate(sent, 1)
    )


def pcap(frames: Iterable[tuple[int, bytes]], *, link: int = 1) -> bytes:
    """Pack frames with their times into a nanosecond pcap."""
    parts = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262_144, link)]
    for time, frame in frames:
        seconds, rest = divmod(time, 1_000_000_000)
        parts.append(struct.pack("<IIII", seconds, rest, len(frame), len(frame)) + frame)
    return b"".join(parts)


def stream(sent: Sequence[Sent], side: str) -> bytes:
    """Join what ``side`` sent; holes are not allowed."""
    octets = bytearray()
    for one in sorted((one for one in sent if one.side == side and one.octets), key=lambda one: one.offset):
        assert one.offset <= len(octets), "a hole in the stream"
        octets[one.offset : one.offset + len(one.octets)] = one.octets
    return bytes(octets)


def frame(one: Sent, identification: int, own: End, far: End) -> bytes:
    """Pack one segment that ``own`` sends to ``far`` into an Ethernet frame."""
    flags = sum(_FLAGS[letter] for letter in one.flags) | (16 if one.acknowledged is not None else 0)
    sequence = (own.isn + one.offset + ("S" not in one.flags)) % (1 << 32)
    acknowledgment = 0 if one.acknowledged is None else (far.isn + 1 + one.acknowledged) % (1 << 32)
    options = b"\x02\x04\x05\xb4" if "S" in one.flags else b""
    offset = (5 + len(options) // 4) << 4
    head = struct.pack(">HHIIBBHHH", own.port, far.port, sequence, acknowledgment, offset, flags, 65535, 0, 0)
    addresses = socket.inet_aton(own.address) + socket.inet_aton(far.address)
    body = head + options + one.octets
    check = _checksum(addresses + struct.pack(">HH", 6, len(body)) + body)
    body = body[:16] + struct.pack(">H", check) + body[18:]
    network = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), identification % 65536, 0x4000, 64, 6, 0)
    network = network[:10] + struct.pack(">H", _checksum(network + addresses)) + addresses
    return far.mac + own.mac + b"\x08\0" + network + body


def _checksum(octets: bytes) -> int:
    """Sum as RFC 1071 does, complemented; an odd last octet is padded."""
    padded = octets + b"\0" * (len(octets) % 2)
    total = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF

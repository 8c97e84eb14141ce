"""Write the frames of one TCP connection: Ethernet, VLAN, IPv4 or IPv6, TCP, as pcap records.

May know headers, sequence numbers, acknowledgments and checksums; must not know what is said.
Every length, number and checksum is right, so that no reader has damage to work around.
"""

from collections.abc import Iterator, Sequence
from random import Random
from struct import Struct
from typing import Final

FILE_HEADER: Final = Struct("<IHHiIII").pack(0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
SEGMENT_OCTETS: Final = 1428
"""Payload of a full segment: 1500 less the headers of IPv6 (40) and TCP with timestamps (32)."""

CLIENT: Final = 0
SERVER: Final = 1

FIN: Final = 0x01
SYN: Final = 0x02
PUSH: Final = 0x08
ACK: Final = 0x10

_RECORD: Final = Struct("<IIII").pack
_IPV4: Final = Struct("!6H8s").pack
_IPV6: Final = Struct("!IHH32s").pack
_TCP: Final = Struct("!HHIIHHHHIII").pack
_TCP_SYN: Final = Struct("!HHIIHHHHIIIII").pack

# RFC 7323 appendix A: two NOPs before the timestamps. RFC 9293: MSS 1440 (0x5a0); SACK permitted;
# a NOP before the window scale.
_WINDOW: Final = 65000
_TIMESTAMPS: Final = 0x0101080A
_MSS: Final = 0x020405A0
_SACK_TIMESTAMPS: Final = 0x0402080A
_SCALE: Final = 0x01030307

_SHARE_IPV6: Final = 0.1
_SHARE_VLAN: Final = 0.05
_SHARE_REPEATED: Final = 0.02
_LEAST_TIMEOUT: Final = 200_000


def sum_of(data: bytes) -> int:
    """Sum the 16-bit words of octets as a checksum does, modulo 65535 (RFC 1071)."""
    total = int.from_bytes(data, "big")
    return (total << 8 if len(data) & 1 else total) % 0xFFFF


class Connection:
    """One connection, filled in by who sends what.

    Attributes:
        time: Now.
        round_trip: Of this connection.
        times: Of the records, never falling.
        records: pcap records, header and frame.

    Units:
        Times in microseconds since 1970.
    """

    __slots__ = (
        "_address_sum", "_chance", "_identification", "_link", "_networks", "_next", "_ports", "_six",
        "_sums", "_ticks", "records", "round_trip", "time", "times",
    )  # fmt: skip

    def __init__(self, chance: Random, start: int, port: int, server: int) -> None:
        """Begin without a frame.

        Args:
            chance: Decides the addresses, the numbers, and what is sent twice.
            start: The time of the first frame.
            port: The server's port.
            server: The last octet of the server's address.
        """
        self._chance = chance.random
        bits = chance.getrandbits
        self.time = start
        self.round_trip = 500 + int(chance.random() ** 2 * 80_000)
        self.times: list[int] = []
        self.records: list[bytes] = []
        self._six = chance.random() < _SHARE_IPV6
        self._next = [bits(32), bits(32)]
        self._ticks = (bits(32), bits(32))
        self._identification = [bits(16), bits(16)]
        ports = (1025 + int(chance.random() * 64_000), port)
        self._ports = (ports, ports[::-1])
        addresses = _addresses(bits(24), server, six=self._six)
        self._networks = (addresses[0] + addresses[1], addresses[1] + addresses[0])
        self._address_sum = sum_of(self._networks[0])
        # What never changes of the pseudo header and the header.
        self._sums = 6 + self._address_sum + sum(ports) + _WINDOW
        tag = b"\x81\x00\x00\x64" if chance.random() < _SHARE_VLAN else b""
        kind = tag + (b"\x86\xdd" if self._six else b"\x08\x00")
        here, there = b"\x02\x00\x00\x00\x00\x01", b"\x02\x00\x00\x00\x00\x02"
        self._link = (there + here + kind, here + there + kind)

    def open(self) -> None:
        """Shake hands (RFC 9293, section 3.5)."""
        self._put(CLIENT, SYN)
        self.wait()
        self._put(SERVER, SYN | ACK)
        self.wait()
        self._put(CLIENT, ACK)

    def close(self) -> None:
        """End the connection, the server first."""
        self._put(SERVER, FIN | ACK)
        self.wait()
        self._put(CLIENT, FIN | ACK)
        self.wait()
        self._put(SERVER, ACK)

    def wait(self) -> None:
        """Let half a round trip pass."""
        self.time += self.round_trip >> 1

    def say(self, side: int, data: bytes, cut: int | None = None) -> None:
        """Send octets after half a round trip, ``cut`` of them in a segment of their own before the rest."""
        self.wait()
        if cut:
            self.send(side, data[:cut])
            self.time += 150 + self.round_trip // 50
            data = data[cut:]
        for piece in _pieces(data):
            self.send(side, piece)

    def stream(self, side: int, segments: Sequence[tuple[bytes, int]], acknowledged: int) -> None:
        """Send full segments on end, each with its sum; the other side acknowledges every few."""
        for number, (data, total) in enumerate(segments, 1):
            self.time += 20
            self.send(side, data, total)
            if number % acknowledged == 0:
                self.time += 5
                self._put(1 - side, ACK)

    def acknowledge(self, side: int) -> None:
        """Acknowledge everything, without data."""
        self.time += 10
        self._put(side, ACK)

    def send(self, side: int, data: bytes, total: int | None = None) -> None:
        """Send one segment, at times a second time, when no acknowledgment came in time."""
        total = sum_of(data) if total is None else total
        if self._chance() < _SHARE_REPEATED:
            before = self._next[side]
            self._put(side, PUSH | ACK, data, total)
            self._next[side] = before
            self.time += max(_LEAST_TIMEOUT, 2 * self.round_trip)
        self._put(side, PUSH | ACK, data, total)

    def _put(self, side: int, flags: int, data: bytes = b"", total: int = 0) -> None:
        """Write one frame as a record."""
        segment = self._segment(side, flags, total, len(data))
        length = len(segment) + len(data)
        if self._six:
            network = _IPV6(0x60000000, length, 0x0640, self._networks[side])
        else:
            network = self._ipv4(side, 20 + length)
        head = self._link[side] + network + segment
        size = len(head) + len(data)
        seconds, rest = divmod(self.time, 1_000_000)
        self.times.append(self.time)
        self.records.append(_RECORD(seconds, rest, size, size) + head + data)
        taken = len(data) + (flags & (SYN | FIN) > 0)
        self._next[side] = (self._next[side] + taken) & 0xFFFFFFFF

    def _segment(self, side: int, flags: int, total: int, length: int) -> bytes:
        """Write the TCP header."""
        source, target = self._ports[side]
        sequence = self._next[side]
        answered = self._next[1 - side] if flags & ACK else 0
        now = (self._ticks[side] + self.time // 1000) & 0xFFFFFFFF
        heard = (self.time - (self.round_trip >> 1)) // 1000
        echo = (self._ticks[1 - side] + heard) & 0xFFFFFFFF if flags & ACK else 0
        total += self._sums + sequence + answered + now + echo
        # For the sum modulo 65535 a 32-bit field counts as it is: 65536 leaves 1.
        if flags & SYN:
            word = 0xA000 | flags
            check = -(total + word + 40 + length + _MSS + _SACK_TIMESTAMPS + _SCALE) % 0xFFFF
            return _TCP_SYN(
                source, target, sequence, answered, word, _WINDOW, check, 0,
                _MSS, _SACK_TIMESTAMPS, now, echo, _SCALE,
            )  # fmt: skip
        word = 0x8000 | flags
        check = -(total + word + 32 + length + _TIMESTAMPS) % 0xFFFF
        return _TCP(
            source, target, sequence, answered, word, _WINDOW, check, 0, _TIMESTAMPS, now, echo
        )  # fmt: skip

    def _ipv4(self, side: int, length: int) -> bytes:
        number = self._identification[side] = (self._identification[side] + 1) & 0xFFFF
        check = -(0x4500 + length + number + 0x4000 + 0x4006 + self._address_sum) % 0xFFFF
        return _IPV4(0x4500, length, number, 0x4000, 0x4006, check, self._networks[side])


def _addresses(host: int, server: int, *, six: bool) -> tuple[bytes, bytes]:
    """Give the client's and the server's address, of the networks for private use and for examples."""
    if six:
        network = b"\x20\x01\x0d\xb8"
        return network + bytes(9) + host.to_bytes(3, "big"), network + b"\x00\x25" + bytes(9) + bytes(
            [server]
        )
    return b"\x0a" + host.to_bytes(3, "big"), bytes([192, 0, 2, server])


def _pieces(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), SEGMENT_OCTETS):
        yield data[start : start + SEGMENT_OCTETS]

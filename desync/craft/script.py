"""The values that a written dialogue is read into.

May know the words of the language (``dialogue.py``); must not know how a packet is built
nor how a file is laid out.
"""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Side: TypeAlias = Literal["client", "server"]
Kind: TypeAlias = Literal["data", "syn", "ack", "fin", "reset", "keep-alive", "frame", "gap", "clock"]
Format: TypeAlias = Literal["pcap", "pcapng", "snoop"]
ClockKind: TypeAlias = Literal["running", "zero", "stopped"]

BOTH: frozenset[Side] = frozenset(("client", "server"))


def other(side: Side) -> Side:
    """Name the side at the far end from ``side``."""
    return "server" if side == "client" else "client"


@dataclass(frozen=True, slots=True)
class Options:
    """What stands in brackets behind ``C``, ``S`` or a statement; ``dialogue.py`` explains each.

    Units:
        ``delay``, ``detour`` and ``every`` in nanoseconds, stream positions in octets from
        the first one after the SYN.
    """

    delay: int = 0
    after: str | None = None
    unprompted: bool = False
    ack: int | None = None
    again: bool = False
    again_range: tuple[int, int] | None = None
    of: str | None = None
    at: int | None = None
    lost: bool = False
    dropped: bool = False
    duplicate: bool = False
    late: int = 0
    detour: int = 0
    pieces: int | None = None
    every: int | None = None
    repeat: int = 1
    coalesced: bool = False
    hex: bool = False
    fin: bool = False
    octet: bool = False
    flags: str | None = None
    window: int | None = None
    urgent: int | None = None
    ttl: int | None = None
    id: int | None = None
    vlan: tuple[int, ...] | None = None
    cut: int | None = None
    fragment: int | None = None
    reversed: bool = False
    lost_fragment: int | None = None
    bad_checksum: bool = False
    offload_checksum: bool = False
    zero_length: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the dialogue.

    Attributes:
        line: Its number in the text, from 1.
        kind: What happens: a segment of some kind, or a change of time.
        side: Who sends it; of no meaning for ``gap`` and ``clock``.
        octets: Payload, line ends included; of ``frame`` the whole frame.
        text: The payload as it was written, for ``after``.
        amount: Nanoseconds of a ``gap`` or a ``clock`` step.
        watch: Sides whose segments the capture records at this line.
        options: What stood in brackets.
    """

    line: int
    kind: Kind
    side: Side = "client"
    octets: bytes = b""
    text: str = ""
    amount: int = 0
    watch: frozenset[Side] = BOTH
    options: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True)
class End:
    """One end of a connection.

    Attributes:
        address: IPv4 or IPv6 address.
        port: TCP port.
        mac: Link address.
        isn: Initial sequence number; stream offset 0 has the next one.
        rtt: Nanoseconds from the capture point to this end and back.
        think: Nanoseconds that its program takes to answer.
        vlan: VLAN identifiers of its frames, outermost first.
        offload: True where its TCP checksums are left to the network card.
    """

    address: str
    port: int
    mac: str
    isn: int
    rtt: int
    think: int
    vlan: tuple[int, ...] = ()
    offload: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """One TCP connection and what happens on it.

    Attributes:
        client: The end that opens it.
        server: The other end.
        start: Nanoseconds since 1970 UTC of its first segment.
        mss: Octets of payload that a segment can hold.
        window: Window that both sides announce.
        acks: Nanoseconds by which an ACK without data is delayed; None: none are made.
        steps: What happens, as written.
    """

    client: End
    server: End
    start: int
    mss: int
    window: int
    acks: int | None
    steps: tuple[Step, ...]

    def end(self, side: Side) -> End:
        """Give the end that is called ``side``."""
        return self.client if side == "client" else self.server


@dataclass(frozen=True, slots=True)
class Damage:
    """Octets that do not belong into the file: ``octets`` of ``kind`` before frame ``frame``."""

    kind: Literal["zeros", "garbage"]
    octets: int
    frame: int


@dataclass(frozen=True, slots=True)
class Recording:
    """How the capture is recorded, and what became of the file.

    Attributes:
        format: The file's format.
        big_endian: Byte order of pcap and pcapng; snoop has its own.
        nanoseconds: True for nanosecond times instead of microseconds.
        link: LINKTYPE number.
        snap_length: Octets kept of each frame, 0 for all.
        clock: ``zero`` records no times, ``stopped`` the first one for all.
        copies: How often each frame is recorded.
        padding: True where short Ethernet frames are filled up to 60 octets.
        truncate: Octets cut off the file's end.
        damage: What was written into it.
    """

    format: Format = "pcap"
    big_endian: bool = False
    nanoseconds: bool = False
    link: int = 1
    snap_length: int = 0
    clock: ClockKind = "running"
    copies: int = 1
    padding: bool = False
    truncate: int = 0
    damage: tuple[Damage, ...] = ()


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A whole written dialogue."""

    recording: Recording
    connections: tuple[Connection, ...]

r"""PATH603 path-mtu-blackhole

Segments of full size vanish on the way, while smaller ones get through: somewhere the path
is narrower than the sender believes, and nobody tells it.

Fires when
    The same octets leave four times or more in segments of full size (the smaller MSS of the
    two SYNs, less 40 octets of options), over a second or longer, and are not acknowledged;
    smaller segments of the same side got through before; and the other side is alive: it
    speaks on meanwhile, or acknowledges something behind them. It also fires where the octets
    get through at last, cut into smaller segments.

    Either side may be the sender: the client with its message, the server with a long reply.
    details.df says whether the segments forbade fragmentation (IPv4; IPv6 always does).

    Certainty: consistent. That the size is to blame follows from what passed and what did not,
    not from any octet. Inconclusive where the capture begins in mid-stream, has holes in what
    the side sent before, or ends without another word of the other side.

Does not fire when
    - A segment of that size was acknowledged before on this connection: the path carries it.
    - The last of the full-size copies was acknowledged: segments were lost, and one got
      through.
    - Smaller segments of that side had to be sent again before: the path loses any size.
    - The smaller copies are not acknowledged either, or the other side is silent: it may be
      gone, or the path down.
    - The capture was taken behind the place: then the segments are not in it (CAP903).

    Not known: where on the path it is. ICMP messages are not looked at: one that says that
    fragmentation is needed may be in the capture.

Why it matters
    Commands and short messages work, long ones never do: the client hangs in DATA until a timer
    ends, and tries the same again for days. Both logs speak of a lost connection or a timeout,
    and each side blames the other.

What to do
    client: Lower the MTU of the interface, or switch on packetisation-layer discovery (Linux:
        net.ipv4.tcp_mtu_probing=1).
    server: The same, if it is the one that sends. Who runs the network: let ICMP type 3 code 4
        (IPv6: type 2) through; clamp the MSS where a tunnel begins (TCPMSS
        --clamp-mss-to-pmtu).

Example
    The message's first segment never arrives; the short one behind it does.

        frame 13  C: 1460 octets of mail data          [87, 1547)
        frame 14  C: 13 octets, the message's end      [1547, 1560)
        frame 15  S: nothing but an acknowledgment     acknowledges 87
        frame 16  C: frame 13 again, 0.2 s later, then after 0.6, 1.4, 3.0 and 6.2 s

        desync show captures/rules/PATH603-path-mtu-blackhole.fires.pcap --stream 0

See it in Wireshark
    Retransmissions, by their size:

        tcp.analysis.retransmission && tcp.len > 1200

References
    - RFC 1191, section 1 and RFC 2923, section 2.1: the black hole.
    - RFC 4821: discovery that does not need ICMP.
    - hvera.wordpress.com, "Mail fails consistently with timeout or lost connection", 30 June
      2009.
    - Postfix: "timed out while sending message body", "lost connection after DATA".
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.black_hole import BlackHole, black_holes
from desync.findings.finding import Detail, Facts, Finding
from desync.findings.making import of_connection
from desync.findings.row_segments import segment_at
from desync.findings.rule import Rule
from desync.findings.wording import duration
from desync.tcp.connection import Connection
from desync.tcp.rows import PASSED

RULE: Final = Rule(code="PATH603", name="path-mtu-blackhole", severity="error", blame="path")

MOST_COPIES: Final = 20
"""Frames of copies that one finding names."""

_DONT_FRAGMENT: Final = 0x40


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find full-size segments that do not arrive where smaller ones do."""
    connection = conversation.connection
    for hole in black_holes(connection):
        reasons = _doubts(connection, hole)
        chosen = [*hole.copies[:MOST_COPIES], *([hole.through] if hole.through is not None else [])]
        details: dict[str, Detail] = {
            "side": _side(connection, hole),
            "offset": hole.offset,
            "size": hole.size,
            "passed": hole.passed,
            "transmissions": len(hole.copies),
            "span_ns": hole.span,
            "got_through": hole.through is not None,
            "df": _forbids_fragments(connection, hole.copies[0]),
            **({"reasons": reasons} if reasons else {}),
        }
        yield of_connection(
            RULE,
            conversation,
            message=_message(connection, hole),
            certainty="inconclusive" if reasons else "consistent",
            segments=[segment_at(connection, row) for row in chosen],
            details=details,
        )


def _side(connection: Connection, hole: BlackHole) -> str:
    return "client" if hole.side == connection.client_side else "server"


def _message(connection: Connection, hole: BlackHole) -> str:
    span = f" in {duration(hole.span)}" if hole.span is not None else ""
    ending = "got through only when cut smaller" if hole.through is not None else "were not acknowledged"
    return (
        f"octets that the {_side(connection, hole)} sent {len(hole.copies)} times{span} in segments of "
        f"{hole.size} {ending}; segments of up to {hole.passed} had got through"
    )


def _doubts(connection: Connection, hole: BlackHole) -> list[str]:
    """Why it may not be the size: a segment as large may have got through, or the other side gone."""
    stream = connection.assembly.streams[hole.side]
    found = []
    if stream.origin == "first-seen":
        found.append("the capture begins in mid-stream")
    if stream.first_gap < hole.offset:
        found.append("octets that this side sent before were not captured")
    if not hole.alive:
        found.append("the capture does not show whether the other side was still there")
    return found


def _forbids_fragments(connection: Connection, row: int) -> bool | None:
    """Whether an IPv4 packet says that it must not be fragmented; None where that is not known."""
    rows = connection.rows
    at = rows.network[row]
    if at == PASSED or rows.octets[at] >> 4 != 4:
        return None
    return bool(rows.octets[at + 6] & _DONT_FRAGMENT)

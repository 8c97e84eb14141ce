"""The segments of one connection, ready to be drawn as a ladder.

May know what a rung shows; must not know how it is drawn, nor how segments are found.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

Sender: TypeAlias = Literal["client", "server"]


class Rung(NamedTuple):
    r"""One segment of a connection, ready to be drawn.

    Attributes:
        time: Nanoseconds since 1970 UTC, or None.
        capture: Index of the capture that holds the frame.
        frame: ``frame.number``.
        sender: Who sent it.
        octets: Range of the sender's stream, half-open; None where it carries none.
        acknowledged: Octets of the other side's stream that it acknowledges, or None.
        text: The octets as text, one piece for each line, line ends visible as ``\r\n``;
            private text already replaced by ``<n octets>``.
        note: What else it is: ``SYN``, ``retransmission``, ``hole of 40 octets``; or empty.
        exchange: Index of the exchange that its first octet belongs to, or None.
        findings: Codes of the findings that are to be marked here.
    """

    time: int | None
    capture: int
    frame: int
    sender: Sender
    octets: tuple[int, int] | None
    acknowledged: int | None
    text: tuple[str, ...]
    note: str
    exchange: int | None
    findings: tuple[str, ...]


class Ladder(NamedTuple):
    """A connection with all its segments.

    Attributes:
        rungs: The segments in the order to be drawn.
        connection: The connection as the report's document holds it.
        captures: Path of each capture, by its index.
    """

    rungs: tuple[Rung, ...]
    connection: Mapping[str, Any]
    captures: Mapping[int, str]

"""A TCP connection: two streams, and what became of its segments on the way.

May know everything of TCP; must not know what the octets say.
"""

from collections.abc import Collection
from itertools import pairwise
from typing import NamedTuple

from desync.tcp.capture_point import CapturePoint, Handshake, capture_point, handshake
from desync.tcp.endpoint import Closing, Endpoint
from desync.tcp.origin import Start, client_side, starts
from desync.tcp.policies import Policy
from desync.tcp.rows import Rows
from desync.tcp.stream import Stream
from desync.tcp.streams import Assembly, assemble
from desync.units import SECOND


class Connection(NamedTuple):
    """One TCP connection as captured.

    Attributes:
        client, server: The ends; the client opened it.
        client_side: Which side of ``rows`` is the client.
        client_stream, server_stream: What each sent.
        client_start, server_start: Where their streams begin.
        handshake: Times and options of the handshake.
        point: Where it was captured, and the round trips from there.
        assembly: What happened to the segments.
        rows: The segments, in file order.
        times_sound: Whether no time steps back by more than a second nor all are equal.
    """

    client: Endpoint
    server: Endpoint
    client_side: int
    client_stream: Stream
    server_stream: Stream
    client_start: Start
    server_start: Start
    handshake: Handshake
    point: CapturePoint
    assembly: Assembly
    rows: Rows
    times_sound: bool

    @property
    def closed_by(self) -> Closing | None:
        """How it ended, or None where the capture does not show it."""
        finished = self.assembly.finished
        # A RST outside the window is ignored, and both sides finish all the same.
        if self.assembly.reset and not all(finished):
            return "rst"
        return "fin" if all(finished) else "half-closed" if any(finished) else None

    @property
    def complete(self) -> bool:
        """Whether it was captured from its SYN in both directions, without a hole."""
        streams = (self.client_stream, self.server_stream)
        return all(stream.origin == "syn" and not stream.gaps for stream in streams)

    @property
    def disputed(self) -> bool:
        """Whether two copies of an octet differ, and it is not known which of them the receiver took."""
        return any(stream.disputed is not None for stream in (self.client_stream, self.server_stream))

    def under(self, policy: Policy) -> "Connection":
        """The connection as a receiver with this policy has it, where copies of octets differ."""
        begun = (self.client_start, self.server_start)
        assembly = assemble(self.rows, begun if self.client_side == 0 else begun[::-1], policy)
        return self._replace(
            client_stream=assembly.streams[self.client_side],
            server_stream=assembly.streams[1 - self.client_side],
            assembly=assembly,
        )


def connect(rows: Rows, ends: tuple[Endpoint, Endpoint], mail_ports: Collection[int]) -> Connection:
    """Make a connection of its segments.

    Args:
        rows: Segments of one connection, in file order.
        ends: The endpoints of side 0 and of side 1.
        mail_ports: Ports that mail servers listen on, to tell client from server without a SYN.
    """
    client = client_side(rows, (ends[0].port, ends[1].port), mail_ports)
    begun = starts(rows, client)
    assembly = assemble(rows, begun)
    sound = times_are_sound(rows.time)
    shaken = handshake(rows, client)
    return Connection(
        client=ends[client],
        server=ends[1 - client],
        client_side=client,
        client_stream=assembly.streams[client],
        server_stream=assembly.streams[1 - client],
        client_start=begun[client],
        server_start=begun[1 - client],
        handshake=shaken,
        point=capture_point(shaken, sound=sound),
        assembly=assembly,
        rows=rows,
        times_sound=sound,
    )


def times_are_sound(times: list[int]) -> bool:
    """Whether times may serve as evidence: known, not all equal, no step back of over a second."""
    if len(times) < 2:
        return bool(times) and times[0] > 0
    return (
        min(times) > 0
        and min(times) != max(times)
        and all(later >= earlier - SECOND for earlier, later in pairwise(times))
    )

"""Two captures of the same connections, from both sides of a box or path, laid over each other.

May know archives; must not know how what they say together is printed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, Literal, NamedTuple, TypeAlias, TypeVar

from desync.analysis.options import Options
from desync.analysis.record import Outcome
from desync.archive.points.checks import Check, checks_of
from desync.archive.points.deed import Deed
from desync.archive.points.deeds import deeds_of
from desync.archive.points.matching import HEAD, Match, Matches, match
from desync.archive.points.overlay import Overlay, overlay
from desync.archive.points.sighting import Sighting, View, view_of

Item = TypeVar("Item")

Nearer: TypeAlias = Literal["a", "b"]

BATCH: Final = 64
"""Connections whose octets are in memory at once, unless they are long."""

BATCH_OCTETS: Final = 32 << 20
"""Octets of connections in memory at once, for one of them alone as many as it has."""

VOTES: Final = 1000
"""Connections that are asked which capture is nearer the client."""

CLOSE: Final = 5_000_000
"""Nanoseconds by which the whole round trip may differ from point to point, besides a tenth of it."""


class Laid(NamedTuple):
    """One connection at both points, and what happened to it between them."""

    overlay: Overlay
    deeds: list[Deed]
    checks: list[Check]


@dataclass(frozen=True, slots=True)
class Points:
    """Two views of the same connections.

    Attributes:
        a, b: The captures as the caller named them.
        matches: Which connection is which.
        nearer: Which of them is nearer the client, or None where the handshakes do not say: then A is
            taken to be.
        votes: How many handshakes say A, and how many say B.
    """

    a: View
    b: View
    matches: Matches
    nearer: Nearer | None
    votes: tuple[int, int]

    @property
    def swapped(self) -> bool:
        """Whether B is the one nearer the client."""
        return self.nearer == "b"

    def laid(self) -> Iterator[Laid]:
        """Lay each connection that is in both over itself, in the order of A."""
        for batch in _batches(self.matches.found, lambda one: one.a):
            of_a = self.a.sightings([one.a for one in batch])
            of_b = self.b.sightings([one.b for one in batch])
            for one in batch:
                seen = of_a.get(one.a.brief.order), of_b.get(one.b.brief.order)
                if seen[0] is not None and seen[1] is not None:
                    yield _laid(seen[1], seen[0], one) if self.swapped else _laid(seen[0], seen[1], one)


def look(paths: tuple[str, str], options: Options) -> Points:
    """Analyse two captures, match their connections, and find out which is nearer the client.

    Args:
        paths: A and B.
        options: What is mail, and how many processes work.
    """
    wanted = replace(options, details=True)
    views = view_of(paths[0], wanted), view_of(paths[1], wanted)

    def heads(side: int, outcomes: Sequence[Outcome]) -> dict[tuple[int, int], tuple[bytes, bytes]]:
        found = {one.brief.order: (b"", b"") for one in outcomes}
        for batch in _batches(outcomes, lambda one: one):
            for order, each in views[side].sightings(batch).items():
                streams = each.whole.client_stream, each.whole.server_stream
                found[order] = (streams[0].slice(0, HEAD), streams[1].slice(0, HEAD))
        return found

    matches = match(views[0].outcomes, views[1].outcomes, heads)
    votes = _votes(islice(matches.found, VOTES))
    nearer: Nearer | None = None if votes[0] == votes[1] else "a" if votes[0] > votes[1] else "b"
    return Points(*views, matches, nearer, votes)


def _laid(near: Sighting, far: Sighting, one: Match) -> Laid:
    found = overlay(near, far, one)
    deeds = deeds_of(found)
    return Laid(found, deeds, checks_of(found, deeds))


def _votes(matches: Iterator[Match]) -> tuple[int, int]:
    """Ask handshakes which point is nearer the client: there the round trip to the server is longer.

    Only those are asked whose whole round trip is the same at both points. Where a box answers the
    handshake itself, what is measured are two connections, and that says nothing.
    """
    a = b = 0
    for one in matches:
        trips = [_trips(each) for each in (one.a, one.b)]
        if trips[0] is None or trips[1] is None:
            continue
        (client, server), (other_client, other_server) = trips[0], trips[1]
        whole = client + server
        if abs(whole - other_client - other_server) > max(whole // 10, CLOSE):
            continue
        # Two differences that should be the same: noise of less than a third of them is none.
        gain, loss = server - other_server, other_client - client
        if min(gain, loss) * 3 > max(gain, loss) > 0:
            a += 1
        elif max(gain, loss) < 0 and max(-gain, -loss) < min(-gain, -loss) * 3:
            b += 1
    return a, b


def _trips(one: Outcome) -> tuple[int, int] | None:
    """The round trips to the client and to the server."""
    client, server = one.record.tcp.round_trips if one.record is not None else (None, None)
    return None if client is None or server is None else (client, server)


def _batches(items: Sequence[Item], outcome: Callable[[Item], Outcome]) -> Iterator[list[Item]]:
    """Connections in their order, so many at once as fit into memory."""
    batch: list[Item] = []
    octets = 0
    for one in items:
        identity = outcome(one).brief.identity
        octets += sum(identity[2:]) if identity is not None else BATCH_OCTETS // BATCH
        batch.append(one)
        if len(batch) == BATCH or octets > BATCH_OCTETS:
            yield batch
            batch, octets = [], 0
    if batch:
        yield batch

"""One connection at two points, laid over each other: all that is not the same.

May know both sightings; must not judge whose doing a difference is, nor know how it is printed. *Near*
is the point nearer the client, *far* the one nearer the server: what the client sends passes near first.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from desync.archive.points.alignment import Difference, in_place, lay_over
from desync.archive.points.clocks import Delay, Offset, delay_of, offset_of
from desync.archive.points.handshake import Altered, altered_options
from desync.archive.points.matching import Match
from desync.archive.points.offsets import Offsets, both_ways
from desync.archive.points.passage import Passage, passage, segments_of
from desync.archive.points.sighting import Sighting
from desync.tcp.connection import Connection
from desync.tcp.origin import Start
from desync.tcp.sequence import distance
from desync.tcp.sides import Side
from desync.tcp.stream import Stream

FARTHEST: Final = 1 << 24
"""Octets by which two captures that begin in mid-stream may be apart and are still laid over each other."""

Incomparable: TypeAlias = Literal["holes", "beginnings"]
"""Octets behind a hole do not lie where they should; or the streams' beginnings were not captured."""


@dataclass(frozen=True, slots=True)
class Course:
    """One direction at both points.

    Attributes:
        sender: Whose octets.
        differences: Octets that are not the same, in offsets of either point's own stream.
        arrival: Turns offsets where it was sent into those where it arrived.
        compared: Octets of the sender's stream that were laid over what arrived.
        unknown: Octets of it that one of the captures does not hold.
        incomparable: Why octets could not be laid over each other, or None.
        passage: What became of the segments.
        delay: How long they took, or None where the clocks do not say.
    """

    sender: Side
    differences: tuple[Difference, ...]
    arrival: Offsets
    compared: int
    unknown: int
    incomparable: Incomparable | None
    passage: Passage
    delay: Delay | None


@dataclass(frozen=True, slots=True)
class Overlay:
    """A connection at both points.

    Attributes:
        near, far: It at the point nearer the client, and at the other.
        match: How it was known to be one.
        client, server: What each of them sent.
        offset: What the clocks tell.
        altered: Options of the handshake that are not the same.
        renumbered: Whether the client's and the server's sequence numbers are others at the far point;
            None where a handshake was not captured.
    """

    near: Sighting
    far: Sighting
    match: Match
    client: Course
    server: Course
    offset: Offset
    altered: tuple[Altered, ...]
    renumbered: tuple[bool | None, bool | None]


@dataclass(frozen=True, slots=True)
class _Octets:
    """What laying octets over each other came to; the members are those of ``Course``."""

    differences: tuple[Difference, ...]
    compared: int
    unknown: int
    incomparable: Incomparable | None


def overlay(near: Sighting, far: Sighting, match: Match) -> Overlay:
    """Lay one connection at two points over each other.

    Args:
        near: It at the point nearer the client.
        far: It at the other point.
        match: How it was known.
    """
    one, other = near.whole, far.whole
    renumbered = _renumbered(one, other)
    shifts = tuple(
        _shift(*pair)
        for pair in ((one.client_start, other.client_start), (one.server_start, other.server_start))
    )
    said = _lay(one.client_stream, other.client_stream, shifts[0])
    answered = _lay(other.server_stream, one.server_stream, None if shifts[1] is None else -shifts[1])
    (to_far, client), (to_near, server) = (
        both_ways(laid.differences, (sent.length, arrived.length), shift)
        for laid, sent, arrived, shift in (
            (said, one.client_stream, other.client_stream, shifts[0] or 0),
            (answered, other.server_stream, one.server_stream, -(shifts[1] or 0)),
        )
    )
    forth = passage(
        segments_of(one, by_client=True, other=server), segments_of(other, by_client=True, own=client)
    )
    back = passage(
        segments_of(other, by_client=False, other=client), segments_of(one, by_client=False, own=server)
    )
    offset = offset_of(one, other, forth.pairs, back.pairs)
    ahead = offset.ahead
    return Overlay(
        near=near,
        far=far,
        match=match,
        client=_course(
            "client",
            said,
            to_far,
            forth,
            None if ahead is None else delay_of(one, other, forth.pairs, ahead),
        ),
        server=_course(
            "server",
            answered,
            to_near,
            back,
            None if ahead is None else delay_of(other, one, back.pairs, -ahead),
        ),
        offset=offset,
        altered=tuple(altered_options(one, other)),
        renumbered=renumbered,
    )


def _course(sender: Side, laid: _Octets, arrival: Offsets, way: Passage, delay: Delay | None) -> Course:
    return Course(
        sender=sender,
        differences=laid.differences,
        arrival=arrival,
        compared=laid.compared,
        unknown=laid.unknown,
        incomparable=laid.incomparable,
        passage=way,
        delay=delay,
    )


def _renumbered(near: Connection, far: Connection) -> tuple[bool | None, bool | None]:
    pairs = (near.client_start, far.client_start), (near.server_start, far.server_start)
    client, server = (
        None if one.initial is None or other.initial is None else one.initial != other.initial
        for one, other in pairs
    )
    return client, server


def _shift(near: Start, far: Start) -> int | None:
    """What is to be added to far offsets to get near ones; None where the beginnings are not known."""
    if near.origin == far.origin == "syn":
        return 0
    if near.sequence is None or far.sequence is None:
        return 0 if near.sequence == far.sequence else None
    apart = distance(far.sequence, near.sequence)
    return apart if abs(apart) <= FARTHEST else None


def _lay(sent: Stream, arrived: Stream, shift: int | None) -> _Octets:
    """Lay the captured octets of a stream over each other.

    Args:
        sent: The stream where it was sent.
        arrived: The same where it arrived.
        shift: What is to be added to an offset of the latter to get one of the former.
    """
    if shift is None:
        return _Octets((), 0, sent.length, "beginnings")
    if not shift and _is_whole(sent) and _is_whole(arrived):
        return _Octets(tuple(lay_over(sent.octets, arrived.octets)), len(sent.octets), 0, None)
    found: list[Difference] = []
    compared, incomparable = 0, False
    for start, octets in sent.runs:
        for other_start, others in arrived.runs_from(max(start - shift, 0)):
            if other_start + shift >= start + len(octets):
                break
            low = max(start, other_start + shift)
            high = min(start + len(octets), other_start + shift + len(others))
            if low >= high:
                continue
            one = octets[low - start : high - start]
            other = others[low - shift - other_start : high - shift - other_start]
            if not in_place(one, other):
                incomparable = True
                continue
            compared += high - low
            found += [_moved(each, low, low - shift) for each in lay_over(one, other)]
    unknown = max(sent.length - compared, 0)
    return _Octets(tuple(found), compared, unknown, "holes" if incomparable else None)


def _is_whole(stream: Stream) -> bool:
    return not stream.gaps and (not stream.runs or (len(stream.runs) == 1 and stream.runs[0][0] == 0))


def _moved(one: Difference, start: int, other_start: int) -> Difference:
    spans = [
        (low + base, high + base) for (low, high), base in ((one.sent, start), (one.arrived, other_start))
    ]
    return Difference(one.kind, *spans)

"""What becomes of each frame of the chosen connections, worked out connection by connection.

Payloads that change lie in a spool, not in memory. May know conversations and their segments; must not
know how a frame is laid out.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from desync.analysis.examine import conversations
from desync.analysis.record import Outcome
from desync.analysis.stitch import joined_rows
from desync.archive.archive import Archive
from desync.archive.long_pairs import long_pairs, long_rows
from desync.archive.redone import ranks
from desync.archive.spool import Spool
from desync.archive.tasks import reader_of
from desync.exchanges.conversation import Conversation
from desync.findings.disputed import read_under
from desync.findings.finding import Place
from desync.report.evidence.masks import mask_text
from desync.report.evidence.redaction import Rename, veil_of
from desync.report.evidence.veil import Veil
from desync.tcp.flows import Pair
from desync.tcp.pair_keys import Keys, among, key_of, unique
from desync.tcp.rows import PASSED, RST

UNCHANGED: Final = -1
LATE: Final = -2
"""The payload was passed over: what becomes of it is decided where it is read."""

Owner: TypeAlias = tuple[int, int]
"""A connection, by the capture and the number of its first frame (``Brief.order``)."""


Key: TypeAlias = tuple[int, ...]
"""A pair of endpoints, as ``tcp.pair_keys`` has it."""


class Share(NamedTuple):
    """What is known of one side of a connection where its octets were passed over.

    Attributes:
        sequence: Sequence number of offset 0; None where it is not known.
        encrypted: Offset from which on it is encrypted, or None.
    """

    sequence: int | None
    encrypted: int | None


class Line(NamedTuple):
    """What becomes of one frame.

    Attributes:
        owner: The connection that it is of.
        side: Who sent it, as in ``Rows``.
        edit: Where in the spool its payload lies as it is to be written; or ``UNCHANGED``, ``LATE``.
    """

    owner: Owner
    side: int
    edit: int


class Plan(NamedTuple):
    """What becomes of all frames that are known to be written.

    Attributes:
        spool: Holds payloads.
        lines: The frames, by capture and number.
        shares: Both sides of each connection with octets that were passed over.
        others: Frames of the same pairs of endpoints that belong to connections that were not chosen.
        spans: For each pair of endpoints its connections, chosen or not, with their first frame in each
            capture.
        owners: The connections that were chosen.
        redacted: Whether what is private is overwritten.
    """

    spool: Spool
    lines: dict[int, dict[int, Line]]
    shares: dict[Owner, tuple[Share, Share]]
    others: set[Place]
    spans: dict[Key, list[tuple[Place, Owner]]]
    owners: set[Owner]
    redacted: bool

    def line(self, place: Place) -> Line | None:
        """What becomes of a frame; None where it is not known to be written."""
        return self.lines.get(place.capture, {}).get(place.frame)


def plan_of(archive: Archive, outcomes: Sequence[Outcome], rename: Rename, *, redacted: bool) -> Plan:
    """Work out what becomes of the frames of connections."""
    chosen = {one.brief.order for one in outcomes}
    plan = Plan(Spool(), {}, {}, set(), {}, chosen, redacted)
    for members in archive.sets:
        keys = [one.brief.key for one in outcomes if one.brief.order[0] in members]
        if keys:
            for key, conversation in _conversations(archive, members, unique(np.array(keys))):
                _add(plan, key, conversation, rename)
    return plan


def _conversations(
    archive: Archive, members: Sequence[int], keys: Keys
) -> Iterator[tuple[Pair, Conversation]]:
    """The conversations of pairs of endpoints in a set of captures."""
    rank = ranks(members, by_time=archive.options.merge)
    for parts, _ in archive.parts(members, keys):
        here = unique(np.concatenate([kept.keys for kept, _ in parts]))
        long = long_pairs(parts, rank)
        readers = [(kept, reader_of(path)) for kept, path in parts]
        short = joined_rows(readers, here[~among(here, long)], rank.__getitem__)
        for pair, rows in chain(long_rows(parts, long, rank), short):
            for conversation in conversations(rows, pair, archive.options):
                yield pair, conversation


def _add(plan: Plan, pair: Pair, conversation: Conversation, rename: Rename) -> None:
    rows = conversation.connection.rows
    places = [Place(capture, frame) for capture, frame in zip(rows.capture, rows.frame, strict=True)]
    begins: dict[int, int] = {}
    for place in places:
        begins[place.capture] = min(begins.get(place.capture, place.frame), place.frame)
    owner = (places[0].capture, begins[places[0].capture])
    key = tuple(key_of(pair).tolist())
    plan.spans.setdefault(key, []).extend((Place(*begin), owner) for begin in begins.items())
    if owner not in plan.owners:
        plan.others.update(places)
        return
    side = conversation.connection.client_side
    sides: list[Veil | None] = [None, None]
    if plan.redacted or rename is not None:
        sides = [_veil(plan, conversation, rename, client=each == side) for each in (0, 1)]
    for row, place in enumerate(places):
        plan.lines.setdefault(place.capture, {})[place.frame] = _line(
            plan, owner, conversation, row, sides[rows.side[row]]
        )
    if PASSED in rows.payload:
        plan.shares[owner] = _shares(conversation, sides)


def _veil(plan: Plan, conversation: Conversation, rename: Rename, *, client: bool) -> Veil:
    streams = conversation.connection.client_stream, conversation.connection.server_stream
    differ = any(stream.conflicts for stream in streams) and not any(stream.passed for stream in streams)
    others = [other for _, other in read_under(conversation)[1:]] if differ else []
    veil = veil_of(conversation, others, client=client, redacted=plan.redacted, rename=rename)
    veil.others = [veil_of(one, client=client, redacted=plan.redacted, rename=rename) for one in others]
    return veil


def _line(plan: Plan, owner: Owner, conversation: Conversation, row: int, veil: Veil | None) -> Line:
    rows = conversation.connection.rows
    side = rows.side[row]
    if rows.payload[row] == PASSED:
        return Line(owner, side, LATE)
    before = bytes(rows.octets_of(row))
    if veil is None or not before:
        return Line(owner, side, UNCHANGED)
    # What a RST carries is the sender's remark, no part of the stream (RFC 9293, section 3.5.3).
    remark = bool(rows.flags[row] & RST) and plan.redacted
    after = mask_text(before) if remark else veil.copy(conversation.connection.assembly.offsets[row], before)
    if after == before:
        return Line(owner, side, UNCHANGED)
    return Line(owner, side, plan.spool.put(after))


def _shares(conversation: Conversation, sides: Sequence[Veil | None]) -> tuple[Share, Share]:
    connection = conversation.connection
    starts = [connection.client_start, connection.server_start]
    if connection.client_side:
        starts.reverse()
    found = [
        Share(start.sequence, veil.encrypted if veil is not None else None)
        for start, veil in zip(starts, sides, strict=True)
    ]
    return found[0], found[1]

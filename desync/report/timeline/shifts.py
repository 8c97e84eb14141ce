"""The change points of an archive: where a server's banner or its splits, or a client's misreads, change.

A server's sessions are searched for banners and split replies, with its clients as parties. Then a
client's are searched for misreads, with servers as parties, each between two of its own changes: what the
server's change explains is not said of the client again. May know sessions in columns; must not know how
a change is found or written.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np

from desync.capture.frames import Integers
from desync.report.timeline.banner_key import GREETED
from desync.report.timeline.segmentation import Flags, Track, changes, differing
from desync.report.timeline.sessions import Columns
from desync.units import UNKNOWN_TIME

FEWEST: Final = 16
"""Sessions below which no order of them is improbable enough."""

MOST_BANNERS: Final = 16
"""Banners of one server that are looked at, the most frequent."""

Side: TypeAlias = Literal["client", "server"]


class Part(NamedTuple):
    """The sessions on one side of a change, up to the next.

    Attributes:
        banner: Number of the key that the change concerns, else of the most frequent; None for a client.
        sessions, split, misread: How many; of these, with a split reply, and misread.
    """

    banner: int | None
    sessions: int
    split: int
    misread: int


class Shift(NamedTuple):
    """A change point.

    Attributes:
        side: Whose it is.
        end: That one's number.
        last, first: Row of the last session before, and of the first one after.
        before, after: What the sessions were on both sides.
        began, ceased: Numbers of the clients that were there on both sides and misread only after, or
            only before; none for a client's change.
    """

    side: Side
    end: int
    last: int
    first: int
    before: Part
    after: Part
    began: tuple[int, ...]
    ceased: tuple[int, ...]


def shifts_of(columns: Columns) -> list[Shift]:
    """Find all change points, in the order of time."""
    greeted = np.array([key is not None and key.startswith(GREETED) for key in columns.keys], dtype=np.bool_)
    known = columns.first != UNKNOWN_TIME
    servers = _groups(columns.server, np.flatnonzero(known & greeted[columns.banner]))
    clients = _groups(columns.client, np.flatnonzero(known))
    sequences = len(servers) + len(clients)
    found = [shift for rows in servers for shift in _of_server(columns, rows, sequences)]
    eras = _eras(columns, found)
    found += [shift for rows in clients for shift in _of_client(columns, rows, eras, sequences)]
    return sorted(found, key=lambda one: (one.first, one.side == "client", one.end))


def _groups(numbers: Integers, rows: Integers) -> list[Integers]:
    """The rows of each number that has enough of them."""
    if not len(rows):
        return []
    rows = rows[np.argsort(numbers[rows], kind="stable")]
    begins = np.flatnonzero(np.diff(numbers[rows], prepend=-1))
    ends = np.append(begins[1:], len(rows))
    long = np.flatnonzero(ends - begins >= FEWEST)
    return [rows[begins[one] : ends[one]] for one in long.tolist()]


def _of_server(columns: Columns, rows: Integers, sequences: int) -> Iterator[Shift]:
    """The change points of one server."""
    banner, split = columns.banner[rows], columns.split[rows]
    keys, counts = np.unique(banner, return_counts=True)
    frequent = keys[np.lexsort((keys, -counts))][:MOST_BANNERS] if len(keys) > 1 else keys[:0]
    # The banners first: they name the moment even where not every reply splits.
    parties = _numbered(columns.client[rows])
    track = Track([*(banner == key for key in frequent.tolist()), split], parties, sequences)
    places = [0, *changes(track), len(rows)]
    for start, at, stop in zip(places, places[1:], places[2:], strict=False):
        changed = [number for number in differing(track, start, at, stop) if number < len(frequent)]
        banners, first = _banners(banner, frequent[changed], (start, at, stop))
        yield _shift("server", columns, rows, (start, first, stop), banners)


def _banners(
    banner: Integers, changed: Integers, stretch: tuple[int, int, int]
) -> tuple[tuple[int, int], int]:
    """The banners before and after a change, and the first session after it.

    A banner that is new begins with its first session: between that and the last one of the banner that is
    gone there may be sessions of a third, of another server behind the same address.
    """
    start, at, stop = stretch
    before, after = banner[start:at], banner[at:stop]
    gains = [float((after == key).mean()) - float((before == key).mean()) for key in changed.tolist()]
    lost = changed[int(np.argmin(gains))] if gains and min(gains) < 0 else _most_frequent(before)
    gained = changed[int(np.argmax(gains))] if gains and max(gains) > 0 else _most_frequent(after)
    if gains and max(gains) > 0 and not (before == gained).any():
        at += int(np.argmax(after == gained))
    return (int(lost), int(gained)), at


def _numbered(parties: Integers) -> Integers:
    """Number parties from 0 on."""
    return np.unique(parties, return_inverse=True)[1].reshape(-1)


def _most_frequent(banner: Integers) -> int:
    return int(np.argmax(np.bincount(banner)))


def _of_client(columns: Columns, rows: Integers, eras: Integers, sequences: int) -> Iterator[Shift]:
    """The change points of one client that no server explains."""
    if not columns.misread[rows].any():
        return
    track = Track([columns.misread[rows]], _numbered(eras[rows]), sequences)
    places = [0, *changes(track), len(rows)]
    for stretch in zip(places, places[1:], places[2:], strict=False):
        yield _shift("client", columns, rows, stretch, (None, None))


def _eras(columns: Columns, found: Sequence[Shift]) -> Integers:
    """For each session its server, as another one after each of that server's changes."""
    eras = columns.server.copy()
    width, numbers = len(columns.ends), np.arange(len(eras))
    for shift in found:
        eras[(columns.server == shift.end) & (numbers >= shift.first)] += width
    return eras


def _shift(
    side: Side,
    columns: Columns,
    rows: Integers,
    stretch: tuple[int, int, int],
    banners: tuple[int | None, int | None],
) -> Shift:
    """Count what was on both sides of a change."""
    before, after = (rows[first:last] for first, last in pairwise(stretch))
    began, ceased = _turned(columns, before, after) if side == "server" else ((), ())
    numbers = columns.server if side == "server" else columns.client
    return Shift(
        side=side,
        end=int(numbers[after[0]]),
        last=int(before[-1]),
        first=int(after[0]),
        before=_part(columns, before, banners[0]),
        after=_part(columns, after, banners[1]),
        began=began,
        ceased=ceased,
    )


def _part(columns: Columns, rows: Integers, banner: int | None) -> Part:
    split, misread = columns.split[rows], columns.misread[rows]
    return Part(banner, len(rows), int(split.sum()), int(misread.sum()))


def _turned(columns: Columns, before: Integers, after: Integers) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The clients, seen on both sides, that misread only after, and those that did only before."""
    seen = np.intersect1d(columns.client[before], columns.client[after])
    misread: list[Flags] = [
        np.isin(seen, columns.client[rows[columns.misread[rows]]]) for rows in (before, after)
    ]
    began, ceased = seen[~misread[0] & misread[1]], seen[misread[0] & ~misread[1]]
    return tuple(began.tolist()), tuple(ceased.tolist())

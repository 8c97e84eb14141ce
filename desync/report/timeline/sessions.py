"""Mail sessions as columns: when, which server, which client, which banner, what was to be seen.

There may be millions: no session is an object. May know briefs and columns; must not know what is read
from their order.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desync.analysis.plain import Ends, Plain
from desync.analysis.record import Brief
from desync.capture.frames import Integers
from desync.report.timeline.banner_key import banner_key, skeleton
from desync.tcp.addresses import address_number
from desync.tcp.neighbours import differs
from desync.units import UNKNOWN_TIME

Flags = NDArray[np.bool_]

MANY_KEYS: Final = 32
"""Banner keys of one server from which on they are taken for what changes with each session, if"""

SESSIONS_A_KEY: Final = 4
"""there are not as many sessions for each: then words with digits are left out of them."""

ANY: Final = 0
"""Stands for whatever port a client has."""

_ROW: Final = np.dtype(
    [
        *((name, np.int64) for name in ("first", "last")),
        *((name, np.uint32) for name in ("capture", "frame", "server", "client", "banner")),
        ("flags", np.uint8),
    ]
)
"""A session while they come in: as ``Columns``, with the numbers that were given by then."""

_MOST_SINGLE: Final = 1 << 19
"""Numbers of single sessions that are held before they are put into columns."""

_SPLIT: Final = 1
_MISREAD: Final = 2


@dataclass(frozen=True, slots=True)
class Columns:
    """Sessions in the order of time, as ``n`` rows; those of unknown time first.

    Attributes:
        first, last: Earliest and latest time in nanoseconds since 1970 UTC, or UNKNOWN_TIME.
        capture, frame: Where its first frame is.
        server, client: Their numbers in ``ends``.
        banner: Number of the banner's key in ``keys``.
        split: Whether a reply left in more than one segment.
        misread: Whether the client took a part of a reply for a reply.
        ends: Servers and clients, rising: numeric address (an IPv4 one IPv6-mapped) and port. What answers
            on another port is another program; a client's port is 0.
        keys: Banner keys in the order of time; None where there was no greeting.
    """

    first: Integers
    last: Integers
    capture: Integers
    frame: Integers
    server: Integers
    client: Integers
    banner: Integers
    split: Flags
    misread: Flags
    ends: Sequence[tuple[int, int]]
    keys: Sequence[str | None]

    def __len__(self) -> int:
        return len(self.first)


class Sessions:
    """The sessions of an archive while they come in."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, int], int] = {}
        self._keys: dict[str | None, int] = {}
        self._single = array("q")
        self._parts: list[NDArray[np.void]] = []

    def add(self, brief: Brief) -> None:
        """Take one session."""
        self._single.extend(
            (
                UNKNOWN_TIME if brief.first_time is None else brief.first_time,
                UNKNOWN_TIME if brief.last_time is None else brief.last_time,
                *brief.order,
                self._end(brief.server.address, brief.server.port),
                self._end(brief.client.address, ANY),
                self._key(brief.banner),
                _SPLIT * brief.split + _MISREAD * brief.misread,
            )
        )
        if len(self._single) >= _MOST_SINGLE:
            self._pack()

    def add_plain(self, plain: Plain) -> None:
        """Take textbook sessions."""
        if not len(plain):
            return
        part = np.empty(len(plain), dtype=_ROW)
        part["first"], part["last"] = plain.times.T
        part["capture"], part["frame"] = plain.capture, plain.frames[:, 0]
        part["server"], part["client"] = self._ends(plain.server), self._ends(plain.client, port=ANY)
        part["banner"] = self._banners(plain)
        part["flags"] = (plain.splits.sum(axis=1) > 0) * _SPLIT
        self._parts.append(part)

    def columns(self) -> Columns:
        """All sessions taken so far, in the order of time, then of the report."""
        self._pack()
        self._parts = [np.concatenate(self._parts)]
        order = np.lexsort([self._parts[0][name] for name in ("frame", "capture", "first")])
        rows = self._parts[0][order]
        ends = sorted(self._numbers)
        number = _places(ends, self._numbers)
        columns = Columns(
            first=rows["first"].copy(),
            last=rows["last"].copy(),
            capture=rows["capture"].astype(np.int64),
            frame=rows["frame"].astype(np.int64),
            server=number[rows["server"]],
            client=number[rows["client"]],
            banner=rows["banner"].astype(np.int64),
            split=(rows["flags"] & _SPLIT) > 0,
            misread=(rows["flags"] & _MISREAD) > 0,
            ends=ends,
            keys=list(self._keys),
        )
        return _numbered(_settled(columns))

    def _pack(self) -> None:
        """Put single sessions into columns."""
        names = _ROW.names or ()
        single = np.array(self._single, dtype=np.int64).reshape(-1, len(names))
        part = np.empty(len(single), dtype=_ROW)
        for name, column in zip(names, single.T, strict=True):
            part[name] = column
        self._parts.append(part)
        self._single = array("q")

    def _end(self, text: str, port: int) -> int:
        return self._numbers.setdefault((address_number(text), port), len(self._numbers))

    def _ends(self, ends: Ends, port: int | None = None) -> Integers:
        """The numbers of ends in columns, with their own ports or with one."""
        ports = ends["port"] if port is None else np.full(len(ends), port, dtype=np.uint16)
        order = np.lexsort((ports, ends["low"], ends["high"]))
        columns = [ends["high"][order], ends["low"][order], ports[order]]
        new = differs(*columns)
        known = zip(*(column[new].tolist() for column in columns), strict=True)
        numbers = np.array(
            [
                self._numbers.setdefault((high << 64 | low, own), len(self._numbers))
                for high, low, own in known
            ],
            dtype=np.int64,
        )
        found = np.empty(len(order), dtype=np.int64)
        found[order] = numbers[np.cumsum(new) - 1]
        return found

    def _banners(self, plain: Plain) -> Integers:
        used, inverse = np.unique(plain.banners, return_inverse=True)
        numbers = [self._key(plain.texts[text]) for text in used.tolist()]
        return np.array(numbers, dtype=np.int64)[inverse.reshape(-1)]

    def _key(self, banner: str | None) -> int:
        if banner is None:
            return self._keys.setdefault(None, len(self._keys))
        return self._keys.setdefault(banner_key(banner), len(self._keys))


def _settled(columns: Columns) -> Columns:
    """Leave more out of the keys of servers that have one for nearly each session."""
    width, each = len(columns.ends), max(1, len(columns.keys))
    # Counts are not wanted; without them NumPy imports its masked arrays first.
    both, _ = np.unique(columns.server * each + columns.banner, return_counts=True)
    kinds = np.bincount(both // each, minlength=width)
    sessions = np.bincount(columns.server, minlength=width)
    restless = (kinds > MANY_KEYS) & (sessions < SESSIONS_A_KEY * kinds)
    if not restless.any():
        return columns
    keys: dict[str | None, int] = {key: number for number, key in enumerate(columns.keys)}
    plainer = np.array(
        [keys.setdefault(key and skeleton(key), len(keys)) for key in columns.keys], dtype=np.int64
    )
    banner = np.where(restless[columns.server], plainer[columns.banner], columns.banner)
    return replace(columns, banner=banner, keys=list(keys))


def _numbered(columns: Columns) -> Columns:
    """Number the keys by their first sessions, in whatever order these came in."""
    used, first, inverse = np.unique(columns.banner, return_index=True, return_inverse=True)
    order = np.argsort(first)
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    keys = [columns.keys[number] for number in used[order].tolist()]
    return replace(columns, banner=places[inverse.reshape(-1)], keys=keys)


def _places(ends: Sequence[tuple[int, int]], numbers: Mapping[tuple[int, int], int]) -> Integers:
    """For each number that was given to an end, its place among all."""
    places = np.empty(len(ends), dtype=np.int64)
    places[[numbers[end] for end in ends]] = np.arange(len(ends))
    return places

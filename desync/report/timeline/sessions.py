"""Mail sessions as columns: when, which server, which client, which banner, what was to be seen.

There may be millions: no session is an object. May know briefs and columns; must not know what is read
from their order.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desync.analysis.plain import Ends, Plain
from desync.analysis.record import Brief
from desync.capture.frames import Integers
from desync.report.timeline.banner_key import banner_key, skeleton
from desync.units import UNKNOWN_TIME

Flags = NDArray[np.bool_]

MANY_KEYS: Final = 32
"""Banner keys of one server from which on they are taken for what changes with each session, if"""

SESSIONS_A_KEY: Final = 4
"""there are not as many sessions for each: then words with digits are left out of them."""

_MAPPED: Final = 0xFFFF << 32
"""What makes an IPv4 address an IPv6 one (RFC 4291, section 2.5.5.2)."""

_SPLIT: Final = 1
_MISREAD: Final = 2


@dataclass(frozen=True, slots=True)
class Columns:
    """Sessions in the order of time, as ``n`` rows; those of unknown time first.

    Attributes:
        first, last: Earliest and latest time in nanoseconds since 1970 UTC, or UNKNOWN_TIME.
        capture, frame: Where its first frame is.
        server, client: Their numbers in ``addresses``.
        banner: Number of the banner's key in ``keys``.
        split: Whether a reply left in more than one segment.
        misread: Whether the client took a part of a reply for a reply.
        addresses: Numeric addresses, rising, an IPv4 one IPv6-mapped.
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
    addresses: Sequence[int]
    keys: Sequence[str | None]

    def __len__(self) -> int:
        return len(self.first)


class Sessions:
    """The sessions of an archive while they come in."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._keys: dict[str | None, int] = {}
        self._single = array("q")
        self._parts: list[Integers] = []

    def add(self, brief: Brief) -> None:
        """Take one session."""
        self._single.extend(
            (
                UNKNOWN_TIME if brief.first_time is None else brief.first_time,
                UNKNOWN_TIME if brief.last_time is None else brief.last_time,
                *brief.order,
                self._address(brief.server.address),
                self._address(brief.client.address),
                self._key(brief.banner),
                _SPLIT * brief.split + _MISREAD * brief.misread,
            )
        )

    def add_plain(self, plain: Plain) -> None:
        """Take textbook sessions."""
        if not len(plain):
            return
        capture = np.full(len(plain), plain.capture, dtype=np.int64)
        ends = self._ends(plain.server), self._ends(plain.client)
        banners = self._banners(plain)
        split = (plain.splits.sum(axis=1) > 0) * _SPLIT
        self._parts.append(np.column_stack([plain.times, capture, plain.frames[:, 0], *ends, banners, split]))

    def columns(self) -> Columns:
        """All sessions taken so far, in the order of time, then of the report."""
        single = np.array(self._single, dtype=np.int64).reshape(-1, 8)
        rows = np.concatenate([single, *self._parts])
        rows = rows[np.lexsort((rows[:, 3], rows[:, 2], rows[:, 0]))]
        addresses = sorted(self._numbers)
        number = _places(addresses, self._numbers)
        columns = Columns(
            first=rows[:, 0].copy(),
            last=rows[:, 1].copy(),
            capture=rows[:, 2].copy(),
            frame=rows[:, 3].copy(),
            server=number[rows[:, 4]],
            client=number[rows[:, 5]],
            banner=rows[:, 6].copy(),
            split=(rows[:, 7] & _SPLIT) > 0,
            misread=(rows[:, 7] & _MISREAD) > 0,
            addresses=addresses,
            keys=list(self._keys),
        )
        return _numbered(_settled(columns))

    def _address(self, text: str) -> int:
        number = int(ip_address(text))
        return self._numbers.setdefault(number if ":" in text else _MAPPED | number, len(self._numbers))

    def _ends(self, ends: Ends) -> Integers:
        """The numbers of addresses in columns."""
        order = np.lexsort((ends["low"], ends["high"]))
        high, low = ends["high"][order], ends["low"][order]
        new = np.ones(len(order), dtype=np.bool_)
        new[1:] = (high[1:] != high[:-1]) | (low[1:] != low[:-1])
        numbers = np.array(
            [
                self._numbers.setdefault(upper << 64 | lower, len(self._numbers))
                for upper, lower in zip(high[new].tolist(), low[new].tolist(), strict=True)
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
    pairs = np.unique(np.stack([columns.server, columns.banner], axis=1), axis=0) if len(columns) else None
    if pairs is None:
        return columns
    width = len(columns.addresses)
    kinds = np.bincount(pairs[:, 0], minlength=width)
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


def _places(addresses: Sequence[int], numbers: Mapping[int, int]) -> Integers:
    """For each number that was given to an address, its place among all."""
    places = np.empty(len(addresses), dtype=np.int64)
    places[[numbers[address] for address in addresses]] = np.arange(len(addresses))
    return places

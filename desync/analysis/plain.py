"""Textbook and silent connections as columns: what a mail connection is counted by, without an object.

The columns of many take the place of as many ``Brief``s. May know columns; must not read a dialogue.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers
from desync.tcp.pair_keys import KEY, Keys, among

END: Final = np.dtype([("high", np.uint64), ("low", np.uint64), ("port", np.uint16)])
"""One end of a connection: its IPv6 or IPv4-mapped address in two halves, and its port."""

Ends = NDArray[np.void]

SPLIT: Final = ("REPLY301", "REPLY302")
"""What may be noted of a textbook connection's replies."""

NOTED: Final = ("DATA402", "PATH605")
"""What else may be noted of a textbook connection."""

NO_NUMBER: Final = -1
"""Stands for both initial sequence numbers of a connection that was never answered with one."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Textbook and silent connections of one capture, as ``n`` rows.

    Attributes:
        capture: Index of the capture.
        keys: The pair of endpoints of each.
        client, server: Its ends, of dtype ``END``.
        frames: First and last frame, shape (n, 2).
        times: Earliest and latest time of its frames in nanoseconds since 1970 UTC, shape (n, 2).
        identity: The columns of ``Identity``, shape (n, 4); ``NO_NUMBER`` twice where there is none.
        splits: How many findings REPLY301 and REPLY302 would make, shape (n, 2).
        notes: How many findings each of ``NOTED`` would make, shape (n, 2).
        names: Which of ``texts`` the client calls itself.
        banners: Which of ``texts`` the first line of the greeting is.
        texts: Names and banners, each once; None stands for none.
    """

    capture: int
    keys: Keys
    client: Ends
    server: Ends
    frames: Integers
    times: Integers
    identity: Integers
    splits: Integers
    notes: Integers
    names: Integers
    banners: Integers
    texts: tuple[str | None, ...]

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Which of them have an identity: those whose handshake was captured."""
        return np.asarray(self.identity[:, 0] != NO_NUMBER)

    @property
    def said(self) -> NDArray[np.bool_]:
        """Which of them are textbook connections: something was said on them."""
        return np.asarray(self.answered & (self.identity[:, 2:] > 0).all(axis=1))

    def take(self, chosen: NDArray[np.bool_]) -> "Plain":
        """Some of the connections."""
        rows = {name: getattr(self, name)[chosen] for name in _ROWS}
        return replace(self, **rows)


_ROWS: Final = tuple(each.name for each in fields(Plain) if each.name not in {"capture", "texts"})


def none_plain(capture: int) -> Plain:
    """No connection at all."""
    empty, two = np.empty(0, dtype=np.int64), np.empty((0, 2), dtype=np.int64)
    ends, four = np.empty(0, dtype=END), np.empty((0, 4), dtype=np.int64)
    return Plain(capture, np.empty(0, dtype=KEY), ends, ends, two, two, four, two, two, empty, empty, ())


def joined_plain(parts: Sequence[Plain]) -> Plain:
    """The connections of several slices of a capture, one behind the other.

    Args:
        parts: At least one.
    """
    known: dict[str | None, int] = {}
    numbers = [
        np.array([known.setdefault(text, len(known)) for text in part.texts], np.int64) for part in parts
    ]
    rows: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _ROWS}
    for name in ("names", "banners"):
        own = [new[getattr(part, name)] for new, part in zip(numbers, parts, strict=True) if len(part)]
        rows[name] = np.concatenate(own) if own else rows[name]
    return replace(parts[0], texts=tuple(known), **rows)


def lone_pairs(pairs: Keys, held: Sequence[Keys], plain: Sequence[Plain]) -> Keys:
    """The pairs that came again and again, each time for a textbook connection of its own.

    Each of those begins with a SYN whose sequence number none of the others has: looking at all frames
    of the pair together would tell nothing else.

    Args:
        pairs: Some pairs, in order, each once.
        held: For each part of a set the pairs that it has frames of.
        plain: For each part its textbook and silent connections; a pair of these has no other frames there.
    """
    parts = np.zeros(len(pairs), dtype=np.int64)
    textbooks = np.zeros(len(pairs), dtype=np.int64)
    rows, initial = [np.empty(0, dtype=np.int64)], [np.empty((0, 2), dtype=np.int64)]
    for keys, one in zip(held, plain, strict=True):
        parts[_rows_of(keys, pairs)] += 1
        said = one.said
        textbooks[_rows_of(one.keys[said], pairs)] += 1
        chosen = said & among(one.keys, pairs)
        rows.append(np.searchsorted(pairs, one.keys[chosen]))
        initial.append(one.identity[chosen, :2])
    lone = (parts == textbooks) & (parts > 0)
    every, numbers = np.concatenate(rows), np.concatenate(initial)
    for column in numbers.T:
        order = np.lexsort((column, every))
        same = (np.diff(every[order]) == 0) & (np.diff(column[order]) == 0)
        lone[every[order][1:][same]] = False
    found: Keys = pairs[lone]
    return found


def _rows_of(keys: Keys, pairs: Keys) -> Integers:
    """Which of the pairs are among the keys, each once."""
    return np.unique(np.searchsorted(pairs, keys[among(keys, pairs)]))

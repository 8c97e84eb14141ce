"""Count connections by an address and a text: the clients by their names, the servers by their banners.

There may be as many rows as connections. What has nothing to tell but numbers stays in columns, and a
row is made of it when it is printed. May know rows; must not know what they count.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from desync.analysis.plain import Ends
from desync.capture.frames import Integers
from desync.tcp.addresses import address_number, address_text
from desync.tcp.neighbours import differs

AT_A_TIME: Final = 4096
"""Rows that are Python's numbers at a time."""


class Row(Protocol):
    """A row of the summary."""

    def add_lawful(self, sessions: int, splits: int) -> None:
        """Count sessions without a fault, in some of which a reply was split."""

    def add_row(self, other: Self) -> None:
        """Count what another row of the same address and text has counted."""

    def document(self, address: str) -> dict[str, Any]:
        """The row as the report prints it."""


R = TypeVar("R", bound=Row)

_MARK: Final = "a text that no other is"


class _Counts(NamedTuple):
    """Sessions of addresses with the text that goes with them, as columns of ``n`` rows."""

    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    texts: Integers
    sessions: Integers
    splits: Integers
    known: Sequence[str | None]


class Ledger(Generic[R]):
    """The rows of one kind, by numeric address and by text.

    Iterating makes them anew each time, so that they need not all be in memory.

    Args:
        make: Makes an empty row for a text.
    """

    def __init__(self, make: Callable[[str | None], R]) -> None:
        self._make = make
        self._rows: dict[int, dict[str | None, R]] = defaultdict(dict)
        self._counts: list[_Counts] = []
        self._member = next(name for name, value in make(_MARK).document("").items() if value is _MARK)
        """The member of a row that is its text."""

    def row(self, address: str, text: str | None) -> R:
        """The row of an address and a text, to count a connection in."""
        rows = self._rows[address_number(address)]
        if text not in rows:
            rows[text] = self._make(text)
        return rows[text]

    def count(
        self, ends: Ends, texts: Integers, split: NDArray[np.bool_], known: Sequence[str | None]
    ) -> None:
        """Count connections without a fault.

        Args:
            ends: Their ends.
            texts: Which of ``known`` goes with each.
            split: In which a reply was split.
            known: The texts.
        """
        if not len(ends):
            return
        order = np.lexsort((texts, ends["low"], ends["high"]))
        high, low, text = ends["high"][order], ends["low"][order], texts[order]
        begins = np.flatnonzero(differs(high, low, text))
        self._counts.append(
            _Counts(
                high=high[begins],
                low=low[begins],
                texts=text[begins],
                sessions=np.diff([*begins, len(order)]),
                splits=np.add.reduceat(split[order].astype(np.int64), begins),
                known=known,
            )
        )

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the rows as the report prints them, by address, then by text."""
        single = sorted(self._rows.items(), reverse=True)
        templates: dict[tuple[int, int], dict[str, Any]] = {}
        for number, counts in self._counted():
            while single and single[-1][0] < number:
                yield from self._printed(*single.pop())
            own = single.pop()[1] if single and single[-1][0] == number else {}
            if own or len(counts) > 1:
                yield from self._printed(number, self._summed(counts, own))
                continue
            ((text, *numbers),) = counts
            key = (numbers[0], numbers[1])
            if key not in templates:
                row = self._make(None)
                row.add_lawful(*key)
                templates[key] = row.document("")
            yield {**templates[key], "address": address_text(number), self._member: text}
        while single:
            yield from self._printed(*single.pop())

    def _summed(
        self, counts: Iterable[tuple[str | None, int, int]], own: Mapping[str | None, R]
    ) -> dict[str | None, R]:
        """The rows of an address: what was counted in columns, and what in rows of their own."""
        rows: dict[str | None, R] = {}
        for text, sessions, splits in counts:
            rows.setdefault(text, self._make(text)).add_lawful(sessions, splits)
        for text, row in own.items():
            rows.setdefault(text, self._make(text)).add_row(row)
        return rows

    def _counted(self) -> Iterator[tuple[int, list[tuple[str | None, int, int]]]]:
        """What was counted in columns, address by address."""
        counts: list[tuple[str | None, int, int]] = []
        before = -1
        for number, text, sessions, splits in self._in_order():
            if number != before and counts:
                yield before, counts
                counts = []
            before = number
            counts.append((text, sessions, splits))
        if counts:
            yield before, counts

    def _in_order(self) -> Iterator[tuple[int, str | None, int, int]]:
        """Address, text, sessions and sessions with a split of each row in columns, by address."""
        counts = self._counts
        if not counts:
            return
        names = ("high", "low", "texts", "sessions", "splits")
        columns = [np.concatenate([getattr(one, name) for one in counts]) for name in names]
        which = np.repeat(np.arange(len(counts)), [len(one.high) for one in counts])
        order = np.lexsort((columns[1], columns[0]))
        for begin in range(0, len(order), AT_A_TIME):
            chosen = order[begin : begin + AT_A_TIME]
            part = [column[chosen].tolist() for column in (*columns, which)]
            for high, low, text, sessions, splits, index in zip(*part, strict=True):
                yield high << 64 | low, counts[index].known[text], sessions, splits

    def _printed(self, number: int, rows: dict[str | None, R]) -> Iterator[dict[str, Any]]:
        address = address_text(number)
        several = sorted(rows, key=lambda text: (text is not None, text or "")) if len(rows) > 1 else rows
        for text in several:
            yield rows[text].document(address)

"""Pairs of endpoints examined from several slices, as a store remembers them from run to run.

What was found in a pair depends on nothing but its frames, wherever they lie, and on what was known of
the rest of the archive: it is known as long as the same captures of a set, and no others, hold it. So
what does not change is not read again, a compressed capture above all. May know slices' entries and
stores; must not know what an outcome says.
"""

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from desync.analysis.plain import Plain
from desync.analysis.record import Outcome
from desync.archive.captures import CaptureEntry
from desync.archive.store import Store
from desync.archive.tasks import Examined, examined
from desync.archive.traits import is_at_risk
from desync.archive.unchanged import ChangedMeanwhile
from desync.capture.frames import Integers
from desync.findings.finding import Facts
from desync.tcp.pair_keys import KEY, Keys, among

Keep: TypeAlias = Callable[[Keys, Examined], None]
"""Takes some pairs, and what was found in them."""

NOTHING_KNOWN: Final = "alone"
"""The stage in which nothing is known of the rest of the archive."""


class Joined(NamedTuple):
    """Pairs of endpoints that were examined from several slices.

    Attributes:
        keys: The pairs, each once.
        outcomes, plain: What was found; of some pairs nothing.
    """

    keys: Keys
    outcomes: Sequence[Outcome]
    plain: Sequence[Plain]


class Holders(NamedTuple):
    """Which captures of a set hold pairs.

    Attributes:
        captures: The captures of each group of pairs, in the order of the set.
        groups: The group of each pair.
    """

    captures: list[tuple[int, ...]]
    groups: Integers


def stage_of(facts: Facts) -> str:
    """Name what is known of the rest of the archive: equal where the same is known."""
    if not (facts.early_pipelining or facts.repeats or facts.beyond):
        return NOTHING_KNOWN
    if not (facts.repeats or facts.beyond):
        # Only those are examined again whose server is among them.
        return "early pipelining"
    from hashlib import sha256  # noqa: PLC0415 - brings OpenSSL along

    known = (sorted(facts.early_pipelining), sorted(facts.repeats.items()), sorted(facts.beyond.items()))
    return f"repeats {sha256(repr(known).encode()).hexdigest()}"


def holders(members: Sequence[int], pairs: Keys, captures: Sequence[CaptureEntry]) -> Holders:
    """Find out which captures of a set hold pairs.

    Args:
        members: The set, in the order of time.
        pairs: The pairs, sorted, each once.
        captures: All captures, by index.
    """
    count = len(members)
    found = [
        np.searchsorted(pairs, entry.held[among(entry.held, pairs)]) * count + position
        for position, index in enumerate(members)
        for entry in captures[index].slices
    ]
    both = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *found]))
    rows, places = both // max(count, 1), both % max(count, 1)
    begins = np.searchsorted(rows, np.arange(len(pairs) + 1)).tolist()
    numbers: dict[tuple[int, ...], int] = {}
    groups = np.empty(len(pairs), dtype=np.int64)
    listed = places.tolist()
    for row in range(len(pairs)):
        group = tuple(members[place] for place in listed[begins[row] : begins[row + 1]])
        groups[row] = numbers.setdefault(group, len(numbers))
    return Holders(list(numbers), groups)


def recall(store: Store, pairs: Keys, held: Holders, stage: str) -> tuple[Keys, Iterator[Examined]]:
    """Find what is known of pairs.

    Args:
        store: What remembers.
        pairs: The pairs, sorted, each once.
        held: Which captures hold them.
        stage: What is known of the rest of the archive.

    Returns:
        The pairs that are known, and what was found in them.
    """
    known = np.zeros(len(pairs), dtype=np.bool_)
    found = []
    for captures, own in in_groups(pairs, held):
        for one in store.joined(captures, (stage, _numbered(stage, captures))):
            joined = Joined(*one)
            wanted = own[among(own, joined.keys)]
            if len(wanted):
                known[np.searchsorted(pairs, wanted)] = True
                found.append(_some(joined, wanted))
    return pairs[known], (examined(one.outcomes, one.plain) for one in found)


def in_groups(pairs: Keys, held: Holders) -> Iterator[tuple[tuple[int, ...], Keys]]:
    """Part pairs by the captures that hold them."""
    order = np.argsort(held.groups, kind="stable")
    begins = np.searchsorted(held.groups[order], np.arange(len(held.captures) + 1)).tolist()
    for number, captures in enumerate(held.captures):
        yield captures, pairs[order[begins[number] : begins[number + 1]]]


@contextmanager
def remembering(store: Store, pairs: Keys, held: Holders, stage: str) -> Iterator[Keep]:
    """Remember what is found in pairs, all at once at the end.

    Args:
        store: What remembers.
        pairs: The pairs, sorted, each once.
        held: Which captures hold them.
        stage: What is known of the rest of the archive.

    Yields:
        What is to be called with some of the pairs and what was found in them. Where that is not to be
        remembered after all, ``ChangedMeanwhile`` is to be raised.
    """
    with suppress(ChangedMeanwhile), store.joining():
        yield _Keeping(store, pairs, held, stage)


def forget(_keys: Keys, _found: Examined) -> None:
    """Do not remember what was found: there is no store."""


class _Keeping:
    def __init__(self, store: Store, pairs: Keys, held: Holders, stage: str) -> None:
        self._store, self._pairs, self._held, self._stage = store, pairs, held, stage

    def __call__(self, keys: Keys, found: Examined) -> None:
        outcomes: dict[int, list[Outcome]] = {}
        for group, outcome in zip(self._groups(found.keys), _loaded(found), strict=True):
            outcomes.setdefault(group, []).append(outcome)
        plain = {one.capture: one for one in found.plain}
        groups = np.array(self._groups(keys), dtype=np.int64)
        for group in np.unique(groups).tolist():
            captures = self._held.captures[group]
            columns = [plain[capture] for capture in captures if capture in plain]
            whole = Joined(keys[groups == group], outcomes.get(group, []), columns)
            self._join(captures, whole)

    def _join(self, captures: tuple[int, ...], found: Joined) -> None:
        bound = _bound(found.outcomes) if len(captures) > 1 else found.keys[:0]
        numbered = among(found.keys, bound)
        if not numbered.all():
            self._store.join(captures, self._stage, _some(found, found.keys[~numbered]))
        if numbered.any():
            self._store.join(captures, _numbered(self._stage, captures), _some(found, found.keys[numbered]))

    def _groups(self, keys: Keys) -> list[int]:
        groups: list[int] = self._held.groups[np.searchsorted(self._pairs, keys)].tolist()
        return groups


def _loaded(found: Examined) -> Iterator[Outcome]:
    octets = memoryview(found.outcomes)
    for at in found.places.tolist():
        yield pickle.loads(octets[at:])  # noqa: S301 - written by this process or its workers


def _bound(outcomes: Iterable[Outcome]) -> Keys:
    """The pairs of which a finding may name captures by their number in this run, in its words."""
    return np.array([one.brief.key for one in outcomes if is_at_risk(one.brief)], dtype=KEY)


def _numbered(stage: str, captures: Sequence[int]) -> str:
    """The stage of pairs that are known only as long as captures keep their numbers."""
    return f"{stage} as {list(captures)}"


def _some(joined: Joined, wanted: Keys) -> Joined:
    """What was found in some of the pairs."""
    brief = np.array([outcome.brief.key for outcome in joined.outcomes], dtype=KEY)
    chosen = among(brief, wanted).tolist()
    plain = [one.take(among(one.keys, wanted)) for one in joined.plain]
    return Joined(
        wanted,
        [outcome for outcome, take in zip(joined.outcomes, chosen, strict=True) if take],
        [one for one in plain if len(one)],
    )

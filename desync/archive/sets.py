"""Which captures are files of one rotation (``tcpdump -C``, ``-G``, ``-W``, ``dumpcap -b``, ``editcap``).

A connection may go on from one to the next. Names tell which captures may belong together, times
whether they do: a file of a rotation begins when the one before has ended. What has names of one shape
but overlaps in time was taken at two places or twice, and some field of the name (a host's number, say)
tells the places apart:

    mx1.00.pcap  mx1.01.pcap                    one set
    mx2.00.pcap  mx2.01.pcap                    another, of the same hours

May know names and times of captures; must not look at frames.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import combinations
from typing import Final, TypeAlias

from desync.archive.rotation_names import rotation_name
from desync.units import SECOND

OVERLAP: Final = SECOND
"""Files of one rotation may overlap by this much, and by half of the earlier one: frames wait in the
kernel's buffer."""

MOST_PLACES: Final = 2
"""Fields that together tell places of capture apart: a host's number and an interface's."""


@dataclass(frozen=True, slots=True)
class Member:
    """A capture, as far as telling rotations needs to know it.

    Attributes:
        index: Its number in the report.
        path: Its path.
        link_types: Its link types.
        first_time, last_time: Nanoseconds since 1970 UTC; None where no frame has a time.
    """

    index: int
    path: str
    link_types: tuple[int | None, ...]
    first_time: int | None
    last_time: int | None


@dataclass(frozen=True, slots=True)
class _File:
    """A capture that has times, and the changing fields of its name."""

    first: int
    last: int
    index: int
    fields: tuple[str, ...]


_Chains: TypeAlias = list[list[_File]]


def rotated_sets(members: Sequence[Member]) -> list[list[int]]:
    """Part captures into sets, the members of each in the order of time.

    Captures belong together where their paths differ only in what a rotation changes, their link types
    are the same, and each begins when the one before has ended, a pause or a lost file between them
    or not. A capture without times (no frames, or no clock) stands alone.
    """
    sets: list[list[int]] = []
    alike: dict[object, list[_File]] = defaultdict(list)
    for one in members:
        if one.first_time is None or one.last_time is None:
            sets.append([one.index])
            continue
        shape, fields = rotation_name(one.path)
        alike[shape, one.link_types].append(_File(one.first_time, one.last_time, one.index, fields))
    for files in alike.values():
        sets += [[file.index for file in chain] for chain in _best_chains(_aligned(files))]
    return sorted(sets)


def _aligned(files: list[_File]) -> list[_File]:
    """Give all the same number of fields: the count behind the name stays the last of them."""
    width = max(len(file.fields) for file in files)
    return [
        _File(
            *(file.first, file.last, file.index),
            (*file.fields[:-1], *[""] * (width - len(file.fields)), file.fields[-1]),
        )
        for file in sorted(files, key=lambda file: (file.first, file.last, file.index))
    ]


def _best_chains(files: list[_File]) -> _Chains:
    """Part files with names of one shape into chains: as few as possible, as few overlaps as possible.

    An overlap inside of what was taken for one place counts as much as another set: it says that
    something else than time is in the names.
    """
    best: tuple[tuple[int, int], _Chains] | None = None
    for places in _candidates(files):
        groups: dict[tuple[str, ...], list[_File]] = defaultdict(list)
        for file in files:
            groups[tuple(file.fields[place] for place in places)].append(file)
        several = [_chains(group) for group in groups.values()]
        sets = sum(map(len, several))
        overlaps = sets - len(several)
        score = (sets + overlaps, sets)
        if best is None or score < best[0]:
            best = score, [chain for chains in several for chain in chains]
        if sets == 1:
            break
    return best[1] if best is not None else []


def _candidates(files: Sequence[_File]) -> Iterator[tuple[int, ...]]:
    """Which fields may tell places apart: none, one, or some together."""
    varying = [
        place for place in range(len(files[0].fields)) if len({file.fields[place] for file in files}) > 1
    ]
    for count in range(min(MOST_PLACES, len(varying)) + 1):
        yield from combinations(varying, count)


def _chains(files: Sequence[_File]) -> _Chains:
    """Put files that are sorted by time one behind the other; what overlaps begins another chain.

    Of several chains that a file may follow it is put behind the longest: a file that is there twice
    (once compressed) must not take the rest of its rotation with it.
    """
    chains: _Chains = []
    busy: list[tuple[int, int]] = []
    free: list[tuple[int, int]] = []
    for file in files:
        while busy and busy[0][0] <= file.first:
            _, number = heappop(busy)
            heappush(free, (-len(chains[number]), number))
        # What lies within the last second of a file does not follow it either.
        within = []
        while free and chains[free[0][1]][-1].last > file.last:
            within.append(heappop(free))
        number = heappop(free)[1] if free else len(chains)
        for one in within:
            heappush(free, one)
        if number == len(chains):
            chains.append([])
        chains[number].append(file)
        heappush(busy, (file.last - min(OVERLAP, (file.last - file.first) // 2), number))
    return chains

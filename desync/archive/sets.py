"""Which captures are files of one rotation (``tcpdump -C``, ``-G``).

A connection may go on from one to the next.

    mail.pcap0 mail.pcap1 mail.pcap2          the same name but for a counter,
    split_a.pcap split_b.pcap                 which may be a letter

May know names and times of captures; must not look at frames.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePath
from typing import Final

from desync.units import SECOND

OVERLAP: Final = SECOND
"""Files of one rotation may overlap by this much: frames wait in the kernel's buffer."""

_COUNTER: Final = re.compile(r"\d+|(?<=[_.-])[a-z](?=\.|$)")


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


def rotated_sets(members: Sequence[Member]) -> list[list[int]]:
    """Part captures into sets, the members of each in the order of time.

    Captures belong together where their names differ in a counter only, their link types are
    the same, and each begins when the one before has ended. All others stand alone.
    """
    sets: list[list[int]] = []
    chosen = sorted(members, key=lambda one: (_stem(one), one.first_time or 0, one.index))
    for _, group in groupby(chosen, key=_stem):
        current: list[Member] = []
        for one in group:
            if current and not _follows(current[-1], one):
                sets.append([each.index for each in current])
                current = []
            current.append(one)
        sets.append([each.index for each in current])
    return sorted(sets)


def _stem(one: Member) -> tuple[str, str, tuple[int, ...]]:
    path = PurePath(one.path)
    return (
        str(path.parent),
        _COUNTER.sub("", path.name),
        tuple(-1 if link is None else link for link in one.link_types),
    )


def _follows(earlier: Member, later: Member) -> bool:
    if earlier.last_time is None or later.first_time is None:
        return False
    return later.first_time >= earlier.last_time - OVERLAP

"""Which sessions of a sequence tell something, and with which others each may be compared.

Parties (the clients of a server, say) have habits of their own and come in bursts: neither may look like
a change. Parties are numbers from 0 on, few of them unused. May know outcomes in order; must not know
who the parties are.
"""

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers
from desync.tcp.neighbours import differs

Flags = NDArray[np.bool_]

Telling: TypeAlias = tuple[Integers, Integers]
"""Indexes of the sessions that tell something, rising, and the stratum of each."""


def ways(outcome: Flags, parties: Integers) -> Iterator[Telling]:
    """The two ways to compare sessions; one, where each is with another party."""
    kept, strata = strata_of(outcome, parties)
    yield kept, strata
    if len(kept) < len(outcome) or strata.any():
        yield turns_of(outcome, parties)


def strata_of(outcome: Flags, parties: Integers) -> Telling:
    """Say which sessions tell something of an outcome, and with which of them each is to be compared.

    A party that shows both is compared with itself: its habits are its own. All sessions of one
    that always shows the same tell no more than the first, which is compared with those of its like.
    """
    count, marked = np.bincount(parties), np.bincount(parties, outcome)
    constant = ((marked == 0) | (marked == count))[parties]
    first = np.zeros(len(count), dtype=np.int64)
    # Backwards: of several values for one place the last stays.
    first[parties[::-1]] = np.arange(len(parties))[::-1]
    tells = ~constant
    tells[first[parties[constant]]] = True
    kept = np.flatnonzero(tells)
    return kept, np.where(constant, 0, parties + 1)[kept]


def turns_of(outcome: Flags, parties: Integers) -> Telling:
    """Say which sessions tell something where each party counts each time that it turns.

    Of sessions of one party that show the same one after the other only the first is taken: however many
    sessions a burst has, it is one. All are compared with each other.
    """
    # Numbers of 16 bits are sorted without comparing them, ten times as fast.
    order = np.argsort(parties.astype(np.uint16) if parties.max() < 1 << 16 else parties, kind="stable")
    party, shown = parties[order], outcome[order]
    kept = np.sort(order[differs(party, shown)])
    return kept, np.zeros(len(kept), dtype=np.int64)

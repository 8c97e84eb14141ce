"""Connections to a mail port that were opened, or were to be, and on which nobody said anything.

A scan of ports, a flood of SYNs, a server that is down, a monitor that opens and closes: there may be
very many, and there is nothing to say of them but that they were there. Array operations over all
pairs of a slice find them, and no Python object is made for one. Where there is any doubt (a SYN with
another number, an acknowledgment of octets that nobody saw, what may be a second copy of a packet) the
answer is no, and the connection goes the general way; a property test holds the two together.
May know flags and numbers of segments; must not look at octets.
"""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from desync.analysis.kept import Kept
from desync.analysis.plain import NO_NUMBER
from desync.analysis.runs import Flags
from desync.capture.frames import Integers
from desync.tcp.duplicates import WINDOW
from desync.tcp.rows import ACK, FIN, RST, SYN
from desync.units import UNKNOWN_TIME

_KINDS = np.uint16(SYN | ACK | FIN | RST)
_MODULUS = 1 << 32


class Silent(NamedTuple):
    """The silent connections of a slice.

    Attributes:
        pairs: Which kept pairs they are.
        client: Which side opened each.
        initial: The initial sequence numbers of client and server, shape (n, 2); ``NO_NUMBER`` twice
            where the server did not answer with one.
    """

    pairs: Integers
    client: NDArray[np.uint8]
    initial: Integers


def find_silent(kept: Kept, ports: Collection[int]) -> Silent:
    """Find the kept pairs that carry one silent connection.

    Args:
        kept: The kept segments.
        ports: The ports of mail servers: what says nothing is mail by its port alone.
    """
    one = _Survey(kept)
    silent = one.to_ports(ports) & ~one.any_per_pair(~one.fits() | (kept.length > 0))
    silent &= ~one.any_per_pair(kept.time == UNKNOWN_TIME)
    rows = np.flatnonzero(silent[one.pair])
    silent[one.pair[_may_be_copies(kept, rows, one.pair)]] = False
    pairs = np.flatnonzero(silent)
    initial = np.stack([number[pairs] for number in one.initial], axis=1)
    initial[initial[:, 1] == NO_NUMBER] = NO_NUMBER
    return Silent(pairs, one.client[pairs], initial)


class _Survey:
    """Columns that are asked for more than once while silent pairs are looked for."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.count = len(kept)
        self.first = kept.starts[:-1]
        self.pair = np.repeat(np.arange(self.count), np.diff(kept.starts))
        self.client = kept.side[self.first]
        self.by_client = kept.side == self.client[self.pair]
        self.kind = kept.flags & _KINDS
        answers = np.flatnonzero((self.kind == SYN | ACK) & ~self.by_client)[::-1]
        answered = np.full(self.count, NO_NUMBER, dtype=np.int64)
        # Of several that go to one place the last stays: the first answer of each pair.
        answered[self.pair[answers]] = kept.sequence[answers]
        self.initial = (kept.sequence[self.first].astype(np.int64), answered)

    def any_per_pair(self, rows: Flags) -> Flags:
        """Whether any row of each pair is so."""
        return np.asarray(np.bincount(self.pair[rows], minlength=self.count) > 0)

    def to_ports(self, ports: Collection[int]) -> Flags:
        """The pairs that a SYN to one of some ports opened."""
        wanted = np.zeros(1 << 16, dtype=np.bool_)
        wanted[list(ports)] = True
        server = self.kept.pairs.port[np.arange(self.count), 1 - self.client.astype(np.int64)]
        return np.asarray(wanted[server] & (self.kind[self.first] == SYN))

    def fits(self) -> Flags:
        """The rows that belong to one connection on which no octet was sent.

        Those are the SYN and its answer, sent once or again; acknowledgments of nothing, or of a FIN;
        FINs of empty streams; and RSTs, whatever numbers they bear.
        """
        kind, by_client = self.kind, self.by_client
        client, server = (number[self.pair] for number in self.initial)
        sequence, acknowledgment = (
            column.astype(np.int64) for column in (self.kept.sequence, self.kept.acknowledgment)
        )
        opening = (kind == SYN) & by_client & (sequence == client)
        answer = (kind == SYN | ACK) & ~by_client & (sequence == server)
        answer &= (acknowledgment - client) % _MODULUS == 1
        reset = (kind & np.uint16(SYN | RST)) == RST
        own, other = np.where(by_client, client, server), np.where(by_client, server, client)
        # Counted from the initial number: 0 is a keep-alive's, 1 the first octet's, 2 lies behind a FIN.
        offset, acknowledged = (sequence - own) % _MODULUS, (acknowledgment - other) % _MODULUS
        bare = (server != NO_NUMBER) & (acknowledged >= 1) & (acknowledged <= 2)
        bare &= ((kind == ACK) & (offset <= 2)) | ((kind == FIN | ACK) & (offset == 1))
        return np.asarray(opening | answer | reset | bare)


def _may_be_copies(kept: Kept, rows: Integers, pair: Integers) -> Integers:
    """The rows that bear the same numbers as another one not long before: one packet captured twice."""
    columns = (kept.time, kept.acknowledgment, kept.sequence, kept.flags, kept.side, pair)
    order = rows[np.lexsort([column[rows] for column in columns])]
    later, earlier = order[1:], order[:-1]
    same = kept.time[later] - kept.time[earlier] <= WINDOW
    for column in columns[1:]:
        same &= column[later] == column[earlier]
    return np.asarray(later[same])

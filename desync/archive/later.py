"""Which connections of a client are looked through for a message that it may have sent again.

    at risk   a connection with a message whose client may not know that it was accepted
    later     one of the same client that ends after that one began; the one that ends first is nearest

What several captures hold is looked through once: where the connection at risk is (its set of
captures has one clock), else in the first. May know briefs and columns; must not read a dialogue.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desync.analysis.plain import Plain
from desync.analysis.record import Brief, Outcome
from desync.archive.traits import is_at_risk
from desync.tcp.addresses import address_number, address_text
from desync.tcp.pair_keys import KEY

MOST_LATER: Final = 1000
"""Later connections that are looked through for one client in one set of captures."""

LOW_HALF: Final = (1 << 64) - 1

UNKNOWN: Final = -1
"""An initial sequence number that is not in the capture."""

CONTACT: Final = np.dtype(
    [
        ("key", KEY),
        *((name, np.int64) for name in ("set", "capture", "frame", "first", "last")),
        *((name, np.int64) for name in ("port", "mine", "theirs")),
        ("risk", np.bool_),
    ]
)
"""A connection of a client: its pair, set of captures and place in the report, its earliest and latest time
in nanoseconds since 1970 UTC, the client's port, both initial sequence numbers, whether it is at risk."""

Contacts = NDArray[np.void]


class Search(NamedTuple):
    """Where to look for what one client left at risk in one set of captures.

    Attributes:
        members: Which set it is, as an index.
        contacts: The connections to read; those at risk in this set among them.
        beyond: Of each of these, how many later ones are not read, because they are too many.
    """

    members: int
    contacts: Contacts
    beyond: NDArray[np.int64]

    @property
    def own(self) -> NDArray[np.bool_]:
        """Which of the connections are those at risk that it is about."""
        return np.asarray(self.contacts["risk"] & (self.contacts["set"] == self.members))


def searches(
    at_risk: Iterable[tuple[str, int]],
    outcomes: Iterable[Outcome],
    plain: Iterable[Plain],
    sets: Sequence[Sequence[int]],
    most: int = MOST_LATER,
) -> list[Search]:
    """Find out where to look.

    Args:
        at_risk: The clients that may have left something at risk, with the first time of the connection.
        outcomes: The mail connections but those that are ``plain``.
        plain: The textbook connections.
        sets: Which captures are files of one rotation.
        most: How many later connections are looked through for each client in each set.
    """
    begins: dict[str, int] = {}
    for client, first in at_risk:
        begins[client] = min(begins.get(client, first), first)
    rank = {capture: number for number, members in enumerate(sets) for capture in members}
    return [
        _search(_once(contacts, members), members, most)
        for contacts in _contacts(outcomes, plain, begins, rank).values()
        for members in np.unique(contacts["set"][contacts["risk"]]).tolist()
    ]


def _contacts(
    outcomes: Iterable[Outcome], plain: Iterable[Plain], begins: Mapping[str, int], rank: Mapping[int, int]
) -> dict[str, Contacts]:
    """The connections of some clients that end after the first of each one's at risk began."""
    listed: dict[str, list[tuple[object, ...]]] = {client: [] for client in begins}
    for brief in (outcome.brief for outcome in outcomes):
        client = brief.client.address
        if client in begins and brief.last_time is not None and brief.last_time > begins[client]:
            listed[client].append(_contact(brief, rank))
    found = {client: [np.array(several, dtype=CONTACT)] for client, several in listed.items()}
    low = np.array([_low_half(client) for client in begins], dtype=np.uint64)
    for one in plain:
        for client, rows in _of_clients(one, begins, low).items():
            found[client].append(_plain_contacts(one, np.array(rows), rank))
    return {client: _late(np.concatenate(several)) for client, several in found.items()}


def _late(contacts: Contacts) -> Contacts:
    """Those that end after one at risk began: what only a slice saw at risk has let too many in."""
    begins = contacts["first"][contacts["risk"]]
    return contacts[contacts["last"] > begins.min()] if len(begins) else contacts[:0]


def _contact(brief: Brief, rank: Mapping[int, int]) -> tuple[object, ...]:
    mine, theirs = brief.identity[:2] if brief.identity is not None else (UNKNOWN, UNKNOWN)
    capture, frame = brief.order
    place = (rank[capture], capture, frame)
    numbers = (brief.client.port, mine, theirs)
    return (brief.key.item(), *place, brief.first_time, brief.last_time, *numbers, is_at_risk(brief))


def _of_clients(one: Plain, begins: Mapping[str, int], low: NDArray[np.uint64]) -> dict[str, list[int]]:
    """The rows of some clients' connections, as far as they are late enough."""
    found: dict[str, list[int]] = {}
    for row in np.flatnonzero(np.isin(one.client["low"], low)).tolist():
        end = one.client[row]
        client = address_text(int(end["high"]) << 64 | int(end["low"]))
        if client in begins and one.times[row, 1] > begins[client]:
            found.setdefault(client, []).append(row)
    return found


def _low_half(address: str) -> int:
    """The lower 64 bits of an address, of an IPv4 one as ``Ends`` have it."""
    return address_number(address) & LOW_HALF


def _plain_contacts(one: Plain, rows: NDArray[np.int64], rank: Mapping[int, int]) -> Contacts:
    found = np.zeros(len(rows), dtype=CONTACT)
    found["key"], found["set"], found["capture"] = one.keys[rows], rank[one.capture], one.capture
    found["frame"], found["port"] = one.frames[rows, 0], one.client["port"][rows]
    found["first"], found["last"] = one.times[rows].T
    found["mine"], found["theirs"] = one.identity[rows, :2].T
    return found


def _once(contacts: Contacts, members: int) -> Contacts:
    """Leave out what another set holds too, and this set first of all.

    A copy need not be whole (a reply that was lost on the way is in one of the two captures), and
    where a handshake is missing the client's port alone must do.
    """
    if (contacts["set"] == members).all():
        return contacts
    order = np.lexsort((contacts["frame"], contacts["capture"], contacts["set"] != members))
    columns = [contacts[name][order].tolist() for name in ("port", "set", "mine", "theirs")]
    taken: dict[int, list[tuple[int, int, int]]] = {}
    kept = []
    for row, port, held, mine, theirs in zip(order.tolist(), *columns, strict=True):
        others = taken.setdefault(port, [])
        if not any(held != one[0] and _agree(mine, one[1]) and _agree(theirs, one[2]) for one in others):
            others.append((held, mine, theirs))
            kept.append(row)
    return contacts[sorted(kept)]


def _agree(one: int, other: int) -> bool:
    """Whether two initial sequence numbers may be one and the same."""
    return one == other or UNKNOWN in (one, other)


def _search(contacts: Contacts, members: int, most: int) -> Search:
    """Choose the connections nearest to any that is at risk."""
    contacts = contacts[np.lexsort((contacts["frame"], contacts["capture"], contacts["last"]))]
    risk = contacts["risk"] & (contacts["set"] == members)
    place = np.searchsorted(contacts["last"], contacts["first"], side="right")
    begins = np.sort(place[risk])
    index = np.arange(len(contacts))
    nearest = np.searchsorted(begins, index, side="right") - 1
    later = np.flatnonzero((nearest >= 0) & ~risk)
    distance = (index - begins[nearest])[later]
    read = risk.copy()
    read[later[np.argsort(distance, kind="stable")][:most]] = True
    left = np.zeros(len(contacts) + 1, dtype=np.int64)
    left[later] = ~read[later]
    # How many of those from each place on are left out.
    beyond = np.cumsum(left[::-1])[::-1][place]
    return Search(members, contacts[read], beyond[read])

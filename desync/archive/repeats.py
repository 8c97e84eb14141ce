"""Where a message whose client may not know that it was accepted comes again, on another connection.

The connections at risk are read again for their envelopes, then the later ones of their clients for
those envelopes. Of each only the envelopes stay, as digests. May know kept segments and workers; must
not know how connections are judged.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple, TypeAlias

import numpy as np

from desync.analysis.examine import conversations
from desync.analysis.kept import Kept
from desync.analysis.options import Options
from desync.analysis.stitch import joined_rows
from desync.archive.collector import no_collection
from desync.archive.later import Contacts, Search
from desync.archive.long_pairs import long_pairs, long_rows
from desync.archive.redone import ranks
from desync.archive.tasks import reader_of
from desync.archive.traits import Order
from desync.archive.workers import Workers
from desync.exchanges.conversation import Conversation
from desync.findings.finding import Place
from desync.findings.repeats import Delivery, deliveries_of, repeats_among
from desync.tcp.pair_keys import Keys, among, unique

Parts: TypeAlias = Sequence[tuple[Kept, str]]
Deliveries: TypeAlias = dict[Order, list[Delivery]]
"""By the connection that they were seen on."""


class Collect(NamedTuple):
    """What reading pairs again takes.

    Attributes:
        sets: Which captures are files of one rotation.
        parts: Gives what the slices of such a set hold of pairs, in batches, and how many octets.
        options: What the caller asked for.
        workers: Who reads.
    """

    sets: Sequence[Sequence[int]]
    parts: Callable[[Sequence[int], Keys], Iterator[tuple[Parts, int]]]
    options: Options
    workers: Workers

    def deliveries(self, contacts: Iterable[Contacts], envelopes: frozenset[bytes] | None) -> Deliveries:
        """Read connections again.

        Args:
            contacts: The connections.
            envelopes: The envelopes to look for; None: all.
        """
        found: Deliveries = {}
        wanted = np.concatenate(list(contacts))
        for number in np.unique(wanted["set"]).tolist():
            members = self.sets[number]
            keys = unique(wanted["key"][wanted["set"] == number])
            rank = ranks(members, by_time=self.options.merge)
            for parts, octets in self.parts(members, keys):
                work = partial(deliveries_in, parts, rank, self.options, envelopes)
                self.workers.put(work, found.update, octets)
        self.workers.drain()
        return found


class Repeats(NamedTuple):
    """What was found.

    Attributes:
        places, beyond: As in ``Facts``.
        keys: For each set the pairs of connections of which there is something to say.
    """

    places: dict[Place, tuple[Place, ...]]
    beyond: dict[Place, int]
    keys: dict[int, Keys]


def repeats(searches: Sequence[Search], collect: Collect) -> Repeats:
    """Look for the messages at risk.

    Args:
        searches: Where to look; at least one.
        collect: Reads connections again.
    """
    found = collect.deliveries((one.contacts[one.own] for one in searches), None)
    at_risk = frozenset(each.envelope for several in found.values() for each in several if each.at_risk)
    found = {
        order: [each for each in several if each.envelope in at_risk] for order, several in found.items()
    }
    later = collect.deliveries((one.contacts[~one.own] for one in searches), at_risk)
    named = Repeats({}, {}, {})
    for search in searches:
        _name(search, later | found, named)
    return named


def _name(search: Search, found: Mapping[Order, list[Delivery]], named: Repeats) -> None:
    """Name what a search has found for the connections that it is about."""
    contacts, told = search.contacts, []
    orders = list(zip(contacts["capture"].tolist(), contacts["frame"].tolist(), strict=True))
    places = repeats_among(chain.from_iterable(found.get(order, ()) for order in orders))
    for row in np.flatnonzero(search.own).tolist():
        beyond = int(search.beyond[row])
        own = [each.place for each in found.get(orders[row], ()) if each.at_risk]
        named.places.update({place: places[place] for place in own if place in places})
        named.beyond.update({place: beyond for place in own if beyond})
        if any(place in named.places or place in named.beyond for place in own):
            told.append(row)
    if told:
        keys = [
            contacts["key"][told],
            *([named.keys[search.members]] if search.members in named.keys else []),
        ]
        named.keys[search.members] = unique(np.concatenate(keys))


@no_collection()
def deliveries_in(
    parts: Parts, rank: Mapping[int, int], options: Options, envelopes: frozenset[bytes] | None
) -> Deliveries:
    """Find the attempts to deliver a message on pairs, from all their segments in several slices.

    Args:
        parts: Their kept segments in each slice, and the path of its capture.
        rank: In which order captures follow each other in their set.
        options: What the caller asked for.
        envelopes: The envelopes to look for; None: all.
    """
    keys = unique(np.concatenate([kept.keys for kept, _ in parts]))
    long = long_pairs(parts, rank)
    readers = [(kept, reader_of(path)) for kept, path in parts]
    short = joined_rows(readers, keys[~among(keys, long)], rank.__getitem__)
    found: Deliveries = {}
    for pair, rows in chain(long_rows(parts, long, rank), short):
        for conversation in conversations(rows, pair, options):
            several = [
                one for one in deliveries_of(conversation) if envelopes is None or one.envelope in envelopes
            ]
            if several:
                found[_order(conversation)] = several
    return found


def _order(conversation: Conversation) -> Order:
    """Where a connection comes in a report: by capture, then by first frame."""
    rows = conversation.connection.rows
    first = rows.capture[0]
    return first, min(
        frame for capture, frame in zip(rows.capture, rows.frame, strict=True) if capture == first
    )

"""Where a message whose client may not know that it was accepted comes again, on another connection.

The connections at risk are read again for their envelopes, then the later ones of their clients for
those envelopes. Of each only the envelopes stay, as digests. May know kept segments and workers; must
not know how connections are judged.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from desync.analysis.examine import conversations
from desync.analysis.options import Options
from desync.analysis.stitch import joined_rows
from desync.archive.captures import CaptureEntry
from desync.archive.collector import no_collection
from desync.archive.executor import WorkLost
from desync.archive.joined import holders, in_groups
from desync.archive.later import Contacts, Search
from desync.archive.long_pairs import long_pairs, long_rows
from desync.archive.redone import Parts, ranks
from desync.archive.store import Store
from desync.archive.tasks import reader_of
from desync.archive.traits import Order
from desync.archive.unchanged import ChangedMeanwhile
from desync.archive.workers import Workers
from desync.errors import UnreadableFile
from desync.exchanges.conversation import Conversation
from desync.findings.finding import Place
from desync.findings.repeats import Delivery, deliveries_of, repeats_among
from desync.tcp.pair_keys import Keys, among, key_of, unique

Deliveries: TypeAlias = dict[Order, list[Delivery]]
"""By the connection that they were seen on."""

STAGE: Final = "deliveries"
"""What is looked for, as a store knows it."""


class Attempts(NamedTuple):
    """The attempts to deliver a message that were seen on one connection.

    Attributes:
        key: Its pair of endpoints.
        first: Its first frame.
        deliveries: The attempts.
    """

    key: Keys
    first: Place
    deliveries: tuple[Delivery, ...]


class Collect(NamedTuple):
    """What reading pairs again takes.

    Attributes:
        sets: Which captures are files of one rotation.
        parts: Gives what the slices of such a set hold of pairs, in batches, and how many octets.
        options: What the caller asked for.
        workers: Who reads.
        captures: All captures, by index.
        store: Remembers what was read, if anything does.
        lost: Called with what nobody could read.
        stayed: Says whether the captures that were read are what they were.
    """

    sets: Sequence[Sequence[int]]
    parts: Callable[[Sequence[int], Keys], Iterator[tuple[Parts, int]]]
    options: Options
    workers: Workers
    captures: Sequence[CaptureEntry]
    store: Store | None
    lost: Callable[[Parts, WorkLost], None]
    stayed: Callable[[], bool]

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
            take = partial(_take, found, envelopes)
            if self.store is None:
                self._read(members, keys, envelopes, partial(_second, take))
            else:
                self._recall(self.store, members, keys, take)
        return found

    def _recall(
        self, store: Store, members: Sequence[int], keys: Keys, take: Callable[[Iterable[Attempts]], None]
    ) -> None:
        """Read those again that a store does not know."""
        held = holders(members, keys, self.captures)
        known = [keys[:0]]
        for captures, own in in_groups(keys, held):
            for several, attempts in store.joined(captures, (STAGE,)):
                known.append(several)
                wanted = set(own.tolist())
                take(one for one in attempts if one.key.item() in wanted)
        rest = keys[~among(keys, np.concatenate(known))]
        if not len(rest):
            return

        def keep(read: Keys, several: list[Attempts]) -> None:
            take(several)
            for captures, own in in_groups(read, holders(members, read, self.captures)):
                wanted = set(own.tolist())
                store.join(captures, STAGE, (own, tuple(one for one in several if one.key.item() in wanted)))

        with suppress(ChangedMeanwhile), store.joining():
            self._read(members, rest, None, keep)
            if not self.stayed():
                raise ChangedMeanwhile

    def _read(
        self,
        members: Sequence[int],
        keys: Keys,
        envelopes: frozenset[bytes] | None,
        take: Callable[[Keys, list[Attempts]], None],
    ) -> None:
        rank = ranks(members, by_time=self.options.merge)
        for parts, octets in self.parts(members, keys):
            read = unique(np.concatenate([kept.keys for kept, _ in parts]))
            work = partial(deliveries_in, parts, rank, self.options, envelopes)
            self.workers.put(work, partial(take, read), octets, partial(self.lost, parts))
        self.workers.drain()


def _take(found: Deliveries, envelopes: frozenset[bytes] | None, several: Iterable[Attempts]) -> None:
    """Add what was seen of some envelopes; None: of all."""
    for one in several:
        wanted = [each for each in one.deliveries if envelopes is None or each.envelope in envelopes]
        if wanted:
            found[one.first.capture, one.first.frame] = wanted


def _second(take: Callable[[Iterable[Attempts]], None], _: Keys, several: list[Attempts]) -> None:
    take(several)


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
) -> list[Attempts]:
    """Find the attempts to deliver a message on pairs, from all their segments in several slices.

    Args:
        parts: Their kept segments in each slice, and the path of its capture.
        rank: In which order captures follow each other in their set.
        options: What the caller asked for.
        envelopes: The envelopes to look for; None: all.
    """
    while parts:
        try:
            return list(_attempts(parts, rank, options, envelopes))
        except UnreadableFile as error:
            # Whoever asked sees that the file is gone, and says so.
            rest = [(kept, path) for kept, path in parts if path != error.path]
            if len(rest) == len(parts):
                raise
            parts = rest
    return []


def _attempts(
    parts: Parts, rank: Mapping[int, int], options: Options, envelopes: frozenset[bytes] | None
) -> Iterator[Attempts]:
    keys = unique(np.concatenate([kept.keys for kept, _ in parts]))
    long = long_pairs(parts, rank)
    readers = [(kept, reader_of(path)) for kept, path in parts]
    short = joined_rows(readers, keys[~among(keys, long)], rank.__getitem__)
    for pair, rows in chain(long_rows(parts, long, rank), short):
        for conversation in conversations(rows, pair, options):
            several = tuple(
                one for one in deliveries_of(conversation) if envelopes is None or one.envelope in envelopes
            )
            if several:
                yield Attempts(key_of(pair)[()], _first(conversation), several)


def _first(conversation: Conversation) -> Place:
    """By what a connection is sorted in a report: its first capture, and its first frame there."""
    rows = conversation.connection.rows
    first = rows.capture[0]
    frames = zip(rows.capture, rows.frame, strict=True)
    return Place(first, min(frame for capture, frame in frames if capture == first))

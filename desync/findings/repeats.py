"""The same envelope again: a message that a client sends once more.

    envelope    the client's address, the sender, the recipients

Within a connection, and between connections, where whoever holds several looks. That it is the
same message the capture does not show; that it is the same envelope it does. May know transactions;
must not know where connections are kept.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Final, NamedTuple

from desync.exchanges.conversation import Conversation
from desync.exchanges.transaction import Transaction
from desync.findings.finding import Facts, Place
from desync.units import UNKNOWN_TIME

MOST_REPEATS: Final = 10
"""Repeats named of one message."""

DIGEST_OCTETS: Final = 16
"""So long that two envelopes never have the same."""


class Delivery(NamedTuple):
    """An attempt to deliver a message.

    Attributes:
        envelope: A digest of the client's address, the reverse-path and the forward-paths; many are
            kept, and a message may have a thousand recipients.
        time: When its MAIL was sent.
        place: The frame of its MAIL.
        at_risk: Whether the client may not know that it was accepted.
    """

    envelope: bytes
    time: int
    place: Place
    at_risk: bool


def deliveries_of(conversation: Conversation) -> Iterator[Delivery]:
    """The attempts of a connection to deliver a message, as far as their envelope is known."""
    for one in conversation.transactions:
        sent = conversation.exchanges[one.exchanges[0]].sent
        envelope = _envelope(conversation.connection.client.address, one)
        if envelope is None or not sent or sent[0].time == UNKNOWN_TIME:
            continue
        place = Place(sent[0].capture, sent[0].frame)
        yield Delivery(envelope, sent[0].time, place, one.verdict == "duplicate-risk")


def repeats_among(deliveries: Iterable[Delivery]) -> dict[Place, tuple[Place, ...]]:
    """Find the later attempts with the envelope of each that is at risk: what ``Facts.repeats`` holds.

    Args:
        deliveries: Those of all connections, in any order; a connection captured twice once.
    """
    alike: dict[bytes, list[Delivery]] = {}
    for one in deliveries:
        alike.setdefault(one.envelope, []).append(one)
    found: dict[Place, tuple[Place, ...]] = {}
    for group in alike.values():
        if len(group) < 2:
            continue
        group.sort(key=lambda one: (one.time, one.place))
        for number, one in enumerate(group):
            if one.at_risk and number + 1 < len(group):
                found[one.place] = tuple(
                    later.place for later in group[number + 1 : number + 1 + MOST_REPEATS]
                )
    return found


def repeats_of(conversation: Conversation, facts: Facts) -> dict[Place, tuple[Place, ...]]:
    """Where the envelopes of a connection's messages at risk come again.

    On the connection itself, then where the facts say; by the frame of their MAIL.
    """
    deliveries = list(deliveries_of(conversation))
    own = repeats_among(deliveries)
    found = {}
    for one in deliveries:
        if one.at_risk:
            several = [*own.get(one.place, ()), *facts.repeats.get(one.place, ())]
            found[one.place] = tuple(dict.fromkeys(several))[:MOST_REPEATS]
    return found


def _envelope(client: str, one: Transaction) -> bytes | None:
    """A digest of client, sender and recipients, in whatever order; None where one is not known."""
    addresses = [each.address for each in one.recipients]
    known = [_plain(address) for address in addresses if address is not None]
    if one.sender is None or not known or len(known) < len(addresses):
        return None
    whole = repr((client, _plain(one.sender), sorted(known)))
    return blake2b(whole.encode(), digest_size=DIGEST_OCTETS).digest()


def _plain(path: bytes) -> bytes:
    """A path with its domain, which has no case (RFC 5321, section 2.4), in lower case."""
    local, at, domain = path.rpartition(b"@")
    return local + at + domain.lower()

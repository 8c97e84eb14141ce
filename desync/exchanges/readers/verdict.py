"""How the client of a connection read its replies, and what it therefore believed.

May know exchanges, streams and times; must not judge.
"""

from typing import Final, NamedTuple

from desync.exchanges.exchange import Exchange
from desync.exchanges.readers.arrival import arrivals
from desync.exchanges.readers.cause import cause_of
from desync.exchanges.readers.choice import MODELS, Choice, choose
from desync.exchanges.readers.drift import Off, off
from desync.exchanges.readers.exceptions import exception_of
from desync.exchanges.readers.fits import Fit, fits
from desync.exchanges.readers.sends import Send, sends_of
from desync.exchanges.readers.server_side import Said, said
from desync.exchanges.reading import UNREAD, Drift, Model, Reader, Reading
from desync.smtp.reply import Reply
from desync.tcp.connection import Connection

BEFORE: Final = 100
"""Exchanges looked at before the first odd one: they show how the client takes its time."""

IN_STEP: Final = Reading(Reader("whole-reply", (), 1.0, None))
"""Of a client that never sent before it had its reply, on a connection on which nothing else is odd."""


def reading_of(
    connection: Connection, exchanges: tuple[Exchange, ...], unpaired: tuple[Reply, ...]
) -> Reading:
    """Find out how the client of a connection read its replies.

    Args:
        connection: The connection.
        exchanges: Its dialogue.
        unpaired: Replies that answer nothing.
    """
    client, server = connection.client_stream, connection.server_stream
    if "first-seen" in (client.origin, server.origin) or not (client.captured and server.captured):
        return UNREAD
    stop = _stop(connection, exchanges)
    odd = _first_odd(exchanges, unpaired, stop)
    if odd is None:
        return IN_STEP if stop == len(exchanges) > 1 else UNREAD
    sent = sends_of(connection, exchanges, _begin(exchanges, odd), stop)
    if len(sent.sends) < 2 or all(exchanges[send.exchange].prompt.verb is None for send in sent.sends):
        return UNREAD
    words = said(exchanges, unpaired, server.first_gap)
    arrived = arrivals(connection)
    shown = arrived.sound or any(words.is_inside(send.acknowledged) for send in sent.sends)
    chosen = choose(fits(arrived, sent, words, shown=shown), words, shown=shown)
    found = _reading(connection, exchanges, sent.sends, words, chosen)
    if not shown and not any(send.early for send in sent.sends):
        # Without times, and always in step: which reply it took for which nothing tells.
        return Reading(found.reader)
    return found


def _stop(connection: Connection, exchanges: tuple[Exchange, ...]) -> int:
    """The index of the first exchange that a hole makes unsure."""
    client, server = connection.client_stream, connection.server_stream
    if not client.gaps and not server.gaps:
        return len(exchanges)
    for one in exchanges[1:]:
        if one.prompt.end > client.first_gap or not one.prompt.whole:
            return one.index
        if one.acknowledged is None or one.acknowledged > server.first_gap:
            return one.index
    return len(exchanges)


def _first_odd(exchanges: tuple[Exchange, ...], unpaired: tuple[Reply, ...], stop: int) -> int | None:
    """The index of the first exchange at which a reader of whole replies may have lost its place."""
    answered = next((one.index for one in reversed(exchanges) if one.reply is not None), 0)
    first = min((reply.octets[0] for reply in unpaired), default=None)
    for one in exchanges[:stop]:
        if one.in_step is False or (one.reply is None and one.index < answered):
            return one.index
        if first is not None and one.reply is not None and one.reply.octets[0] > first:
            return one.index
    # Behind the last reply it is odd only where no hole may hold what it answers.
    return exchanges[-1].index if unpaired and stop == len(exchanges) > 1 else None


def _begin(exchanges: tuple[Exchange, ...], odd: int) -> int:
    """The index of the exchange at which to begin: where a client long in step still was."""
    for index in range(odd - BEFORE, 0, -1):
        one = exchanges[index]
        plain = one.prompt.kind == "command" and not one.again and one.in_step and one.pairing == "forced"
        if plain and one.reply is not None and not exchanges[index + 1].again:
            return index
    return 0


def _reading(
    connection: Connection,
    exchanges: tuple[Exchange, ...],
    sends: list[Send],
    words: Said,
    chosen: Choice,
) -> Reading:
    several = [
        _Tried(fit, _off(fit, connection, exchanges, sends, words)) for fit in (chosen.fit, *chosen.others)
    ]
    innocent = next((one for one in several if not one.drifted), None)
    # Models that cannot be told apart disagree on whether it drifted at all: then it did not. Else one
    # that accuses the client of no misread goes first.
    best = innocent or next((one for one in several if one.model == "whole-reply"), several[0])
    model = MODELS[best.fit.kind]
    others = tuple(dict.fromkeys(one.model for one in several if one.model != model))
    found = best.found
    exception = exception_of(found.links, sends, exchanges) if found and model == "whole-reply" else None
    support = round(max(1 - best.fit.misses / max(len(sends) - 1, 1), 0.0), 3)
    reader = Reader(model, others, support, exception)
    if innocent is not None or found is None:
        return Reading(reader)
    onset = found.onset or 0
    cause, trigger = cause_of(best.fit.kind, found, sends, exchanges, words)
    recovered = sends[found.recovered].exchange if found.recovered is not None else None
    agreed = all(one.found is not None and one.found.onset == onset for one in several)
    drift = Drift(sends[onset].exchange, recovered, cause, trigger, agreed)
    return Reading(reader, drift, tuple(found.shifts), tuple(found.beliefs))


class _Tried(NamedTuple):
    """A model with what it says of the drift; ``found`` is None for one that reads nothing."""

    fit: Fit
    found: Off | None

    @property
    def model(self) -> Model:
        return MODELS[self.fit.kind]

    @property
    def drifted(self) -> bool:
        """Whether it shows that a client was off.

        A misread shows by the send that followed it; where a correct reader stands, only by what it took.
        """
        if self.found is None or self.found.onset is None:
            return False
        if self.model == "whole-reply":
            return self.found.witnessed
        # A model that explains less than half of what the client did convicts nobody.
        return 2 * self.fit.misses <= len(self.found.links)


def _off(
    fit: Fit, connection: Connection, exchanges: tuple[Exchange, ...], sends: list[Send], words: Said
) -> Off | None:
    if fit.way is None:
        return None
    return off(fit.way, sends, exchanges, words, connection.server_stream)

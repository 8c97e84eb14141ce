"""How the client of a connection read its replies, and what it therefore believed.

May know exchanges, streams and times; must not judge.
"""

from typing import Final

from desync.exchanges.exchange import Exchange
from desync.exchanges.reading import UNREAD, Drift, Reader, Reading
from desync.exchanges.readers.arrival import arrivals
from desync.exchanges.readers.cause import cause_of
from desync.exchanges.readers.choice import MODELS, Choice, choose
from desync.exchanges.readers.drift import Off, off
from desync.exchanges.readers.exceptions import exception_of
from desync.exchanges.readers.fits import Fit, fits
from desync.exchanges.readers.sends import Send, closing, sends_of
from desync.exchanges.readers.server_side import Said, said
from desync.smtp.reply import Reply
from desync.tcp.connection import Connection

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
    odd = _first_odd(exchanges[:stop], unpaired)
    if odd is None:
        return IN_STEP if stop == len(exchanges) else UNREAD
    sends = sends_of(connection, exchanges, stop)
    if len(sends) < 2 or all(exchanges[send.exchange].prompt.verb is None for send in sends):
        return UNREAD
    words = said(exchanges, unpaired, server.first_gap)
    last = exchanges[-1].prompt
    fin = closing(connection, sends[-1].exchange) if stop == len(exchanges) and last.end == client.length else None
    chosen = choose(fits(arrivals(connection), sends, fin, words), words)
    return _reading(connection, exchanges, sends, words, chosen)


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


def _first_odd(exchanges: tuple[Exchange, ...], unpaired: tuple[Reply, ...]) -> int | None:
    """The index of the first exchange at which a reader of whole replies may have lost its place."""
    if unpaired:
        return 0
    answered = False
    for one in reversed(exchanges):
        if one.in_step is False or (one.reply is None and answered):
            return one.index
        answered = answered or one.reply is not None
    return None


def _reading(
    connection: Connection,
    exchanges: tuple[Exchange, ...],
    sends: list[Send],
    words: Said,
    chosen: Choice,
) -> Reading:
    fit = chosen.fit
    found = _off(fit, connection, exchanges, sends, words)
    model = MODELS[fit.kind]
    others = tuple(
        dict.fromkeys(MODELS[other.kind] for other in chosen.others if MODELS[other.kind] != model)
    )
    exception = exception_of(found.links, sends, exchanges) if found and model == "whole-reply" else None
    support = round(1 - fit.misses / max(len(sends) - 1, 1), 3)
    reader = Reader(model, others, max(support, 0.0), exception)
    if found is None or not found.witnessed:
        return Reading(reader)
    for other in chosen.others:
        second = _off(other, connection, exchanges, sends, words)
        if second is None or not second.witnessed:
            # Models that cannot be told apart disagree on whether it drifted at all.
            return Reading(reader)
    cause, trigger = cause_of(fit.kind, found, sends, exchanges, words)
    recovered = sends[found.recovered].exchange if found.recovered is not None else None
    drift = Drift(sends[found.onset].exchange, recovered, cause, trigger)
    return Reading(reader, drift, tuple(found.shifts), tuple(found.beliefs))


def _off(
    fit: Fit, connection: Connection, exchanges: tuple[Exchange, ...], sends: list[Send], words: Said
) -> Off | None:
    if fit.way is None:
        return None
    return off(fit.way, sends, exchanges, words, connection.server_stream)

"""What the client sent, cut as the client sees it: each thing for which it expects a reply.

Server and client may see it otherwise: message text behind a refused DATA is one thing to the
client and a command a line to the server; a command behind a DATA that the client had given up is
message text to the server. May know exchanges; must not know how the client reads.
"""

from itertools import accumulate
from typing import Final, NamedTuple

from desync.exchanges.exchange import Exchange
from desync.exchanges.mail_text import chunk_end
from desync.smtp.command import looks_like_command
from desync.smtp.prompt import ends_group
from desync.tcp.connection import Connection
from desync.tcp.rows import FIN
from desync.units import UNKNOWN_TIME

MOST_SENDS: Final = 4_000
"""Sends that are looked at: a drift shows within far fewer."""

LONGEST_COMMAND: Final = 1_000
"""A segment longer than this is no command that the server took for message text."""


class Send(NamedTuple):
    """One thing that the client sent.

    Attributes:
        exchange: Index of its exchange; of the first one where it has several.
        time: When it left, as captured.
        ended: When the last of it left.
        acknowledged: Octets of the server's stream that its first segment acknowledged.
        width: How many replies the client expects.
        lawful: Whether it might go without waiting for the reply to the one before.
        shares: Whether it shares a segment with the one before.
        early: Whether it went without the reply that it had to have.
        natural: Whether a client that sends ahead would send it right behind the one before.
        habit: Whether the client had done so before.
        known: Whether ``exchange`` is its own, so that a belief may be told of it.
    """

    exchange: int
    time: int
    ended: int
    acknowledged: int
    width: int
    lawful: bool
    shares: bool
    early: bool = False
    natural: bool = False
    habit: bool = False
    known: bool = True


class Sends(NamedTuple):
    """What a client sent.

    Attributes:
        sends: From some exchange on, the first of them only as what the reply to it answers.
        start: Where in the server's stream the reply to the first one begins.
        fin: The client's FIN, where it follows the last of them: a last thing sent, which it need
            not have; else None.
    """

    sends: list[Send]
    start: int
    fin: Send | None


def sends_of(connection: Connection, exchanges: tuple[Exchange, ...], begin: int, stop: int) -> Sends:
    """Collect what the client sent, up to its QUIT.

    Args:
        connection: The connection.
        exchanges: Its dialogue.
        begin: Index of the exchange to begin with; 0: the connection, which the greeting answers.
        stop: Index of the first exchange that is not looked at.
    """
    reply = exchanges[begin].reply
    found = [_send(exchanges, begin, 1)] if begin else [Send(0, 0, 0, 0, 1, lawful=True, shares=False)]
    index, quits = begin + 1, False
    while index < stop and len(found) < MOST_SENDS and not quits:
        one = exchanges[index]
        if not one.sent or one.acknowledged is None or _is_injected(exchanges[index - 1], one):
            break
        following = _following(exchanges, index, stop)
        width = 1 if _is_text(exchanges, index) else following - index
        found += _within(connection, one) or [_send(exchanges, index, width)]
        index, quits = following, one.prompt.verb == "QUIT"
    done = index == len(exchanges) and exchanges[-1].prompt.end == connection.client_stream.length
    fin = _closing(connection, found[-1].exchange) if done else None
    # In front of the greeting a proxy may have spoken.
    return Sends(_in_order(found), reply.octets[0] if reply is not None else 0, fin)


def _is_injected(before: Exchange, one: Exchange) -> bool:
    """Whether text stands between a STARTTLS and its TLS: that need not be the client's own (TLS501)."""
    return before.prompt.verb == "STARTTLS" and before.reply_code == 220 and one.in_step is False


def _following(exchanges: tuple[Exchange, ...], index: int, stop: int) -> int:
    """The index behind all exchanges of what the client sent as one thing."""
    if _begins_text(exchanges, index):
        return _end_of_text(exchanges, index, stop)
    following, chunk = index + 1, chunk_end(exchanges[index])
    while following < stop and exchanges[following].prompt.start < chunk:
        following += 1
    while following < stop and exchanges[following].again:
        following += 1
    return following


def _in_order(sends: list[Send]) -> list[Send]:
    """Where a copy of a send was captured behind a later one, it left before that all the same."""
    times = list(accumulate((send.time for send in reversed(sends)), min))[::-1]
    first = _end_of_first_burst(sends)
    ends = [min(send.ended, time) for send, time in zip(sends, [*times[1:], 1 << 63], strict=True)]
    return [
        send._replace(time=time, ended=max(time, end), habit=send.natural and number > first)
        for number, (send, time, end) in enumerate(zip(sends, times, ends, strict=True))
    ]


def _closing(connection: Connection, last: int) -> Send | None:
    rows = connection.rows
    for row, flags in enumerate(rows.flags):
        if rows.side[row] == connection.client_side and flags & FIN:
            acknowledged, time = connection.assembly.acknowledged[row], rows.time[row]
            if acknowledged is None or time == UNKNOWN_TIME:
                return None
            return Send(last, time, time, acknowledged, 1, lawful=False, shares=False, known=False)
    return None


def _end_of_first_burst(sends: list[Send]) -> int:
    """Number of the last send of the first run of sends that went ahead though they had to wait."""
    early = [number for number, send in enumerate(sends) if send.natural and send.early]
    last = early[0] if early else len(sends)
    while last + 1 in early:
        last += 1
    return last


def _send(exchanges: tuple[Exchange, ...], index: int, width: int) -> Send:
    one, before = exchanges[index], exchanges[index - 1]
    return Send(
        index,
        one.sent[0].time,
        one.sent[-1].time,
        one.acknowledged or 0,
        width,
        lawful=one.in_step is not False and (one.required is None or one.required < index - 1),
        # What the window held back leaves together, however it was written.
        shares=len(before.sent) == 1 and before.sent[0].row == one.sent[0].row,
        early=one.in_step is False,
        # Clients that send ahead, offered or not, do not wait where a group goes on.
        natural=not ends_group(before.prompt) and one.prompt.kind in ("command", "bdat"),
    )


def _is_text(exchanges: tuple[Exchange, ...], index: int) -> bool:
    """Whether the server has several commands where the client has sent one thing: a message, or a chunk."""
    return chunk_end(exchanges[index]) > 0 or _begins_text(exchanges, index)


def _begins_text(exchanges: tuple[Exchange, ...], index: int) -> bool:
    """Whether message text begins that the server takes for commands: it had refused DATA."""
    before, one = exchanges[index - 1], exchanges[index]
    refused = before.prompt.verb == "DATA" and before.reply_code is not None and before.reply_code >= 400
    return refused and one.prompt.kind == "command" and one.prompt.verb is None


def _end_of_text(exchanges: tuple[Exchange, ...], index: int, stop: int) -> int:
    """The index behind the lone dot that ends message text run as commands."""
    for at in range(index, stop):
        if at > index and exchanges[at].in_step:
            # It had read the reply to the line before: to the client each is a command.
            return at
        if exchanges[at].prompt.text == b"." or exchanges[at].prompt.kind != "command":
            return at + 1
    return stop


def _within(connection: Connection, one: Exchange) -> list[Send]:
    """The commands that the server took for mail data: each alone in its segment."""
    if one.prompt.kind != "mail-data":
        return []
    found: list[Send] = []
    for sent in one.sent:
        if sent.end - sent.start > LONGEST_COMMAND:
            break
        line = connection.client_stream.slice(sent.start, sent.end)
        if not line.endswith(b"\r\n") or b"\n" in line[:-1] or not looks_like_command(line[:-2]):
            break
        found.append(
            Send(
                one.index,
                sent.time,
                sent.time,
                min(sent.acknowledged, connection.server_stream.length),
                1,
                lawful=False,
                shares=False,
                known=not found,
            )
        )
    return found

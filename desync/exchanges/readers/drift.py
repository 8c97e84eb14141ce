"""What the client believed each reply to be, and by how many replies it was off.

    drift at k = number of the reply that truly answers prompt k
               - number of the reply in which what the client took for the answer begins
                                                                     (DESIGN.md, section 3.4)

May know what a model says was taken; must not know how the model was chosen.
"""

from typing import NamedTuple

from desync.exchanges.exchange import Exchange
from desync.exchanges.readers.path import Link, Way, steps
from desync.exchanges.readers.sends import Send
from desync.exchanges.readers.server_side import Said
from desync.exchanges.reading import Belief
from desync.tcp.stream import Stream


class Off(NamedTuple):
    """How far a client was off.

    Attributes:
        links: What each prompt took, by the number of its send; the last may be missing.
        shifts: For each exchange by how many replies it was off, or None.
        beliefs: For each exchange what the client took for its reply, or None.
        onset: Number of the first send that was off, or None.
        recovered: Number of the first later one that was not, or None.
        witnessed: Whether anything that it took for a reply, and went on from, was another's.
    """

    links: list[Link]
    shifts: list[int | None]
    beliefs: list[Belief | None]
    onset: int | None
    recovered: int | None
    witnessed: bool


def off(way: Way, sends: list[Send], exchanges: tuple[Exchange, ...], words: Said, server: Stream) -> Off:
    """Hold what was taken against what was true."""
    links = steps(way)
    # A client long in step was so up to the first exchange that is looked at.
    before = sends[0].exchange
    shifts: list[int | None] = [0] * before + [None] * (len(exchanges) - before)
    beliefs: list[Belief | None] = [None] * len(exchanges)
    true = _true_numbers(exchanges, words)
    owned = frozenset(id(one.reply) for one in exchanges if one.reply is not None)
    onset = recovered = None
    for number, send in enumerate(sends):
        link = links[number] if number < len(links) else None
        start = link.start if link is not None else _stands(way)
        if not send.known or start is None:
            continue
        shift = true[send.exchange] - words.number_at(start)
        if link is not None and link.end is None and link.ahead:
            continue
        if link is not None and link.end is not None and link.end > link.start:
            beliefs[send.exchange] = _belief(link.start, link.end, server)
            if not shift and exchanges[send.exchange].reply is None:
                shift = _of_none(words, start, owned)
        shifts[send.exchange] = shift
        if shift and onset is None:
            onset = number
        elif not shift and onset is not None and recovered is None:
            recovered = number
    # Nothing rests on what a client took for the reply to QUIT.
    witnessed = (
        onset is not None
        and exchanges[sends[onset].exchange].prompt.verb != "QUIT"
        and any(link.end is not None and not link.ahead for link in links[onset:])
    )
    return Off(links, shifts, beliefs, onset, recovered, witnessed)


def _of_none(words: Said, start: int, owned: frozenset[int]) -> int:
    """How far a prompt that nothing answers is off with what it took: not, where that answers nothing.

    So it is with a malformed reply, and with a 421, which answers whatever is outstanding: the server
    closes the channel (RFC 5321, section 3.8).
    """
    number = words.number_at(start)
    return -1 if number < len(words.replies) and id(words.replies[number]) in owned else 0


def _stands(way: Way) -> int | None:
    """Where the reader stands at the end; None where that is not known."""
    link = way.taken
    if link is None or link.end is None or way.state[1]:
        return None
    return link.end


def _belief(start: int, end: int, server: Stream) -> Belief:
    head = server.slice(start, start + 3)
    return Belief(int(head) if head.isdigit() and len(head) == 3 else None, start, end)


def _true_numbers(exchanges: tuple[Exchange, ...], words: Said) -> list[int]:
    """For each exchange the number of the reply that answers it, or would have."""
    numbers = {id(reply): number for number, reply in enumerate(words.replies)}
    found: list[int] = []
    following = 0
    for one in exchanges:
        number = numbers.get(id(one.reply), following) if one.reply is not None else following
        found.append(number)
        following = number + 1 if one.reply is not None else number
    return found

"""What each command's own segment proves: which replies the client could have read.

    A data segment always carries the newest ACK. If a command's segment acknowledges less
    than the end of the reply that the client had to wait for, the client's TCP had not
    received that reply, so no program behind it can have read it.     (DESIGN.md, section 3)

Needs no clock. Records; judges nothing.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from desync.exchanges.exchange import Exchange, Standing
from desync.exchanges.offers import Offer, offers, pipelining_offered
from desync.exchanges.pairing import Pair, Pairing
from desync.smtp.command import GROUPABLE
from desync.smtp.prompt import Prompt
from desync.smtp.reply import Reply
from desync.tcp.stream import Sent, Stream

NEVER: Final = 1 << 62
"""The end of a reply that never came, or never ended: no acknowledgment covers it."""


@dataclass(slots=True)
class _Asked:
    """A prompt, with its last reply and whether it may be followed in a pipelined group."""

    exchange: int
    prompt: Prompt
    last_reply: Reply | None
    end: int
    groupable: bool


def exchanges_of(pairing: Pairing, client: Stream, server: Stream) -> list[Exchange]:
    """Make the exchanges of a connection, with the evidence for each.

    Args:
        pairing: What each reply answers.
        client, server: The two streams.
    """
    known = offers(pairing.pairs)
    from_start = client.origin == server.origin == "syn"
    asked: list[_Asked] = []
    ends: list[int] = []
    made: list[Exchange] = []
    for pair in pairing.pairs:
        if pair.prompt is None:
            continue
        again = bool(asked) and pair.prompt is asked[-1].prompt
        if again:
            asked[-1].last_reply = pair.reply
            asked[-1].end = ends[-1] = _end(pair.reply)
            first = made[asked[-1].exchange]
            made.append(_again(first, len(made), pair))
            continue
        made.append(
            _exchange(
                len(made),
                pair,
                asked,
                ends,
                known,
                client,
                server,
                from_start=from_start,
                excuses=_excuses(pairing),
            )
        )
        end = max(_end(pair.reply), ends[-1] if ends else 0)
        asked.append(_Asked(len(made) - 1, pair.prompt, pair.reply, end, _is_groupable(pair.prompt)))
        ends.append(end)
    return made


def _excuses(pairing: Pairing) -> list[Reply]:
    """Unasked 421s: the server closes the channel, and whatever is outstanding is answered by that."""
    return [
        pair.reply
        for pair in pairing.pairs
        if pair.prompt is None and pair.reply is not None and pair.reply.code == 421
    ]


def _again(first: Exchange, index: int, pair: Pair) -> Exchange:
    return Exchange(
        index=index,
        prompt=first.prompt,
        reply=pair.reply,
        pairing=pair.certainty,
        sent=first.sent,
        acknowledged=first.acknowledged,
        required=first.required,
        required_end=first.required_end,
        lead=first.lead,
        in_step=first.in_step,
        pipelining=first.pipelining,
        standing=first.standing,
        again=True,
    )


def _exchange(
    index: int,
    pair: Pair,
    asked: list[_Asked],
    ends: list[int],
    known: list[Offer],
    client: Stream,
    server: Stream,
    *,
    from_start: bool,
    excuses: list[Reply],
) -> Exchange:
    prompt = pair.prompt
    assert prompt is not None
    sent = client.sent(prompt.start) if prompt.kind != "connection" else None
    acknowledged = min(sent.acknowledged, server.length) if sent is not None else None
    offered: bool | None = None
    required: int | None = None
    standing: Standing | None = None
    in_step: bool | None = None
    lead = 0
    if acknowledged is not None:
        offered = pipelining_offered(known, prompt.start, acknowledged, from_start=from_start)
        required = _required(asked, offered=bool(offered))
        outstanding = bisect_right(ends, acknowledged)
        lead = len(ends) - outstanding
        in_step = required is None or outstanding > required
        if not in_step and required is not None:
            standing = _standing(asked[outstanding], acknowledged)
            in_step = _in_step(asked, outstanding, required, acknowledged, server, excuses)
            lawful = _required(asked, offered=True)
            if offered is None and in_step is False and (lawful is None or outstanding > lawful):
                # Lawful if PIPELINING was offered, and whether it was is not in the capture.
                in_step = None
    end = asked[required].end if required is not None else None
    return Exchange(
        index=index,
        prompt=prompt,
        reply=pair.reply,
        pairing=pair.certainty,
        sent=_carriers(client, prompt),
        acknowledged=acknowledged,
        required=asked[required].exchange if required is not None else None,
        required_end=None if end == NEVER else end,
        lead=lead,
        in_step=in_step,
        pipelining=offered,
        standing=None if in_step else standing,
        again=False,
    )


def _carriers(client: Stream, prompt: Prompt) -> tuple[Sent, ...]:
    if prompt.kind == "connection":
        return ()
    return tuple(one for _, _, one in client.carriers(prompt.start, prompt.end))


def _required(asked: list[_Asked], *, offered: bool) -> int | None:
    """Which prompt's reply must have been received.

    The one before; where PIPELINING was offered, that to the last prompt that ends a group.

    Source:
        RFC 5321, section 2.1 (one command, one reply); RFC 2920, section 3.1.
    """
    at = len(asked) - 1
    if offered:
        while at >= 0 and asked[at].groupable:
            at -= 1
    return at if at >= 0 else None


def _in_step(
    asked: list[_Asked],
    outstanding: int,
    required: int,
    acknowledged: int,
    server: Stream,
    excuses: list[Reply],
) -> bool | None:
    """Whether a client that lacks a required reply is out of step, or that cannot be known."""
    if any(reply.octets[1] <= acknowledged for reply in excuses):
        return True
    late = [
        one
        for one in asked[outstanding : required + 1]
        if one.last_reply is not None and one.last_reply.complete
    ]
    if late or (not server.gaps and server.captured and server.origin == "syn"):
        return False
    return None


def _standing(first: _Asked, acknowledged: int) -> Standing:
    """What the client held of the first outstanding reply."""
    reply = first.last_reply
    if reply is None:
        return Standing(first.exchange, "nothing", 0, None)
    start, end = reply.octets
    missing = end - acknowledged if reply.complete else None
    if acknowledged <= start:
        return Standing(first.exchange, "nothing", 0, end - start if reply.complete else None)
    for line in reply.lines:
        if line.line.start < acknowledged < line.line.end or (
            acknowledged == line.line.end and not line.line.terminated
        ):
            return Standing(first.exchange, "fragment", acknowledged - start, missing)
    return Standing(first.exchange, "lines", acknowledged - start, missing)


def _end(reply: Reply | None) -> int:
    return reply.octets[1] if reply is not None and reply.complete else NEVER


def _is_groupable(prompt: Prompt) -> bool:
    """Whether a prompt may be followed by another in a pipelined group (RFC 2920, section 3.1)."""
    if prompt.kind == "command":
        return prompt.verb in GROUPABLE
    return prompt.kind in ("mail-data", "bdat")

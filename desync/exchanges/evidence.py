"""What each command's own segment proves: which replies the client could have read.

    A data segment always carries the newest ACK. If a command's segment acknowledges less
    than the end of the reply that the client had to wait for, the client's TCP had not
    received that reply, so no program behind it can have read it.     (DESIGN.md, section 3)

Needs no clock. Records; judges nothing.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import Final

from desync.exchanges.exchange import Exchange, Standing
from desync.exchanges.offers import Offer, offers, pipelining_offered
from desync.exchanges.pairing import Pair, Pairing
from desync.smtp.command import GROUPABLE
from desync.smtp.prompt import CONNECTION, Prompt
from desync.smtp.reply import Reply
from desync.tcp.stream import Sent, Stream

NEVER: Final = 1 << 62
"""The end of a reply that never came, or never ended: no acknowledgment covers it."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A prompt with its replies.

    Attributes:
        exchange: Index of its first exchange.
        pairs: The prompt with its reply, or with each of them (LMTP, PRDR).
        end: End of its last reply in the server's stream. Where a hole hides it, the offset by which
            it must have ended, because the next one begins there; ``NEVER`` where it did not end.
        exact: Whether ``end`` is known, not only bounded.
        groupable: Whether it may be followed in a pipelined group.
    """

    exchange: int
    pairs: list[Pair]
    end: int
    exact: bool
    groupable: bool

    @property
    def prompt(self) -> Prompt:
        """What was sent."""
        prompt = self.pairs[0].prompt
        return prompt if prompt is not None else CONNECTION

    @property
    def last_reply(self) -> Reply | None:
        """The reply with which it was answered whole."""
        return self.pairs[-1].reply


@dataclass(frozen=True, slots=True)
class _Streams:
    """What the evidence for every prompt rests on."""

    asked: list[_Asked]
    ends: list[int]
    offers: list[Offer]
    client: Stream
    server: Stream
    excuses: list[Reply]


def exchanges_of(pairing: Pairing, client: Stream, server: Stream) -> list[Exchange]:
    """Make the exchanges of a connection, with the evidence for each.

    Args:
        pairing: What each reply answers.
        client: The client's stream.
        server: The server's stream.
    """
    asked = _asked(pairing, client, server)
    # Unasked 421s: the server closes the channel, and whatever is outstanding is answered by that.
    excuses = [
        one.reply
        for one in pairing.pairs
        if one.prompt is None and one.reply is not None and one.reply.code == 421
    ]
    streams = _Streams(asked, [one.end for one in asked], offers(pairing.pairs), client, server, excuses)
    made: list[Exchange] = []
    for number, one in enumerate(asked):
        first = _exchange(streams, number)
        made.append(first)
        made += [
            replace(first, index=one.exchange + more, reply=pair.reply, pairing=pair.certainty, again=True)
            for more, pair in enumerate(one.pairs[1:], 1)
        ]
    return made


def _asked(pairing: Pairing, client: Stream, server: Stream) -> list[_Asked]:
    """The prompts with their replies, and where the last reply to each ends."""
    groups: list[list[Pair]] = []
    for pair in pairing.pairs:
        if pair.prompt is None:
            continue
        if groups and pair.prompt is groups[-1][0].prompt:
            groups[-1].append(pair)
        else:
            groups.append([pair])
    found: list[_Asked] = []
    bound, index = NEVER, sum(len(group) for group in groups)
    for group in reversed(groups):
        index -= len(group)
        last = group[-1].reply
        exact = last is not None and last.complete
        end = last.octets[1] if exact and last is not None else bound
        if group[0].prompt is CONNECTION and last is None and "first-seen" in (client.origin, server.origin):
            # The greeting came before the capture began.
            end = 0
        prompt = group[0].prompt
        found.append(_Asked(index, group, end, exact, prompt is not None and _is_groupable(prompt)))
        begun = next((pair.reply.octets[0] for pair in group if pair.reply is not None), None)
        bound = begun if begun is not None else bound
    return found[::-1]


def _exchange(streams: _Streams, number: int) -> Exchange:
    one = streams.asked[number]
    prompt, client = one.prompt, streams.client
    sent = client.sent(prompt.start) if prompt.kind != "connection" else None
    acknowledged = min(sent.acknowledged, streams.server.length) if sent is not None else None
    exchange = Exchange(
        index=one.exchange,
        prompt=prompt,
        reply=one.pairs[0].reply,
        pairing=one.pairs[0].certainty,
        sent=_carriers(client, prompt),
        acknowledged=acknowledged,
        required=None,
        required_end=None,
        lead=0,
        in_step=None,
        pipelining=None,
        standing=None,
        again=False,
    )
    return exchange if acknowledged is None else _weighed(streams, exchange, number, acknowledged)


def _weighed(streams: _Streams, exchange: Exchange, number: int, acknowledged: int) -> Exchange:
    """Add what the acknowledgment proves of a prompt."""
    asked = streams.asked
    from_start = streams.client.origin == streams.server.origin == "syn"
    offered = pipelining_offered(streams.offers, exchange.prompt.start, acknowledged, from_start=from_start)
    required = _required(asked[:number], offered=bool(offered))
    outstanding = min(bisect_right(streams.ends, acknowledged), number)
    in_step: bool | None = required is None or outstanding > required
    standing: Standing | None = None
    if required is not None and not in_step:
        standing = _standing(asked[outstanding], acknowledged)
        in_step = _in_step(streams, outstanding, required, acknowledged)
        lawful = _required(asked[:number], offered=True)
        if offered is None and in_step is False and (lawful is None or outstanding > lawful):
            # Lawful if PIPELINING was offered, and whether it was is not in the capture.
            in_step = None
    owed = asked[required] if required is not None else None
    return replace(
        exchange,
        required=owed.exchange if owed is not None else None,
        required_end=owed.end if owed is not None and owed.exact else None,
        lead=number - outstanding,
        in_step=in_step,
        pipelining=offered,
        standing=None if in_step else standing,
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


def _in_step(streams: _Streams, outstanding: int, required: int, acknowledged: int) -> bool | None:
    """Whether a client that lacks a required reply is out of step, or that cannot be known."""
    if any(reply.octets[1] <= acknowledged for reply in streams.excuses):
        return True
    if any(one.exact and one.end > acknowledged for one in streams.asked[outstanding : required + 1]):
        return False
    server = streams.server
    # A reply that is not in the capture never came only if nothing of the server is missing.
    return False if not server.gaps and server.captured and server.origin == "syn" else None


def _standing(first: _Asked, acknowledged: int) -> Standing:
    """What the client held of the first outstanding reply."""
    reply = first.last_reply
    if reply is None:
        return Standing(first.exchange, "nothing", 0, None)
    start, end = reply.octets
    if not reply.whole:
        return Standing(first.exchange, "unknown", max(0, acknowledged - start), None)
    missing = end - acknowledged if reply.complete else None
    if acknowledged <= start:
        return Standing(first.exchange, "nothing", 0, end - start if reply.complete else None)
    for line in reply.lines:
        if line.line.start < acknowledged < line.line.end or (
            acknowledged == line.line.end and not line.line.terminated
        ):
            return Standing(first.exchange, "fragment", acknowledged - start, missing)
    return Standing(first.exchange, "lines", acknowledged - start, missing)


def _is_groupable(prompt: Prompt) -> bool:
    """Whether a prompt may be followed by another in a pipelined group (RFC 2920, section 3.1)."""
    if prompt.kind == "command":
        return prompt.verb in GROUPABLE
    return prompt.kind in ("mail-data", "bdat")

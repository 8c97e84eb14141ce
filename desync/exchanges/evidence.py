"""What each command's own segment proves: which replies the client could have read.

    A data segment always carries the newest ACK. If a command's segment acknowledges less
    than the end of the reply that the client had to wait for, the client's TCP had not
    received that reply, so no program behind it can have read it.     (DESIGN.md, section 3)

Needs no clock. Records; judges nothing.
"""

from bisect import bisect_right
from typing import Final, NamedTuple

from desync.exchanges.exchange import Exchange
from desync.exchanges.offers import Offer, offers, pipelining_offered
from desync.exchanges.pairing import Pair, Pairing
from desync.exchanges.standing import Standing
from desync.smtp.prompt import CONNECTION, Prompt, ends_group
from desync.smtp.reply import Reply
from desync.tcp.stream import Sent, Stream

NEVER: Final = 1 << 62
"""The end of a reply that never came, or never ended: no acknowledgment covers it."""


class Asked(NamedTuple):
    """A prompt with its replies.

    Attributes:
        exchange: Index of its first exchange.
        prompt: What was sent.
        pairs: The prompt with its reply, or with each of them (LMTP, PRDR).
        reply: The last of them: with it the prompt is answered whole.
        end: End of that reply in the server's stream. Where a hole hides it, the offset by which
            it must have ended, because the next one begins there; ``NEVER`` where it did not end.
        exact: Whether ``end`` is known, not only bounded.
        barrier: The last prompt before it that must end a pipelined group, as an index; -1: none.
    """

    exchange: int
    prompt: Prompt
    pairs: tuple[Pair, ...]
    reply: Reply | None
    end: int
    exact: bool
    barrier: int


class Weight(NamedTuple):
    """What the acknowledgment of a prompt's first octet proves.

    Attributes:
        acknowledged: How much of the server's stream it covers; None where that is not known.
        offered: Whether PIPELINING had been offered to the client; None where not known.
        required: Which prompt's reply must have been received, as an index; None: none.
        outstanding: The first prompt whose reply is not wholly acknowledged, as an index.
        in_step: Whether the required reply had been received; None where that cannot be known.
    """

    acknowledged: int | None
    offered: bool | None
    required: int | None
    outstanding: int
    in_step: bool | None


class Evidence(NamedTuple):
    """What the acknowledgments of a connection prove.

    Attributes:
        asked: The prompts, in the order of the client's stream.
        ends: The end of the last reply to each.
        offers: What the server offered.
        client, server: The two streams.
        excused: End of the first unasked 421 in the server's stream: the server closes the channel, and
            whatever is outstanding is answered by that; ``NEVER`` where there is none.
    """

    asked: list[Asked]
    ends: list[int]
    offers: list[Offer]
    client: Stream
    server: Stream
    excused: int

    def weigh(self, number: int) -> Weight:
        """Say what the acknowledgment of one prompt proves.

        Args:
            number: Index of the prompt in ``asked``.
        """
        one = self.asked[number]
        sent = self.client.sent(one.prompt.start) if number else None
        if sent is None:
            return Weight(None, None, None, 0, None)
        acknowledged = min(sent.acknowledged, self.server.length)
        offered = pipelining_offered(self.offers, one.prompt.start, acknowledged, self.client, self.server)
        # RFC 5321, section 2.1: one command, one reply. RFC 2920, section 3.1: within a group, only the
        # reply to the last command that must end one.
        required = one.barrier if offered else number - 1
        outstanding = min(bisect_right(self.ends, acknowledged), number)
        if required < 0 or outstanding > required:
            return Weight(
                acknowledged, offered, required if required >= 0 else None, outstanding, in_step=True
            )
        in_step = self._out_of_step(outstanding, required, sent.acknowledged)
        if offered is None and in_step is False and outstanding > one.barrier:
            # Lawful if PIPELINING was offered, and whether it was is not in the capture.
            in_step = None
        return Weight(acknowledged, offered, required, outstanding, in_step)

    def _out_of_step(self, outstanding: int, required: int, acknowledged: int) -> bool | None:
        """Whether a client that lacks a required reply is out of step (False), or that cannot be known."""
        if acknowledged > self.server.length or acknowledged >= self.excused:
            # The server had finished, or said that it would: no reply was to be waited for.
            return True
        several = map(self.asked.__getitem__, range(outstanding, required + 1))
        if any(one.exact and one.end > acknowledged for one in several):
            return False
        server = self.server
        # A reply that is not in the capture never came only if nothing of the server is missing.
        return False if not server.gaps and server.captured and server.origin == "syn" else None


def evidence_of(pairing: Pairing, client: Stream, server: Stream) -> Evidence:
    """Collect the evidence of a connection.

    Args:
        pairing: What each reply answers.
        client: The client's stream.
        server: The server's stream.
    """
    excuses = (
        one.reply.octets[1]
        for one in pairing.pairs
        if one.prompt is None and one.reply is not None and closes_channel(one.reply, server)
    )
    asked = _asked(pairing, client, server)
    excused = min(excuses, default=NEVER)
    return Evidence(asked, [one.end for one in asked], offers(pairing.pairs), client, server, excused)


def exchanges_of(evidence: Evidence) -> list[Exchange]:
    """Make the exchanges of a connection, with the evidence for each."""
    made: list[Exchange] = []
    for number, one in enumerate(evidence.asked):
        weight = evidence.weigh(number)
        for again, pair in enumerate(one.pairs):
            made.append(_exchange(evidence, number, weight, pair, again))
    return made


def _asked(pairing: Pairing, client: Stream, server: Stream) -> list[Asked]:
    """The prompts with their replies, and where the last reply to each ends."""
    groups: list[list[Pair]] = []
    for pair in pairing.pairs:
        if pair.prompt is None:
            continue
        if groups and pair.prompt is groups[-1][0].prompt:
            groups[-1].append(pair)
        else:
            groups.append([pair])
    found: list[Asked] = []
    index, barrier = 0, -1
    for number, group in enumerate(groups):
        prompt, reply = group[0].prompt or CONNECTION, group[-1].reply
        exact = reply is not None and reply.complete
        end = reply.octets[1] if exact and reply is not None else NEVER
        found.append(Asked(index, prompt, tuple(group), reply, end, exact, barrier))
        index += len(group)
        following = groups[number + 1][0].prompt if number + 1 < len(groups) else None
        if ends_group(prompt, following):
            barrier = number
    if not all(one.exact for one in found):
        _bound_ends(found, known_start=client.origin == server.origin == "syn")
    return found


def _bound_ends(asked: list[Asked], *, known_start: bool) -> None:
    """Bound the ends that a hole hides: a reply has ended where the next one begins."""
    bound = NEVER
    for number in range(len(asked) - 1, -1, -1):
        one = asked[number]
        if not one.exact:
            if one.prompt is CONNECTION and one.reply is None:
                # A greeting that came before the capture began is none that the client waits for; one
                # that never came is none that it had when the server had said nothing.
                bound = max(bound, 1) if known_start else 0
            asked[number] = one._replace(end=bound)
        bound = next((pair.reply.octets[0] for pair in one.pairs if pair.reply is not None), bound)


def _exchange(evidence: Evidence, number: int, weight: Weight, pair: Pair, again: int) -> Exchange:
    one = evidence.asked[number]
    owed = evidence.asked[weight.required] if weight.required is not None else None
    standing = None
    if not weight.in_step and owed is not None and weight.acknowledged is not None:
        standing = _standing(evidence.asked[weight.outstanding], weight.acknowledged)
    return Exchange(
        index=one.exchange + again,
        prompt=one.prompt,
        reply=pair.reply,
        pairing=pair.certainty,
        sent=_carriers(evidence.client, one.prompt),
        acknowledged=weight.acknowledged,
        required=owed.exchange if owed is not None else None,
        required_end=owed.end if owed is not None and owed.exact else None,
        lead=number - weight.outstanding if weight.acknowledged is not None else 0,
        in_step=weight.in_step,
        pipelining=weight.offered,
        standing=standing,
        again=again > 0,
    )


def _carriers(client: Stream, prompt: Prompt) -> tuple[Sent, ...]:
    if prompt.kind == "connection":
        return ()
    return tuple(one for _, _, one in client.carriers(prompt.start, prompt.end))


def _standing(first: Asked, acknowledged: int) -> Standing:
    """What the client held of the first outstanding reply."""
    reply = first.reply
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


def closes_channel(reply: Reply, server: Stream) -> bool:
    """Whether an unasked reply says that the server closes the channel.

    A 421 says so (RFC 5321, section 3.8); another 4yz does where it is the server's last word.
    """
    if reply.code is None or not reply.complete:
        return False
    return reply.code == 421 or (400 <= reply.code < 500 and reply.octets[1] == server.length)

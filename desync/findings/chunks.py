"""Where the octets of BDAT chunks and what was announced do not agree.

    bdat-cmd = "BDAT" SP chunk-size [ SP end-marker ] CRLF       (RFC 3030, section 2)
    the chunk follows at once, and ends after chunk-size octets, whatever they are

May know exchanges and streams; must not know how a finding is made.
"""

from typing import Final, Literal, NamedTuple, TypeAlias

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.offers import Offer, offers
from desync.findings.run_text import is_chunk_text, texts_run
from desync.smtp.command import looks_like_command, read_command
from desync.smtp.prompt import Prompt
from desync.tcp.stream import Stream
from desync.units import SECOND, UNKNOWN_TIME

LONG_SILENCE: Final = 10 * SECOND
"""A client that is silent for so long in the midst of a chunk believes that it has sent all of it."""

_NEXT: Final = frozenset({"QUIT", "RSET", "MAIL", "BDAT", "NOOP", "EHLO", "HELO"})
"""What a client goes on with behind a chunk."""

Likely: TypeAlias = Literal["dot-stuffing", "line-endings", "end-of-data"]


class Short(NamedTuple):
    """A chunk of which fewer octets came than were announced.

    Attributes:
        sent: How many came.
        verb: The command that the client went on with; None where it stopped.
    """

    sent: int
    verb: str | None


def announced(one: Exchange) -> int:
    """How many octets a BDAT announces."""
    command = one.prompt.command
    return (command.chunk or 0) if command is not None else 0


def chunking_offered(conversation: Conversation, one: Exchange) -> bool | None:
    """Whether the last EHLO reply before an exchange offered CHUNKING; None where that is not known."""
    known = [offer for offer in conversation.once(_offers) if offer.start <= one.prompt.start]
    if known and "CHUNKING" in known[-1].keywords:
        return True
    client = conversation.connection.client_stream
    seen = client.origin == "syn" and client.first_gap >= one.prompt.start
    return False if seen and (not known or known[-1].whole) else None


def _offers(conversation: Conversation) -> list[Offer]:
    return offers(conversation.pairing.pairs)


def left_over(conversation: Conversation) -> dict[int, list[Exchange]]:
    """By each BDAT, what followed its chunk with it and is no command: more came than was announced."""
    return conversation.once(_left_over)


def is_of_chunk(conversation: Conversation, index: int) -> bool:
    """Whether an exchange is no command of the client's, but octets of a chunk, or what one left of one."""
    return index in conversation.once(_of_chunks)


def _of_chunks(conversation: Conversation) -> frozenset[int]:
    found = {other.index for run in left_over(conversation).values() for other in run}
    for one in conversation.exchanges:
        if one.prompt.verb == "BDAT" and one.prompt.terminated and short(conversation, one) is not None:
            found.add(one.index + 1)
    for text in texts_run(conversation):
        if is_chunk_text(conversation, text):
            found.update(range(text.first, text.last + 1))
    return frozenset(found)


def _left_over(conversation: Conversation) -> dict[int, list[Exchange]]:
    exchanges = conversation.exchanges
    found: dict[int, list[Exchange]] = {}
    for one in exchanges:
        if one.prompt.kind != "bdat" or not one.prompt.terminated or short(conversation, one) is not None:
            continue
        run: list[Exchange] = []
        for other in map(exchanges.__getitem__, range(one.index + 1, len(exchanges))):
            if other.again or not _is_of_chunk(one, other, first=not run):
                break
            run.append(other)
        if run:
            found[one.index] = run
    return found


def _is_of_chunk(one: Exchange, other: Exchange, *, first: bool) -> bool:
    """Whether a line behind a chunk was sent with it, and is not the client's next command."""
    prompt = other.prompt
    if prompt.kind != "command" or not other.sent or (first and prompt.start != one.prompt.end):
        return False
    begins = other.sent[0].start == prompt.start
    if prompt.verb is not None and (first or begins) and looks_like_command(prompt.text):
        return False
    if not first:
        return True
    reply = one.reply
    before = reply is not None and other.acknowledged is not None and other.acknowledged < reply.octets[1]
    return prompt.verb is None and (before or not begins)


def likely_cause(client: Stream, one: Exchange, run: list[Exchange]) -> Likely | None:
    """What makes just as many octets more, where something does."""
    extra = run[-1].prompt.end - one.prompt.end
    start, end = one.prompt.end - announced(one), run[-1].prompt.end
    text = client.slice(start, end)
    if len(text) < end - start:
        return None
    if text[-extra:] in (b".\r\n", b"\r\n.\r\n"):
        return "end-of-data"
    if text.count(b"\n..") + text.startswith(b"..") == extra:
        return "dot-stuffing"
    return "line-endings" if text.count(b"\r\n") == extra else None


def short(conversation: Conversation, one: Exchange) -> Short | None:
    """What of a chunk came, where it was less than announced and the client went on or stopped."""
    prompt = one.prompt
    if prompt.kind != "bdat" or not announced(one):
        return None
    if prompt.terminated:
        return _cut_command(conversation, one)
    late = one.reply is None or _was_silent(conversation, one)
    if not late:
        return None
    return _swallowed_command(conversation, prompt) or _stopped(conversation, one)


def _head(client: Stream, prompt: Prompt) -> int:
    """Where a chunk begins."""
    run = client.run_at(prompt.start)
    if run is None:
        return prompt.end
    return run[0] + run[1].find(b"\n", prompt.start - run[0]) + 1


def _cut_command(conversation: Conversation, one: Exchange) -> Short | None:
    """The command in whose midst a chunk ends: its first octets were taken for the chunk's last."""
    client, end = conversation.connection.client_stream, one.prompt.end
    rest = conversation.exchanges[one.index + 1] if one.index + 1 < len(conversation.exchanges) else None
    run = client.run_at(end - 1)
    if rest is None or rest.prompt.start != end or rest.prompt.verb is not None or run is None:
        return None
    head = _head(client, one.prompt)
    start = run[0] + run[1].rfind(b"\n", 0, end - run[0]) + 1
    line = run[1][start - run[0] : rest.prompt.end - run[0]].rstrip(b"\r\n")
    verb = read_command(line).verb
    if not head <= start < end or verb not in _NEXT or not looks_like_command(line):
        return None
    return Short(start - head, verb)


def _swallowed_command(conversation: Conversation, prompt: Prompt) -> Short | None:
    """A command in a segment of its own, within a chunk that never ended."""
    client = conversation.connection.client_stream
    head, found = _head(client, prompt), None
    for sent in reversed([one for _, _, one in client.carriers(head, prompt.end)]):
        line = client.slice(sent.start, sent.end)
        verb = read_command(line.split(b"\n", 1)[0].rstrip(b"\r")).verb
        if sent.start < head or not _is_commands(line):
            break
        found = Short(sent.start - head, verb)
    return found


def _is_commands(octets: bytes) -> bool:
    """Whether octets are whole lines, each a command that a client goes on with."""
    if len(octets) > 1000 or not octets.endswith(b"\n"):
        return False
    lines = [line.rstrip(b"\r") for line in octets[:-1].split(b"\n")]
    return all(read_command(line).verb in _NEXT and looks_like_command(line) for line in lines)


def _stopped(conversation: Conversation, one: Exchange) -> Short | None:
    """A client that sent no more of a chunk, though the server had taken it all, and was silent for long."""
    if not _was_silent(conversation, one):
        return None
    client = conversation.connection.client_stream
    return Short(client.length - _head(client, one.prompt), None)


def _was_silent(conversation: Conversation, one: Exchange) -> bool:
    """Whether all that came of a chunk was acknowledged, and a long silence followed.

    A server that closes its window makes the client wait: that is no silence of the client's.
    """
    connection = conversation.connection
    rows, client = connection.rows, connection.client_stream
    if not connection.times_sound or not one.sent or one.sent[-1].time == UNKNOWN_TIME:
        return False
    heard = [
        (other, time, window)
        for side, other, time, window in zip(
            rows.side, connection.assembly.acknowledged, rows.time, rows.window, strict=True
        )
        if side != connection.client_side and other is not None
    ]
    taken = [time for other, time, _ in heard if other >= client.length]
    if not all(window for _, time, window in heard if taken and time >= min(taken)):
        return False
    known = [time for time in rows.time if time != UNKNOWN_TIME]
    return bool(taken) and bool(known) and max(known) - max(one.sent[-1].time, min(taken)) >= LONG_SILENCE

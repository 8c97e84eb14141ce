"""Any octets as what client and server say, with holes: lines, replies, prompts."""

from fuzz.feed import Feed
from smtp.columned import cut_at, pieces_of
from smtp.spoken import grown, holed, stream

from desync.smtp.breaks import bare_breaks
from desync.smtp.client import first_verb, nonstandard_ends, read_prompt, standard_end, without_chunk
from desync.smtp.foreign import foreign_protocol, handshake_at
from desync.smtp.line_columns import lines_of
from desync.smtp.lines import lines_between
from desync.smtp.prefix import read_prefix
from desync.smtp.prompt import Phase
from desync.smtp.reply import read_reply
from desync.smtp.routes import form_of
from desync.smtp.server import Replies
from desync.smtp.server_name import server_name
from desync.tcp.stream import Stream

LONGEST = 700
"""Octets that are worth while."""

MOST = 600
"""Octets of a stream that are looked at: some of what is asked here takes their square."""


def seeds() -> list[bytes]:
    """What clients and servers say, with a hole here and there."""
    said = [
        b"220-mx\r\n220 ready\r\n250 ok\r\n",
        b"EHLO gw\r\nMAIL FROM:<a@b>\r\nDATA\r\n",
        b"Subject: x\r\n\r\n..\r\n.\r\nQUIT\r\n",
        b"BDAT 5 LAST\r\nabcdeQUIT\r\n",
        b"250-one\r\n250 two\n550 x\r",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nEHLO x\r\n",
        b"\x05\x01\0\x05\x01\0\x01abcdPP\x05\0\x05\0\0\x01abcdPP",
        b"\x16\x03\x01\0\x05\x01\0\0\0\0STARTTLS\r\n\n.\n",
    ]
    return [bytes([1, 0, place, 3, 2, 0, 5, 0, 9]) + one for one in said for place in (0, 12)]


def run(octets: bytes) -> None:
    """Streams of these octets, whole, with holes, and as they grow, are read without a word lost."""
    feed = Feed(octets)
    holes = [(feed.number(2) % MOST, 1 + feed.number() % 40) for _ in range(feed.number() % 4)]
    cuts = [feed.number(2) % MOST for _ in range(feed.number() % 6)]
    said = feed.rest()[:MOST]
    whole = stream(said)
    _lines(whole, said)
    _columns(said, cuts)
    for one in (whole, holed(said, holes)):
        _replies(one)
        for phase in Phase:
            _prompts(one, phase)
    _grown(said[:120])
    half = len(said) // 2
    read_prefix(said[:half], said[half:])
    for part in (said, said[:half], said[half:]):
        foreign_protocol(part)
        handshake_at(part)
        server_name(part)
        form_of(part)


def _lines(whole: Stream, said: bytes) -> None:
    lines = lines_between(whole, 0)
    assert b"".join(said[one.start : one.end] for one in lines) == said
    assert all(one.whole for one in lines)
    assert [one.terminated for one in lines[:-1]] == [True] * len(lines[:-1])


def _columns(said: bytes, cuts: list[int]) -> None:
    if not said:
        return
    found = lines_of(*pieces_of({0: cut_at(said, cuts)}))
    lines = [one for one in lines_between(stream(said), 0) if one.terminated]
    assert found.start.tolist() == [one.start for one in lines]
    assert found.end.tolist() == [one.end for one in lines]


def _replies(one: Stream) -> None:
    at = 0
    replies = Replies(one).all()
    for index, reply in enumerate(replies):
        assert reply.index == index
        start, end = reply.octets
        assert at <= start < end <= one.length
        assert reply.lines[0].line.start == start
        assert reply.lines[-1].line.end == end
        assert reply.code is None or 0 <= reply.code <= 999
        assert reply.complete or index == len(replies) - 1 or not reply.whole or one.gaps
        at = end


def _grown(said: bytes) -> None:
    """A reply that is complete stays as it is, whatever comes behind it."""
    known: list[object] = []
    for one in grown(said):
        lines = lines_between(one, 0)
        reply = read_reply(lines, 0) if lines else None
        if reply is not None and reply.complete:
            known.append((reply.octets, reply.code, len(reply.lines)))
    assert len(set(known)) <= 1


def _prompts(one: Stream, phase: Phase) -> None:
    at, steps = 0, 0
    while (prompt := read_prompt(one, at, phase)) is not None:
        assert at <= prompt.end
        assert prompt.start <= prompt.end <= one.length
        list(nonstandard_ends(one, prompt.start, prompt.end))
        standard_end(one, prompt.start)
        without_chunk(one, prompt)
        bare_breaks(one, prompt.start, prompt.end)
        steps += 1
        if prompt.end == at:
            break
        at = prompt.end
    assert steps <= one.length + 1
    first_verb(one, 0)

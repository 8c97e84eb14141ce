"""A conversation that a fuzzer writes: turns, how they are sent, and what is found in it."""

from itertools import pairwise

from build import Sent, cut
from fuzz.feed import Feed
from tcp.handmade import ENDS, MAIL, frames, rows_of
from test_properties import evidence, outline

from desync.exchanges.conversation import Conversation, converse
from desync.findings.finding import Facts
from desync.findings.judge import judge
from desync.tcp.connection import connect
from desync.tcp.split import split_connections

LONGEST = 400
"""Octets that are worth while."""

WORDS = (
    b"220 mx\r\n", b"220-mx\r\n", b"250 ok\r\n", b"250-PIPELINING\r\n", b"250 SIZE 9\r\n", b"354 go\r\n",
    b"EHLO gw\r\n", b"HELO gw\r\n", b"MAIL FROM:<a@b>\r\n", b"RCPT TO:<c@d>\r\n", b"DATA\r\n", b".\r\n",
    b"text\r\n", b"\r\n", b"QUIT\r\n", b"221 bye\r\n", b"RSET\r\n", b"NOOP\r\n", b"550 no\r\n",
    b"421 gone\r\n", b"250-mx\r\n", b"250-CHUNKING\r\n", b"BDAT 5 LAST\r\n", b"BDAT 4\r\n", b"12345",
    b"AUTH LOGIN\r\n", b"334 VXNlcm5hbWU6\r\n", b"YQ==\r\n", b"235 ok\r\n", b"*\r\n", b"STARTTLS\r\n",
    b"250-STARTTLS\r\n", b"LHLO gw\r\n", b"TURN\r\n", b"XCLIENT ADDR=192.0.2.1\r\n",
    b"\x16\x03\x01\0\x05\x01\0\0\0\0", b"BURL x LAST\r\n", b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
    b"250-PIPE_CONNECT\r\n", b"220 ", b"250", b"\r", b"\n", b"\0", b"\r\n.\r\n", b"\n.\n", b".",
    b"RCPT TO:<x%y@z>\r\n", b"XXXX\r\n", b"220 ****\r\n", b"500 what\r\n", b"250 ok queued as 4F1\r\n",
    b"451 later\r\n", b"GET / HTTP/1.1\r\n", b"x" * 1100, b"\x1b]0;x\x07", b"\xff\xfe", b"250-XXXXXXXA\r\n",
    b"MAIL FROM:<a@b> BODY=BINARYMIME\r\n", b"503 bad\r\n", b"530 login\r\n", b"VRFY a\r\n",
)  # fmt: skip
STEPS = (1, 0, 20, 400, 3_000, 40_000, -3_000)
"""Milliseconds between two segments."""


def write_turns(feed: Feed) -> tuple[list[Sent], bool]:
    """Segments of a connection, and whether each follows the one before without a hole or a copy."""
    orderly = feed.number() % 4 > 0
    time = 1_700_000_000_000_000_000
    sent = [
        Sent("client", 0, b"", None, time, "S"),
        Sent("server", 0, b"", 0, time + 1_000_000, "S"),
        Sent("client", 0, b"", 0, time + 2_000_000, ""),
    ][feed.choice((0, 0, 0, 0, 1, 3)) :]
    ends, known = {"client": 0, "server": 0}, {"client": 0, "server": 0}
    while feed and len(sent) < 60:
        kind = feed.number()
        side = "client" if kind & 1 else "server"
        other = "server" if kind & 1 else "client"
        count, stale, odd = kind >> 1 & 7, kind >> 4 & 3, kind >> 6
        octets = b"".join(feed.choice(WORDS) for _ in range(count))
        octets = octets[: -feed.number() or None] if odd == 1 else octets
        octets += feed.take(feed.number() % 20) if odd == 2 else b""
        time += 1_000_000 * feed.choice(STEPS)
        heard_of = (ends[other], known[side], max(ends[other] - feed.number(), known[side]))
        known[side] = heard_of[min(stale, 2)] if stale < 3 else ends[other]
        offset, flags = ends[side], "P" if octets else ""
        if odd == 3:
            flags = feed.choice(("F", "R", "P", "U", "FP"))
            offset += 0 if orderly else feed.choice((0, -1, -8, 5, 1460))
        orderly = orderly and "F" not in flags and "R" not in flags
        sent.append(Sent(side, max(offset, 0), octets, known[side], max(time, 0), flags))
        ends[side] = max(ends[side], offset + len(octets))
    return sent, orderly


def seeds() -> list[bytes]:
    """Lawful dialogues, and one with a greeting in two pieces."""
    # Turns of a lawful dialogue: kind (side, words), the words, the step in time.
    plain = [(0, [0]), (1, [6]), (0, [20, 3, 4]), (1, [8]), (0, [2]), (1, [9]), (0, [2]), (1, [10]), (0, [5]),
             (1, [12, 11]), (0, [51]), (1, [14]), (0, [15])]  # fmt: skip
    early = [(1, [6]), (0, [39]), (1 | 16, [8]), (0, [12]), (0, [20, 4]), (1, [10, 12, 11]), (0, [18, 50])]
    found = []
    for turns in (plain, early, plain[:3] + early[2:]):
        body = b"".join(
            bytes([kind | len(words) << 1, *words, 2, 3]) for kind, words in turns if len(words) < 8
        )
        found += [bytes([at, at, 0, 1, 0]) + body for at in range(4)]
    return found


def run(octets: bytes) -> None:
    """A conversation is read and judged; cut into other segments it is the same."""
    feed = Feed(octets)
    places = [1 + feed.number() % 60 for _ in range(feed.number() % 4)]
    sent, orderly = write_turns(feed)
    whole = [_judged(one) for one in _conversations(sent)]
    if orderly and len(whole) == 1:
        parts = [part for one in sent for part in cut(one, *places)]
        again = _judged(*_conversations(parts))
        assert outline(again) == outline(whole[0])
        assert evidence(again) == evidence(whole[0])


def _conversations(sent: list[Sent]) -> list[Conversation]:
    if not sent:
        return []
    rows = rows_of(frames(sent))
    connections = [connect(rows.pick(part), ENDS, MAIL) for part in split_connections(rows)]
    return [converse(one, implicit_tls=False) for one in connections]


def _judged(one: Conversation) -> Conversation:
    client, server = one.connection.client_stream, one.connection.server_stream
    for earlier, later in pairwise(one.exchanges):
        assert earlier.index + 1 == later.index
        assert earlier.prompt.start <= later.prompt.start <= later.prompt.end <= client.length
    replies = [each.reply for each in one.exchanges if each.reply is not None] + list(one.unpaired)
    for reply in replies:
        assert 0 <= reply.octets[0] < reply.octets[1] <= server.length
    for finding in judge(one, Facts()):
        assert finding.certainty in {"proved", "consistent", "inconclusive"}
        first, last = finding.exchanges or (0, 0)
        assert 0 <= first <= last < len(one.exchanges)
        assert finding.frames or finding.rule.code.startswith("CAP")
    return one

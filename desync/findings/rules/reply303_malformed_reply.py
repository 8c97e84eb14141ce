r"""REPLY303 malformed-reply

The server sent a line where a reply belongs that is no reply line.

Fires when
    A line of the server's stream, outside TLS, does not begin with a three-digit code; or
    something other than a space, a hyphen or the line's end follows the code; or the line
    is empty, holds a NUL, or is longer than a reply line may be. The finding quotes it.

    Certainty: the octets say it. Inconclusive where a hole lies in or before the line: what
    is left of a reply behind a hole may look like this.

Does not fire when
    - The line is a code alone, "250" and CRLF: RFC 5321 asks receivers to accept that.
    - The line is one reply's part that came in several segments: lines are joined first.
    - The lines of one reply carry different codes: REPLY304. The line never ends: REPLY305.
    - Octets behind STARTTLS and its 220 are TLS: CAP912.

    Not known: whether the server wrote the line, or a box between. A greeting of asterisks
    is a box's work.

Why it matters
    Each client guesses in its own way: it fails, it skips the line, or it counts it as a
    reply and is one off from then on. An empty line between replies is the worst of these,
    because it shows only in some clients.

What to do
    client: Do not guess: an answer that is no reply makes the connection unusable. Close
        it, and log the line.
    server: Build replies in one place that sets code, separator and CRLF for every line.

Example
    The second line lacks its code.

        frame 6  S: "250-mx.example.org\r\n"   [26, 46)
        frame 7  S: "SIZE 10240000\r\n"        [46, 61)
        frame 8  S: "250 HELP\r\n"             [61, 71)

        desync show captures/rules/REPLY303-malformed-reply.fires.pcap --stream 0

See it in Wireshark
    Server segments that do not begin with a reply code (the rest of a split line shows here
    as well; look at the segment before):

        tcp.srcport == 25 && tcp.len > 0 && !(tcp.payload matches "^[2-5][0-9][0-9][ -]")

References
    - RFC 5321, section 4.2: the form of a reply line; section 4.5.3.1.5: its length, 512
      octets with code and CRLF.
    - Empty lines between replies:
      https://github.com/internetstandards/Internet.nl/issues/560
    - A line of the EHLO reply without its code:
      https://github.com/rnwood/smtp4dev/issues/5
    - A missing CRLF that glues lines: https://github.com/flashmob/go-guerrilla/pull/44
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_reply
from desync.findings.rule import Rule
from desync.smtp.limits import LONGEST_LINE
from desync.smtp.reply import Reply, ReplyLine

RULE: Final = Rule(code="REPLY303", name="malformed-reply", severity="error", blame="server")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find replies that break the grammar of a reply line."""
    if conversation.foreign is not None:
        return
    for reply in conversation.replies:
        wrong = [
            (line, what_is_wrong(line)) for line in reply.lines if line.line.whole and line.line.terminated
        ]
        broken = [(line, what) for line, what in wrong if what]
        if broken:
            line, what = broken[0]
            yield of_reply(
                RULE,
                conversation,
                reply,
                message=f"{what} where a reply line should be",
                certainty="proved" if _is_captured(conversation, reply) else "inconclusive",
                details={"what": what, "lines": len(broken), "octets": [line.line.start, line.line.end]},
            )


def _is_captured(conversation: Conversation, reply: Reply) -> bool:
    """Whether a reply, and all before it, was captured without a hole or a differing copy."""
    stream = conversation.connection.server_stream
    return (
        reply.whole
        and stream.origin == "syn"
        and stream.first_gap >= reply.octets[1]
        and stream.disputed is None
    )


def what_is_wrong(line: ReplyLine) -> str:
    """Say how a line breaks the grammar of a reply line; nothing where it does not."""
    if not line.line.text:
        return "an empty line"
    if b"\0" in line.line.text:
        return "a line with a NUL"
    if line.code is None:
        return "a line without a three-digit code"
    if line.separator not in ("", " ", "-"):
        return "a line whose code is followed by neither blank nor hyphen"
    if not 200 <= line.code <= 599:
        return "a line with a code that cannot be"
    if line.line.end - line.line.start > LONGEST_LINE:
        return f"a line of {line.line.end - line.line.start} octets"
    return ""

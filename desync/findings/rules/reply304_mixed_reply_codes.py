r"""REPLY304 mixed-reply-codes

The lines of one reply carry different codes.

Fires when
    A line with a hyphen behind its code is followed by a line with another code, before the
    reply has ended: "250-" and then "550 ". The finding names all codes of the reply.

    Certainty: the octets say it. Inconclusive where a hole lies between the lines: the end
    of one reply and the beginning of another may be missing.

Does not fire when
    - Two replies follow each other, each ended by a line with a space behind its code: the
      replies to a pipelined group, or LMTP's several replies to one end of data.
    - A line is no reply line at all: REPLY303.
    - The reply's last line never came, and the connection ended: REPLY305.

    Not known: which of the codes the server meant, and where one reply was to end and the
    next to begin. A lost last line and a wrong hyphen look alike.

Why it matters
    RFC 5321 says that the codes must be the same. Some clients act on the first code, some
    on the last: the same reply accepts a message for one and refuses it for the other. If
    the hyphen is the mistake, client and server disagree from here on about how many
    replies there were.

What to do
    client: Treat it as a broken server: close the connection. Do not choose the code that
        suits.
    server: Give all lines of a reply one code, the last line with a space. Where two
        replies were meant, end the first one.

Example
        frame 12  S: "250-2.1.5 Ok\r\n"              [120, 134)
        frame 13  S: "550 5.1.1 Unknown user\r\n"    [134, 158)

        desync show captures/rules/REPLY304-mixed-reply-codes.fires.pcap --stream 0

See it in Wireshark
    Wireshark has a note of its own for this, where the lines share a reassembled reply:

        smtp.response.code.unexpected
        tcp.srcport == 25 && tcp.payload matches "^[2-5][0-9][0-9]-"

References
    - RFC 5321, section 4.2.1: in a reply of several lines the code on each MUST be the
      same.
    - RFC 5321, section 4.2: the form of a reply, and which line ends it.
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_reply
from desync.findings.rule import Rule

RULE: Final = Rule(code="REPLY304", name="mixed-reply-codes", severity="error", blame="server")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find multi-line replies whose lines carry different codes."""
    for reply in conversation.replies:
        if reply.codes_agree:
            continue
        codes = [line.code for line in reply.lines if line.code is not None]
        named = ", ".join(str(code) for code in dict.fromkeys(codes))
        yield of_reply(
            RULE,
            conversation,
            reply,
            message=f"the lines of one reply carry the codes {named}",
            certainty="proved" if reply.whole else "inconclusive",
            details={"codes": list(codes)},
        )

r"""REPLY310 split-command-misread

A command arrived at the server in two segments, and the server answered each piece: it
takes what one read gives it for a command.

Fires when
    A reply that answers no command left the server when it had a part of a command's line:
    its segment acknowledges the line up to the place where the client's segment ended, and no
    further. The rest of the line drew a refusal, or nothing. The finding names the command,
    the cut, and the reply.

    Also where the rest had arrived by then: a command in several segments was not recognised
    (500 to 502), and the reply next to that, a surplus one, says the same.

    Certainty: proved by the acknowledgment number of the reply's segment, in a connection that
    was captured from its SYN without holes. Consistent where only the codes show it;
    inconclusive where octets are missing.

Does not fire when
    - The command in several segments drew one reply: the server read to the CRLF.
    - The reply is a 421: a server may close at any time (REPLY308).
    - Mail data or a chunk was refused before it had ended.
    - The command itself was accepted: then the surplus reply has another cause (REPLY306).
    - The pieces are lines of their own: each draws a reply.

    Not known: what the server did with the pieces. Where the first one was a whole command but
    for its CRLF, it may have been obeyed.

Why it matters
    The mirror image of SYNC102: here it is the server that mistakes a segment for a line. The
    client did nothing wrong, but has one reply too many from there on, and takes it for the
    answer to its next command. It happens with long groups, slow links, and TLS libraries that
    write the first octet apart.

What to do
    client: Nothing is wrong with it. Close the connection where replies and commands do not
        match. Shorter groups make the cut rarer.
    server: Collect octets until there is a CRLF, and read one command up to it. What lies
        behind it stays for the next.

Example
        frame 7  C: "MAIL FROM:<anna@example.net>\r\nRCP"    acknowledges 68
        frame 8  S: "250 2.1.0 Ok\r\n"                       [68, 82), acknowledges all of that
        frame 8  S: "500 5.5.2 What?\r\n"                    [82, 99)
        frame 9  C: "T TO:<bert@example.org>\r\n"            acknowledges 99

        desync show captures/rules/REPLY310-split-command-misread.fires.pcap --stream 0

See it in Wireshark
    Segments of the client that do not end a line; then compare tcp.ack of the next reply with
    their tcp.nxtseq:

        tcp.dstport == 25 && tcp.len > 0 && !(tcp.payload[-2:] == 0d:0a)

References
    - RFC 5321, section 2.3.8: only CRLF ends a line; section 4.2: one reply for each command.
    - RCP and T TO: in two segments: https://github.com/normanmaurer/niosmtp/issues/35
    - M and AIL FROM, in two TLS records:
      https://bitbucket.org/jsuto/piler/issues/638/handing-of-segmented-tls-data
    - STARTTLS and its CRLF in two segments:
      https://github.com/thunderbird/thunderbird-android/pull/456
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_exchanges, reply_segments
from desync.findings.rule import Certainty, Rule
from desync.findings.split_commands import Misread, misread_commands

RULE: Final = Rule(code="REPLY310", name="split-command-misread", severity="error", blame="server")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find commands that were answered piece by piece."""
    for misread in misread_commands(conversation).values():
        one = conversation.exchanges[misread.exchange]
        own = one.reply.octets if one.reply is not None else misread.reply.octets
        yield of_exchanges(
            RULE,
            [one],
            message=f"{one.prompt.verb or 'a command'}, which came in {len(one.sent)} segments, was "
            f"answered piece by piece: a {misread.reply.code} to the first {misread.cut - one.prompt.start} "
            "octets",
            certainty=_certainty(misread),
            segments=[
                *one.sent,
                *reply_segments(conversation, *misread.reply.octets),
                *reply_segments(conversation, *own),
            ],
            details={
                "cut": misread.cut,
                "octets": [one.prompt.start, one.prompt.end],
                "segments": len(one.sent),
                "reply_octets": list(misread.reply.octets),
                "reply_code": misread.reply.code,
                "acknowledged": misread.cut if misread.shown else None,
                **({} if misread.sure else {"reasons": ["octets that the verdict needs were not captured"]}),
            },
        )


def _certainty(misread: Misread) -> Certainty:
    if not misread.sure:
        return "inconclusive"
    return "proved" if misread.shown else "consistent"

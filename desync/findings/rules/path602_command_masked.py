r"""PATH602 command-masked

A command, or a keyword in the reply to EHLO, was overwritten on the way: with X, or by
NOOP, at the same length.

Fires when
    - A line of the reply to EHLO offers a keyword of X alone, or of X and one last letter
      (XXXXXXXXXXB), of at least four letters.
    - The client's command arrives as X (XXXX mail.example.net) and is refused, or not
      answered.
    - It arrives as a NOOP with what belongs to another verb: a path (NOOP TO:<...>), an AUTH
      mechanism, a row of blanks, or as the first command a host's name (NOOP
      mail.example.net).
    - A refusal (500 to 504) quotes as many X as the command's verb, or the whole line, has
      octets, while the client had sent none: the server read something else.

    One finding for a connection; details name each place: exchange, kind, offset, octets.

    Certainty: consistent, never proved: in one capture only the pattern shows. Captures of the
    same connection on both sides of the box would prove it.

Does not fire when
    - The verb or keyword merely begins with X: XCLIENT, XFORWARD, XVERB, X-EXPS, XYZZY.
    - The keyword stands where STARTTLS stood: TLS503.
    - The word stands in mail text, or in mail text that ran as commands.
    - A NOOP has another argument: RFC 5321 allows any.

    Not known: what stood there. The length is that of the original.

Why it matters
    The box decides what two mail programs may say. A client whose EHLO became a NOOP takes
    its 250 for the server's offer; an AUTH or BDAT that became X fails for no reason that
    either log shows. Octets that count (a chunk's length) may be left behind in the dialogue.

What to do
    client: Fall back to HELO where EHLO draws a refusal. Report it to the server's owner.
    server: Have mail inspection switched off on the firewall (no inspect esmtp; on a PIX, no
        fixup protocol smtp 25). Capture on both sides of it to show that it is the box.

Example
    ENHANCEDSTATUSCODES has 19 letters.

        frame 6  S: "250-mx.example.org\r\n250-XXXXXXXXXXXXXXXXXXB\r\n250 HELP\r\n"   [32, 87)

        desync show captures/rules/PATH602-command-masked.fires.pcap --stream 0

See it in Wireshark
    Keywords, commands and quotes of X:

        smtp.rsp.parameter contains "XXXX" || smtp.req.command == "XXXX"
        smtp.req.command == "NOOP" && smtp.req.parameter

References
    - RFC 5321, section 4.1.1.9: NOOP may have an argument; section 4.1.5: X keywords.
    - Unknown commands become NOOP, at the same length:
      https://puck.nether.net/pipermail/cisco-nsp/2004-November/014446.html
    - Commands become X, and the server says 500: Cisco document 113423, ASA ESMTP and SMTP
      inspection.
    - 'Command unrecognized: "XXXXXXXX"':
      https://helpdesk.perfectmail.com/index.php?/Knowledgebase/Article/View/24/20
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_exchanges, reply_segments
from desync.findings.masked import Mask, Masked, masked
from desync.findings.rule import Rule
from desync.findings.wording import counted

RULE: Final = Rule(code="PATH602", name="command-masked", severity="warning", blame="path")

MOST_NAMED: Final = 20
"""Places named in one finding; the number of all of them is given beside."""

_WORDS: Final[dict[Mask, tuple[str, str]]] = {
    "keyword": ("keyword", "in the reply to EHLO overwritten with X"),
    "command": ("command", "overwritten with X"),
    "noop": ("command", "turned into NOOP"),
    "quoted": ("command", "quoted by the server as X"),
}


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find what was overwritten on the way, by its pattern."""
    found = masked(conversation) if conversation.foreign is None else []
    if not found:
        return
    run = [conversation.exchanges[index] for index in sorted({one.exchange for one in found})]
    yield of_exchanges(
        RULE,
        run,
        message=_message(found),
        certainty="consistent",
        segments=[
            segment
            for one in run[:MOST_NAMED]
            if one.reply is not None
            for segment in reply_segments(conversation, *one.reply.octets)
        ],
        details={
            "masked": len(found),
            "places": [
                {"exchange": one.exchange, "kind": one.kind, "offset": one.offset, "octets": one.octets}
                for one in found[:MOST_NAMED]
            ],
        },
    )


def _message(found: list[Masked]) -> str:
    """Count what was overwritten, by its kind: ``1 command turned into NOOP``."""
    counts = {kind: sum(1 for one in found if one.kind == kind) for kind in _WORDS}
    return ", ".join(
        f"{counted(counts[kind], noun)} {what}" for kind, (noun, what) in _WORDS.items() if counts[kind]
    )

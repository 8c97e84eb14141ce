r"""TLS501 starttls-command-injection

Plain text stands behind STARTTLS, sent before the client had received the reply to it: a
server that keeps what it has read runs it inside TLS, as if it had come encrypted
(CVE-2011-0411).

Fires when
    Octets that are no TLS record follow the STARTTLS line, and the segment that first carried
    them acknowledges less than the whole reply to STARTTLS; it may be the segment of STARTTLS
    itself. The finding says how many octets and which commands, and what became of them as
    far as it can be seen (details, fate):

    - inside-tls: the server said 220, and TLS follows. Whether it used them inside TLS cannot
      be seen.
    - answered: it answered some of them in plain text, behind its 220.
    - starttls-refused: it refused STARTTLS. They are commands in plain text, sent too early.
    - unanswered: neither TLS nor replies follow.

    Certainty: proved by the acknowledgment number, or by the shared segment; inconclusive
    where octets before it are missing, the capture begins in mid-stream, or the server's side
    is not in it.

Does not fire when
    - A TLS handshake follows STARTTLS at once, before the 220: too early, but no plain text;
      CAP912 says so.
    - The 220 had been received, and the client goes on in plain text: a capture that was
      rewritten without TLS, or a client that does not start it.
    - The client waited long for the reply, gave up, and starts no TLS: SYNC107, or QUIT.
    - Text stands behind the server's 220: TLS502.

    Not known: who put it there. The client may pipeline where it must not, or somebody between
    the capture and the client added octets to its stream. Not known either what a server did
    with them once TLS runs: look for a reply inside TLS that nobody asked for in its log.

Why it matters
    Who can write into the plain part of a connection can so put commands in front of those that
    the client sends encrypted: a MAIL and RCPT of his own, to which the client's message goes
    with its password, or an EHLO that shifts every later reply by one.

What to do
    client: Send nothing behind STARTTLS until its reply has been read to the end. Then start
        the handshake, and nothing else.
    server: Throw away all input that lies in the buffer when the 220 is written, or refuse the
        connection. Postfix has done so since 2.8.

Example
    A MAIL and a RCPT that are not the client's stand behind its STARTTLS.

        frame 7   C: "STARTTLS\r\nMAIL FROM:<mallory@exam...    acknowledges 82
        frame 8   S: "220 2.0.0 Ready to start TLS\r\n"         [82, 112)
        frame 9   C: "\x16\x03\x01\x00\x8f..."                  the handshake

        desync show captures/rules/TLS501-starttls-command-injection.fires.pcap --stream 0

See it in Wireshark
    More than "STARTTLS" and its CRLF in the client's segment, or text between it and the
    handshake:

        tcp.payload matches "^(?i)starttls\r\n."
        smtp.req.command == "STARTTLS" || tls.handshake.type == 1

References
    - RFC 3207, section 4: STARTTLS is the last command of a group, and behind the 220 comes
      the handshake; section 4.2: both sides forget what was said in plain text.
    - CVE-2011-0411: https://www.postfix.org/CVE-2011-0411.html
    - NO STARTTLS, command injection: https://nostarttls.secvuln.info/
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from itertools import takewhile
from typing import Final, Literal, TypeAlias

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.findings.finding import Evidence, Facts, Finding
from desync.findings.making import of_exchanges, reply_segments
from desync.findings.out_of_turn import waited
from desync.findings.rule import Rule
from desync.findings.starttls import doubts, starttls
from desync.findings.wording import commands

RULE: Final = Rule(code="TLS501", name="starttls-command-injection", severity="error", blame="client")

Fate: TypeAlias = Literal["inside-tls", "answered", "starttls-refused", "unanswered"]

_SAID: Final[dict[Fate, str]] = {
    "inside-tls": "whether the server used it inside TLS cannot be seen",
    "answered": "the server answered it in plain text",
    "starttls-refused": "STARTTLS was refused, and it was read as commands",
    "unanswered": "nothing shows that the server used it",
}


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find plain text behind STARTTLS that came before the reply to it."""
    for asked in starttls(conversation):
        run = _ahead_of_reply(conversation, asked)
        if run and not _gave_up(conversation, run[0]):
            yield _finding(conversation, asked, run)


def _ahead_of_reply(conversation: Conversation, asked: Exchange) -> list[Exchange]:
    """What stands behind a STARTTLS, up to the first that came after the reply to it."""
    behind = map(conversation.exchanges.__getitem__, range(asked.index + 1, len(conversation.exchanges)))
    return list(takewhile(lambda one: _is_ahead(asked, one), behind))


def _is_ahead(asked: Exchange, one: Exchange) -> bool:
    """Whether an exchange came before its client had received the whole reply to STARTTLS."""
    if one.again or one.in_step is True or one.acknowledged is None:
        return False
    return asked.reply is None or not asked.reply.complete or one.acknowledged < asked.reply.octets[1]


def _gave_up(conversation: Conversation, one: Exchange) -> bool:
    return conversation.encryption is None and waited(conversation, one) is not None


def _finding(conversation: Conversation, asked: Exchange, run: list[Exchange]) -> Finding:
    shares = bool(asked.sent and run[0].sent and asked.sent[-1] == run[0].sent[0])
    evidence: tuple[Evidence, ...] = ("ack", "same-segment") if shares else ("ack",)
    octets, fate = run[-1].prompt.end - run[0].prompt.start, _fate(conversation, asked, run)
    reasons = doubts(conversation, asked, client=run[0].prompt.end)
    where = "in its segment" if shares else "before its reply had arrived"
    text = "1 octet" if octets == 1 else f"{octets} octets"
    return of_exchanges(
        RULE,
        run,
        message=f"{text} of plain text ({commands(run)}) behind STARTTLS, {where}; {_SAID[fate]}",
        certainty="inconclusive" if reasons else "proved",
        evidence=evidence,
        segments=[
            *asked.sent,
            *(reply_segments(conversation, *asked.reply.octets) if asked.reply is not None else ()),
        ],
        details={
            "starttls": asked.index,
            "code": asked.reply_code,
            "octets": octets,
            "lines": len(run),
            "answered": sum(one.reply is not None for one in run),
            "fate": fate,
            **({"reasons": reasons} if reasons else {}),
        },
    )


def _fate(conversation: Conversation, asked: Exchange, run: list[Exchange]) -> Fate:
    """What became of the text, as far as it can be seen."""
    if asked.reply_code is not None and asked.reply_code >= 400:
        return "starttls-refused"
    if any(one.reply is not None for one in run):
        return "answered"
    encryption = conversation.encryption
    begun = encryption is not None and encryption.exchange == asked.index
    return "inside-tls" if begun else "unanswered"

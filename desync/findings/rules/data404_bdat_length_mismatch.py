r"""DATA404 bdat-length-mismatch

What follows BDAT is not as long as BDAT said, or the server read the octets of a refused
chunk as commands: from there on one side reads text where the other sends commands.

Fires when
    One of three (details, kind):

    - too-many: behind the octets announced stand others, sent with them, that are no command:
      the server reads the message's end as commands. Where just as many octets come from
      dot-stuffing, from LF written as CRLF, or are a final dot, the finding says so (details,
      likely).
    - too-few: fewer octets came than announced. The client's next command was taken for the
      end of the chunk, or the client stopped, its octets all acknowledged, and both sides
      waited.
    - read-as-commands: BDAT was refused, and each line of its chunk drew a reply of its own;
      some may have been obeyed. Where the server had offered CHUNKING and BDAT is well formed,
      it is the server's doing.

    Certainty: too-many is proved where the connection was captured from its SYN without holes
    and order alone pairs its replies. The others are consistent: a chunk may hold lines that
    look like commands, and which reply belongs to which line is found by alignment.
    Inconclusive where octets are missing.

Does not fire when
    - Chunks and commands stand in one segment, MAIL, RCPT and BDAT in one group, BDAT 0 LAST,
      chunks that end in the midst of a line: all lawful (RFC 3030, sections 2 and 4.2).
    - A refused chunk is taken off the input and draws one reply: as it should be.
    - BDAT has no number, or one too large, is refused, and no text follows.
    - BDAT follows DATA in one transaction, or the reverse: 503 is right, and nothing is out of
      step.
    - The connection breaks off within a chunk, without a long silence before.

    Not known: whether a chunk that was counted right holds the right octets. A text that was
    dot-stuffed before it was counted has its dots doubled in the mailbox.

Why it matters
    Text that runs as commands is lost, draws replies that the client reads as answers to other
    commands, and is obeyed where it looks like a command. A chunk too short makes both sides
    wait until one gives up, and the message is sent again, for ever.

What to do
    client: Count the octets as they leave: after line endings were made CRLF, no dots doubled.
        Behind a refused BDAT send RSET, and no more chunks.
    server: Read the announced octets and throw them away before answering with 4yz or 5yz, also
        where no recipient or no MAIL was accepted.

Example
    The message was counted before two lines got a second dot: two octets are left over.

        frame 9   C: "BDAT 47 LAST\r\nSubject: dots\r\n...       49 octets behind the line
        frame 10  S: "250 2.0.0 Ok: queued as 1A2B\r\n"        [110, 140)
                  S: "500 5.5.2 What?\r\n"                     [140, 157)

        desync show captures/rules/DATA404-bdat-length-mismatch.fires.pcap --stream 0

See it in Wireshark
    Add up the tcp.len behind each BDAT line up to its reply, and hold it against the number:

        smtp.req.command == "BDAT" || smtp.response.code in {250, 500, 501, 502, 503}

References
    - RFC 3030, section 2: the size counts octets, no dot-stuffing, no end-of-data; on failure
      the server must accept and discard the chunk; section 4.2: chunks in a group.
    - A refused chunk read as commands: https://github.com/emersion/go-smtp/issues/315
    - Dots doubled in a chunk: https://github.com/eclipse-ee4j/angus-mail/issues/209
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Literal, NamedTuple, TypeAlias

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.mail_text import MailText
from desync.findings.certainty import DIFFER, copies_differ, first_unforced
from desync.findings.chunks import Short, announced, chunking_offered, left_over, likely_cause, short
from desync.findings.finding import Detail, Facts, Finding
from desync.findings.making import of_exchanges, reply_segments
from desync.findings.rule import Blame, Certainty, Rule
from desync.findings.run_text import is_chunk_text, texts_run
from desync.findings.wording import counted

RULE: Final = Rule(code="DATA404", name="bdat-length-mismatch", severity="error", blame="client")

MOST_SHOWN: Final = 20
"""Exchanges whose replies are among the frames of one finding; its exchanges name all."""

Kind: TypeAlias = Literal["too-many", "too-few", "read-as-commands"]

_BECAUSE: Final = {
    "dot-stuffing": "; as many as lines with a doubled dot",
    "line-endings": "; as many as line endings",
    "end-of-data": "; a final dot, which BDAT does not have",
}
_BLAMED: Final[dict[bool | None, Blame]] = {True: "server", False: "client", None: "nobody"}
"""Whose doing it is that a well-formed chunk was read as commands: by whether CHUNKING was offered."""


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find chunks whose octets are not what was announced, or were read as commands."""
    bdats = [one for one in conversation.exchanges if one.prompt.verb == "BDAT" and not one.again]
    if not bdats or conversation.foreign is not None:
        return
    more = left_over(conversation)
    texts = {text.data: text for text in texts_run(conversation) if is_chunk_text(conversation, text)}
    for one in bdats:
        if one.index in more:
            yield _too_many(conversation, one, more[one.index])
        elif one.index in texts:
            yield _read_as_commands(conversation, one, texts[one.index])
        elif (less := short(conversation, one)) is not None:
            yield _too_few(conversation, one, less)


def _too_many(conversation: Conversation, one: Exchange, run: list[Exchange]) -> Finding:
    extra = run[-1].prompt.end - one.prompt.end
    likely = likely_cause(conversation.connection.client_stream, one, run)
    return _finding(
        conversation,
        [one, *run],
        message=f"{counted(extra, 'octet')} too many behind the {announced(one)} that BDAT announced, read "
        f"as commands{_BECAUSE.get(likely or '', '')}",
        details={
            "kind": "too-many",
            "announced": announced(one),
            "sent": announced(one) + extra,
            "likely": likely,
            **_drew(conversation, run).details(),
        },
    )


def _read_as_commands(conversation: Conversation, one: Exchange, text: MailText) -> Finding:
    run = list(conversation.exchanges[text.first : text.last + 1])
    size = one.prompt.command.chunk if one.prompt.command is not None else None
    drew = _drew(conversation, run)
    offered = chunking_offered(conversation, one)
    found = _finding(
        conversation,
        [one, *run],
        message=f"a chunk behind a BDAT that drew {one.reply_code} was read as commands: "
        f"{counted(drew.lines, 'line')}, {drew.obeyed or 'none'} of them obeyed",
        details={
            "kind": "read-as-commands",
            "announced": size,
            "sent": run[-1].prompt.end - one.prompt.end,
            "offered": offered,
            **drew.details(),
        },
    )
    return replace(found, blame="client" if size is None else _BLAMED[offered])


def _too_few(conversation: Conversation, one: Exchange, less: Short) -> Finding:
    behind = f"then came {less.verb}" if less.verb is not None else "then nothing came for long"
    found = _finding(
        conversation,
        [one],
        message=f"BDAT announced {announced(one)} octets, and {less.sent} were sent; {behind}",
        details={"kind": "too-few", "announced": announced(one), "sent": less.sent, "went_on": less.verb},
    )
    return found if found.certainty == "inconclusive" else replace(found, certainty="consistent")


class _Drew(NamedTuple):
    """What lines drew that were read as commands; their octets stay private."""

    lines: int
    drew: dict[str, int]
    obeyed: int

    def details(self) -> dict[str, Detail]:
        return {"lines": self.lines, "drew": self.drew, "obeyed": self.obeyed}


def _drew(conversation: Conversation, run: list[Exchange]) -> _Drew:
    """What the lines of some exchanges drew; those that drew nothing may be one exchange."""
    text = conversation.connection.client_stream.slice(run[0].prompt.start, run[-1].prompt.end)
    lines = text.count(b"\n") + (not text.endswith(b"\n"))
    drew = Counter(str(one.reply_code) for one in run if one.reply is not None)
    drew["nothing"] = lines - drew.total()
    obeyed = sum(one.reply is not None and one.reply.is_positive for one in run)
    return _Drew(lines, dict(sorted((+drew).items())), obeyed)


def _finding(
    conversation: Conversation, run: list[Exchange], *, message: str, details: dict[str, Detail]
) -> Finding:
    certainty, reasons = _certainty(conversation, run)
    return of_exchanges(
        RULE,
        run,
        message=message,
        certainty=certainty,
        segments=[
            segment
            for one in run[:MOST_SHOWN]
            if one.reply is not None
            for segment in reply_segments(conversation, *one.reply.octets)
        ],
        details={"bdat": run[0].index, **details, **({"reasons": reasons} if reasons else {})},
    )


def _certainty(conversation: Conversation, run: list[Exchange]) -> tuple[Certainty, list[str]]:
    connection = conversation.connection
    client, server = connection.client_stream, connection.server_stream
    needed = max((one.reply.octets[1] for one in run if one.reply is not None), default=0)
    missing = []
    if client.first_gap < run[-1].prompt.end or not run[0].prompt.whole:
        missing.append("octets of the client are not in the capture")
    if server.first_gap < needed or not server.captured:
        missing.append("octets of the server are not in the capture")
    if copies_differ(conversation, run[-1].prompt.end, needed):
        missing.append(DIFFER)
    if "first-seen" in (client.origin, server.origin):
        missing.append("the capture begins in mid-stream")
    if missing:
        return "inconclusive", list(missing)
    if first_unforced(conversation) <= run[-1].index:
        return "consistent", ["which reply answers which line is found by alignment"]
    return "proved", []

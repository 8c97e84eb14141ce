r"""DATA403 bare-line-ending

The client sent an LF without a CR before it, or a CR without an LF behind it, in commands
or in the text of a message.

Fires when
    A command ends in LF alone, or holds a CR that is none of its CRLF; or mail data behind
    DATA holds such an LF or CR. One finding for the connection: how many of each in commands
    and in mail data, and at which offsets of the client's stream the first of them are.

    Certainty: proved by the octets. Where the pairing does not say for sure what was a command
    and what mail data, consistent; inconclusive where the capture begins in mid-stream or has
    holes before.

Does not fire when
    - The octets are a BDAT chunk: with BODY=BINARYMIME any octet is lawful there (RFC 3030),
      and a chunk's end needs no line break; not even where a server reads it as commands.
    - They are an answer to an AUTH challenge, or lie behind STARTTLS.
    - The client speaks another protocol (SYNC108).
    - A CR is the last octet that was captured, or an LF the first behind a hole.
    - They lie in the midst of long mail data, which is not looked at (a pair of endpoints with
      more than 4 MiB): details.unseen says how many octets that are, where others were found.

    Not known: what the server makes of it. Most take a bare LF for a line break in commands;
    in mail data some keep it, some turn it into CRLF or a blank, some refuse the message.

Why it matters
    CR and LF may be sent as CRLF only. A server that takes more for a line break than its
    neighbour does sees other lines than that one, and so another end of the message: the way
    into SMTP smuggling (DATA401). Since 2024 many servers refuse such messages.

What to do
    client: End each line with CRLF, those of the message too; a text file's lines end in LF.
        Convert before dots are stuffed, and turn a lone CR into CRLF or encode it (base64,
        quoted-printable).
    server: Do not pass a bare CR or LF on. Postfix: smtpd_forbid_bare_newline.

Example
        frame 7   C: "RSET\n"                                    acknowledges 52
        frame 8   S: "250 2.0.0 Reset\r\n"                      [52, 69)
        frame 15  C: "Subject: All is well\n\nas\rever\n..."      acknowledges 134

        desync show captures/rules/DATA403-bare-line-ending.fires.pcap --stream 0

See it in Wireshark
    Client segments that end in LF without CR; inside of a segment use a regular expression:

        tcp.dstport == 25 && tcp.payload[-1:] == 0a && !(tcp.payload[-2:] == 0d:0a)
        tcp.dstport == 25 && tcp.payload matches "[^\\r]\\n"

References
    - RFC 5321, section 2.3.8: CR and LF must not be sent but as CRLF; RFC 5322, section 2.3.
    - RFC 3030, section 3: BINARYMIME.
    - Postfix: "bare <LF> received after DATA"; https://www.postfix.org/smtp-smuggling.html
    - qmail: "451 See http://pobox.com/~djb/docs/smtplf.html"
    - A client that it hit: https://github.com/marlam/msmtp/issues/145
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final, NamedTuple

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.findings.certainty import first_unforced
from desync.findings.chunks import is_of_chunk
from desync.findings.data_ends import octet_doubts
from desync.findings.finding import Detail, Facts, Finding
from desync.findings.making import of_exchanges
from desync.findings.rule import Certainty, Rule
from desync.smtp.breaks import MOST_OFFSETS, Breaks, bare_breaks

RULE: Final = Rule(code="DATA403", name="bare-line-ending", severity="warning", blame="client")


class _Found(NamedTuple):
    """Exchanges of one kind with bare line breaks, and those breaks."""

    what: str
    exchanges: list[Exchange]
    breaks: list[Breaks]

    @property
    def lf(self) -> int:
        return sum(one.lf for one in self.breaks)

    @property
    def cr(self) -> int:
        return sum(one.cr for one in self.breaks)

    @property
    def offsets(self) -> list[int]:
        return [offset for one in self.breaks for offset in one.offsets][:MOST_OFFSETS]


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find bare line breaks: one finding for the connection."""
    if conversation.foreign is not None:
        return
    kinds = _Found("commands", [], []), _Found("mail data", [], [])
    unseen = 0
    before = None
    for one in conversation.exchanges:
        extent = _range(one) if one.prompt is not before else None
        before = one.prompt
        if extent is None or is_of_chunk(conversation, one.index):
            continue
        breaks = bare_breaks(conversation.connection.client_stream, *extent)
        unseen += breaks.unseen
        if breaks.lf or breaks.cr:
            kind = kinds[one.prompt.kind == "mail-data"]
            kind.exchanges.append(one)
            kind.breaks.append(breaks)
    found = [kind for kind in kinds if kind.breaks]
    if found:
        yield _finding(conversation, found, unseen)


def _range(one: Exchange) -> tuple[int, int] | None:
    """The octets of a prompt that must hold no bare line break, or None."""
    prompt = one.prompt
    if prompt.kind == "command" and prompt.end - prompt.start == len(prompt.text) + 2:
        # Its text and CRLF, as nearly all are.
        return (prompt.start, prompt.end) if b"\r" in prompt.text else None
    if prompt.kind == "bdat":
        # The command's line alone; its line break is there, and one octet or two.
        return prompt.start, min(prompt.start + len(prompt.text) + 1, prompt.end)
    return (prompt.start, prompt.end) if prompt.kind in ("command", "mail-data") else None


def _finding(conversation: Conversation, found: list[_Found], unseen: int) -> Finding:
    run = sorted((one for kind in found for one in kind.exchanges), key=lambda one: one.index)
    first = min(offset for kind in found for offset in kind.offsets)
    certainty, reasons = _certainty(conversation, run, first)
    details: dict[str, Detail] = {
        "commands": _tell(found, "commands"),
        "mail_data": _tell(found, "mail data"),
        **({"unseen": unseen} if unseen else {}),
        **({"reasons": list(reasons)} if reasons else {}),
    }
    return of_exchanges(
        RULE,
        run,
        message="; ".join(_words(kind) for kind in found),
        certainty=certainty,
        details=details,
        at=conversation.connection.client_stream.sent(first),
    )


def _words(kind: _Found) -> str:
    counts = [f"{number} bare {name}" for number, name in ((kind.lf, "LF"), (kind.cr, "CR")) if number]
    return f"{' and '.join(counts)} in {kind.what}"


def _tell(found: list[_Found], what: str) -> Detail:
    for kind in found:
        if kind.what == what:
            return {"lf": kind.lf, "cr": kind.cr, "prompts": len(kind.exchanges), "offsets": kind.offsets}
    return None


def _certainty(conversation: Conversation, run: list[Exchange], first: int) -> tuple[Certainty, list[str]]:
    """How sure it is: that of the first bare line break decides."""
    index = min(one.index for one in run)
    replies = [one.reply for one in conversation.exchanges[:index] if one.reply is not None]
    missing = [
        reason
        for reason in octet_doubts(
            conversation, first + 1, max((one.octets[1] for one in replies), default=0)
        )
        # The octets are the client's: what they are, the server's side helps to say.
        if reason != "the server's side was not captured"
    ]
    if missing:
        return "inconclusive", missing
    if not conversation.connection.server_stream.captured or first_unforced(conversation) < index:
        return "consistent", ["whether it stood in a command or in mail data is not certain"]
    return "proved", []

r"""SYNC202 mail-data-as-commands

The client sent its message where the server reads commands: each line of it was taken for a
command, and answered.

Fires when
    DATA was not answered with 354, and what follows it is message text: it begins with a line
    that is no command, and ends with a dot alone on its line or holds a header field. One
    finding for the whole text: how many lines, which replies they drew, and which of them the
    server obeyed, because they read like commands.

    Certainty: proved only where the connection was captured from its SYN without holes and the
    refusal surely belongs to DATA; else consistent, and inconclusive where octets are missing.

Does not fire when
    - The client goes on with RSET, QUIT, MAIL or another hello: that is right after a refusal.
    - It sends unknown commands, and neither a header field nor the final dot.
    - The message comes by BDAT: its chunk is counted, not read in lines. Where a server reads
      a refused one as commands all the same, it is DATA404.
    - The reply to DATA is not in the capture: then the text may have been mail data.
    - A lone dot inside the message ended it early, and the rest was read as commands: that
      begins behind a message that was accepted (DATA405).

    Not known: why the client sent it. It may not look at the reply to DATA at all, or have
    taken another one for it; where the refusal had arrived, SYNC203 says so, where it had
    not, SYNC106, and where the client had drifted, SYNC201.

Why it matters
    The message is lost, and the client takes the reply to its first line for the one to the
    message. Each line draws a reply of its own, so that it is behind by as many from there on.
    Whatever in the text reads like a command is carried out: who writes the text can send
    mail in the client's name. Servers close the connection after many errors, and ban.

What to do
    client: Send the message only on 354. On any other reply to DATA send RSET or QUIT. Do not
        repeat the message on the same connection once a part of it was read as commands.
    server: Close the connection with 421 at the first header field among the commands; such a
        limit is common, and stops text from being obeyed.

Example
    DATA is refused; the client sends the message all the same, and two lines of it are obeyed.

        frame 11  C: "DATA\r\n"                                 acknowledges 80
        frame 12  S: "451 4.3.1 Queue full\r\n"                 [80, 102)
        frame 13  C: "From: anna@example.net\r\nTo: bert@...     acknowledges 102
        frame 14  S: eight replies: six 500, a 250 to NOOP, a 252 to VRFY

        desync show captures/rules/SYNC202-mail-data-as-commands.fires.pcap --stream 0

See it in Wireshark
    Find the reply to DATA; if it is not 354, everything until the lone dot was read as
    commands, and drew a 500 for each line:

        smtp.req.command == "DATA" || smtp.response.code in {500, 502, 503, 554}

References
    - RFC 5321, section 3.3: on another reply than 354 no message data may be sent.
    - RFC 2920, section 3.1: the reply to DATA must be looked at, whatever those to RCPT said.
    - Postfix: "non-SMTP command from", "too many errors after"; smtpd_forbidden_commands.
    - Header lines answered with 501 each, in a capture:
      https://github.com/ChangemakerStudios/Papercut-SMTP/issues/144
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.mail_text import MailText
from desync.findings.certainty import DIFFER, copies_differ, first_unforced
from desync.findings.finding import Detail, Facts, Finding
from desync.findings.making import of_exchanges
from desync.findings.rule import Certainty, Rule
from desync.findings.run_lines import drawn, obeyed_by
from desync.findings.run_text import is_chunk_text, texts_run
from desync.findings.wording import counted

RULE: Final = Rule(code="SYNC202", name="mail-data-as-commands", severity="error", blame="client")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find message text that was run as commands."""
    if conversation.foreign is not None:
        return
    for text in texts_run(conversation):
        if is_chunk_text(conversation, text):
            continue
        lines = list(conversation.exchanges[text.first : text.last + 1])
        certainty, reasons = _certainty(conversation, text, lines)
        yield of_exchanges(
            RULE,
            lines,
            message=_message(conversation.exchanges[text.data], lines),
            certainty=certainty,
            evidence=("content",),
            segments=conversation.exchanges[text.data].sent,
            details={
                **drawn(lines, ended=text.ended),
                "data": text.data,
                "data_code": conversation.exchanges[text.data].reply_code,
                **_because(conversation, text),
                **({"reasons": list(reasons)} if reasons else {}),
            },
        )


def _message(data: Exchange, lines: list[Exchange]) -> str:
    obeyed = [str(one.prompt.verb) for one in obeyed_by(lines) if one.prompt.verb]
    named = ", ".join(list(dict.fromkeys(obeyed))[:3])
    return (
        f"{counted(len(lines), 'line')} of message text sent as commands behind a DATA that drew "
        f"{data.reply_code}; " + (f"{len(obeyed)} obeyed ({named})" if obeyed else "none was obeyed")
    )


def _certainty(
    conversation: Conversation, text: MailText, lines: list[Exchange]
) -> tuple[Certainty, list[str]]:
    connection = conversation.connection
    client, server = connection.client_stream, connection.server_stream
    reply = conversation.exchanges[text.data].reply
    needed = reply.octets[1] if reply is not None else server.length
    missing, doubtful = [], []
    if client.first_gap < lines[-1].prompt.end:
        missing.append("octets of the client are not in the capture")
    if server.first_gap < needed:
        missing.append("octets of the server are not in the capture")
    if copies_differ(conversation, lines[-1].prompt.end, needed):
        missing.append(DIFFER)
    if "first-seen" in (client.origin, server.origin):
        doubtful.append("the capture begins in mid-stream")
    elif not missing and first_unforced(conversation) <= text.data:
        doubtful.append("which reply answers which command is not certain")
    elif not text.ended and len(lines) == 1:
        doubtful.append("a single line may be an unknown command")
    certainty: Certainty = "inconclusive" if missing else "consistent" if doubtful else "proved"
    return certainty, [*missing, *doubtful]


def _because(conversation: Conversation, text: MailText) -> dict[str, Detail]:
    """The finding that this one follows from."""
    drift = conversation.reading.drift
    if drift is not None and drift.onset <= text.data:
        return {"because": "SYNC201", "because_exchange": drift.onset}
    code = "SYNC203" if conversation.exchanges[text.first].in_step else "SYNC106"
    return {"because": code, "because_exchange": text.first}

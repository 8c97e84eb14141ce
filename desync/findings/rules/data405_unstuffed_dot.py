r"""DATA405 unstuffed-dot

A line of the message was a dot alone, and the client did not double it: the server ended
the message there, and read the rest of it as commands.

Fires when
    Behind the end of mail data the client goes on, without waiting for the reply, with lines
    that are no commands: up to another dot alone on its line, or at least two of them. One
    finding for the whole rest: how many lines, which replies they drew, which of them the
    server obeyed because they read like commands.

    Certainty: proved where the text ends with another lone dot, the connection was captured
    from its SYN without holes, and order alone pairs the replies; consistent where no second
    dot was sent; inconclusive where octets are missing.

Does not fire when
    - What follows the end of data is a command in full syntax: the next MAIL of a lawful
      group, RSET, QUIT. A message that goes on with such a line is not recognised.
    - The client waited for the reply before it sent the lines.
    - Empty lines, or a second lone dot right behind the first, are all that follows.
    - The server ended the message at LF . LF or the like: DATA401.
    - DATA was refused, and the whole message ran as commands: SYNC202.
    - The message comes by BDAT: nothing is stuffed there.

    Not known: what the message said in whole, or whether who wrote it put the dot there on
    purpose: behind it he may have put commands.

Why it matters
    The recipient gets half a message, and nobody an error: the server accepted the first half.
    Each further line draws a reply, and the client takes the first of them for the answer to
    its next command. What reads like a command is carried out: text becomes an envelope.

What to do
    client: Put a second dot before each line of the message that begins with one (RFC 5321,
        section 4.5.2), whatever made the line break; best by one function that all text
        passes, a buffer's edge and the first line included.
    server: Nothing is wrong there. A limit on errors, 421 and a close stop text from being
        obeyed.

Example
    The message ends at its first dot; four lines run as commands, the last one a dot again.

        frame 13  C: "...first\r\n.\r\nsecond\r\nNOOP\r\n..."    acknowledges 117
        frame 14  S: "250 2.0.0 Ok: queued as 4WxYz0405\r\n"    [117, 152)
        frame 14  S: "500 5.5.2 What?\r\n"                      [152, 169)
        frame 14  S: "250 2.0.0 Ok\r\n"                         [169, 183)

        desync show captures/rules/DATA405-unstuffed-dot.fires.pcap --stream 0

See it in Wireshark
    Client segments with an end of data that is not their end, and the errors behind:

        tcp.dstport == 25 && tcp.payload contains 0d:0a:2e:0d:0a
        smtp.response.code in {500, 502, 503}

References
    - RFC 5321, section 4.5.2: transparency; section 4.1.1.4: what ends mail data.
    - https://github.com/haraka/Haraka/issues/1411
    - Postfix: "non-SMTP command from", "too many errors after".
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.findings.certainty import first_unforced
from desync.findings.data_ends import octet_doubts
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_exchanges
from desync.findings.rule import Certainty, Rule
from desync.findings.run_lines import drawn, obeyed_by
from desync.findings.stray_text import StrayText, stray_texts
from desync.findings.wording import counted

RULE: Final = Rule(code="DATA405", name="unstuffed-dot", severity="error", blame="client")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find messages that a lone dot ended early."""
    for text in stray_texts(conversation):
        data = conversation.exchanges[text.data]
        lines = list(conversation.exchanges[text.first : text.last + 1])
        certainty, reasons = _certainty(conversation, text, lines)
        yield of_exchanges(
            RULE,
            lines,
            message=_message(lines),
            certainty=certainty,
            segments=data.sent[-1:],
            details={
                **drawn(lines, ended=text.ended),
                "data": text.data,
                "final_code": data.reply_code,
                "dot": data.prompt.end - 3,
                **({"reasons": list(reasons)} if reasons else {}),
            },
        )


def _message(lines: list[Exchange]) -> str:
    obeyed = obeyed_by(lines)
    named = ", ".join(list(dict.fromkeys(str(one.prompt.verb) for one in obeyed if one.prompt.verb))[:3])
    behind = f"{len(obeyed)} obeyed ({named})" if named else "none was obeyed"
    return (
        "a dot alone on its line ended the mail data early: "
        f"{counted(len(lines), 'line')} of the message read as commands; {behind}"
    )


def _certainty(
    conversation: Conversation, text: StrayText, lines: list[Exchange]
) -> tuple[Certainty, list[str]]:
    data = conversation.exchanges[text.data]
    server_end = data.reply.octets[1] if data.reply is not None else 0
    missing = octet_doubts(conversation, lines[-1].prompt.end, server_end)
    if missing:
        return "inconclusive", missing
    if first_unforced(conversation) <= text.data:
        return "consistent", ["which reply answers which command is not certain"]
    if not text.ended:
        return "consistent", ["the lines may be unknown commands: no second lone dot was sent"]
    return "proved", []

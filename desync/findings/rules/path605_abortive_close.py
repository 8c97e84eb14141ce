r"""PATH605 abortive-close

A side closed the connection without the farewell that SMTP asks for: in the midst of the
dialogue, with replies outstanding, or with a reset.

Fires when
    One side sent a FIN or a RST, the first one of the connection, and
    - the client had not said QUIT, or did not wait for the reply to it;
    - the server had neither answered QUIT nor said 421, 521 or 221.

    The finding says who it was, how, in which phase (in the words of Postfix: CONNECT, EHLO,
    MAIL, DATA, END-OF-MESSAGE ...), and whose replies were outstanding. What a side had
    received is what its FIN or RST acknowledges. Blame is the side that closed, unless it had
    waited for the other one for five minutes or longer. A RST whose hop limit is not that of
    its side's other segments is the path's: inconclusive, somebody else may have sent it.

    Certainty: proved in a connection that was captured from its SYN without holes; else
    inconclusive, because QUIT or a reply may be in what is missing.

Does not fire when
    - QUIT was answered and the reply had arrived: whoever closes then, and be it with a RST.
    - The server's last reply was 421, 521 or 221, or a 4yz that nobody had asked for, and had
      arrived: it said that it closes.
    - A RST follows both FINs, or goes to what arrives on a closed socket: the FIN counts.
    - A RST lies outside the window, or its sender goes on speaking: it was ignored, or not his.
    - QUIT was said, and octets are missing, or copies of them differ: the reply to it may be
      there. Nor where the first FIN itself is not in the capture.
    - Nobody said anything: a port scan, a refused connection.
    - The capture simply ends. That is no close.
    - TLS has begun, the roles have changed (TURN), or the client speaks another protocol.

    Not known: why. Whether a program closed or died, or a box on the path sent the RST, looks
    the same. A side that closes because it waited in vain has done right.

Why it matters
    By itself little: monitors, scanners and impatient clients do it all day, and logs are full
    of it. Behind the end of a message it is the beginning of a duplicate (SYNC205). Where one
    client, or one server, always ends so in the same phase, something fails there.

What to do
    client: Say QUIT, read the reply, close. Wait as long as RFC 5321, section 4.5.3.2, asks.
    server: Before closing say 421; read what lies unread, or the kernel sends a RST that may
        destroy the reply on its way.

Example
    The client learns that its recipient is refused, and is gone.

        frame 9   C: "RCPT TO:<bert@example.org>\r\n"    acknowledges 66
        frame 10  S: "550 5.1.1 No such user\r\n"        [66, 90)
        frame 11  C: FIN                                 acknowledges 90

        desync show captures/rules/PATH605-abortive-close.fires.pcap --stream 0

See it in Wireshark
    Resets; and connections without QUIT:

        tcp.flags.reset == 1
        tcp.flags.fin == 1 && !smtp

References
    - RFC 5321, section 3.8: who may close and when; section 4.1.1.10: QUIT.
    - RFC 9293, section 3.6: closing; RFC 2525, section 2.17: RST for unread octets.
    - Postfix: "lost connection after RCPT from ...".
    - Sessions that end without QUIT: https://github.com/win-acme/win-acme/issues/1567
    - Thousands of lines a day from health checks:
      https://github.com/haproxy/haproxy/issues/1812
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.findings.certainty import STRANGE, strange_rows
from desync.findings.closing import Closing, abortive_closing, closing_doubts
from desync.findings.finding import Detail, Facts, Finding
from desync.findings.making import of_exchanges
from desync.findings.row_segments import segment_at
from desync.findings.rule import Blame, Rule
from desync.findings.run_text import text_at
from desync.findings.wording import duration
from desync.units import SECOND, UNKNOWN_TIME

RULE: Final = Rule(code="PATH605", name="abortive-close", severity="note", blame="nobody")

LONG_ENOUGH: Final = 300 * SECOND
"""How long either side has to wait for the other in most phases (RFC 5321, section 4.5.3.2)."""

MOST_NAMED: Final = 10
"""Outstanding replies named in one finding."""


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find who closed a connection before its time."""
    closing = abortive_closing(conversation)
    if closing is None:
        return
    reasons, waited = closing_doubts(conversation, closing.row), _waited(conversation, closing)
    injected = closing.how == "rst" and closing.row in conversation.once(strange_rows)
    reasons += [STRANGE] if injected else []
    details: dict[str, Detail] = {
        "closed_by": closing.side,
        "how": closing.how,
        "phase": _phase(conversation, closing),
        "outstanding": [_name(conversation, one) for one in closing.outstanding[:MOST_NAMED]],
        "outstanding_count": len(closing.outstanding),
        "quit": closing.quit,
        "waited_ns": waited,
        **({"reasons": reasons} if reasons else {}),
    }
    yield replace(
        of_exchanges(
            RULE,
            [closing.last],
            message=_message(conversation, closing, waited),
            certainty="inconclusive" if reasons else "proved",
            details=details,
            at=segment_at(conversation.connection, closing.row),
        ),
        blame="path" if injected else _blame(closing, waited),
    )


def _blame(closing: Closing, waited: int | None) -> Blame:
    """Who closed; the other one where that had waited long enough for what was owed."""
    if waited is None or waited < LONG_ENOUGH:
        return closing.side
    return "server" if closing.outstanding else "client"


def _waited(conversation: Conversation, closing: Closing) -> int | None:
    """How long nobody had said anything when the connection was closed, or None."""
    connection = conversation.connection
    rows, end = connection.rows, connection.rows.time[closing.row]
    times = [
        time
        for row, time in enumerate(rows.time)
        if rows.length[row] and time != UNKNOWN_TIME and row < closing.row
    ]
    if not connection.times_sound or end == UNKNOWN_TIME or not times:
        return None
    return max(end - max(times), 0)


def _phase(conversation: Conversation, closing: Closing) -> str:
    """The phase in the words of Postfix's log: what the last thing said was."""
    one = closing.last
    prompt = one.prompt
    if prompt.kind == "connection":
        return "CONNECT"
    if prompt.kind == "mail-data":
        whole = prompt.terminated and (closing.side == "client" or prompt.end <= closing.had)
        return "END-OF-MESSAGE" if whole else "DATA"
    if prompt.kind == "auth":
        return "AUTH"
    if text_at(conversation, one.index) is not None:
        return "UNKNOWN"
    return prompt.verb or "UNKNOWN"


def _message(conversation: Conversation, closing: Closing, waited: int | None) -> str:
    deed = "reset" if closing.how == "rst" else "closed"
    silent = f" {duration(waited)} later," if waited is not None and waited >= SECOND else ""
    phase = _phase(conversation, closing)
    what = f"the {closing.side} {deed} the connection after {phase},{silent}"
    names = [_name(conversation, one) for one in closing.outstanding]
    if not names:
        if closing.last.prompt.kind == "mail-data" and phase == "DATA":
            return f"{what} before the end of the message"
        return f"{what} without {'QUIT' if closing.side == 'client' else '221 or 421'}"
    first = "the greeting" if names[0] == "greeting" else f"the reply to {names[0]}"
    return f"{what} before {first}{f' and {len(names) - 1} more' if len(names) > 1 else ''}"


def _name(conversation: Conversation, one: Exchange) -> str:
    """What a reply was outstanding to."""
    prompt = one.prompt
    if prompt.kind == "connection":
        return "greeting"
    if text_at(conversation, one.index) is not None:
        return "a line of message text"
    return {"mail-data": "mail data", "auth": "an AUTH response"}.get(
        prompt.kind, prompt.verb or "an unknown command"
    )

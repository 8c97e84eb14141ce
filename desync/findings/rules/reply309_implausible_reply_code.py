r"""REPLY309 implausible-reply-code

A command drew a reply code that it cannot draw: 354 to RCPT, 250 to DATA, 220 to MAIL.

Fires when
    The pairing of command and reply is forced, and the code is none of those that the
    command may be answered with. What 4yz and 5yz codes have in common is accepted for
    every command; it is the positive codes that give a wrong pair away.

    Certainty: as sure as the pairing: proved where the connection was captured from its SYN
    without holes and no other pairing is possible. A pairing that had to be aligned never
    fires this rule; the code was used to align it.

Does not fire when
    - 250 to a command that no specification knows, or 252 to VRFY: allowed.
    - 334 in an AUTH exchange, and whatever AUTH's answers draw: 235, 334, 4yz, 5yz.
    - 220 to STARTTLS or XCLIENT.
    - 421 to anything: the server is closing.
    - A 2yz to text that the server reads as a command: then the text is the matter.

    Not known: whether the server chose a wrong code, or gave a surplus or lost reply that
    desync could not see. A single wrong code is most likely the first; a whole series is
    most likely a shift.

Why it matters
    Careful clients stop here; careless ones look at the first digit only and go on. A 250
    to DATA makes some send the message and others wait for the 354 until their timer ends.

What to do
    client: Act on the whole code where it matters: send mail data on 354 and nothing else,
        start TLS on 220 and nothing else.
    server: Answer with a code that RFC 5321 lists for the command.

Example
    DATA is answered with 250 in place of 354.

        frame 14  C: "DATA\r\n"             acknowledges 139
        frame 15  S: "250 2.0.0 Ok\r\n"     [139, 153)

        desync show captures/rules/REPLY309-implausible-reply-code.fires.pcap --stream 0

See it in Wireshark
    Show commands and replies only; each reply stands behind the command that it answers,
    unless a group was pipelined.

        smtp.req.command || smtp.response.code

References
    - RFC 5321, section 4.3.2: the codes that each command may draw; section 4.2.1: what the
      digits mean.
    - RFC 4954 (AUTH: 235, 334), RFC 3207 (STARTTLS: 220), RFC 3030 (BDAT: 250).
    - A 220 seen where 250 was expected, and skipped:
      https://github.com/opencart/opencart/pull/4035
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.exchanges.plausible import is_plausible
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_exchanges, reply_segments
from desync.findings.rule import Rule

RULE: Final = Rule(code="REPLY309", name="implausible-reply-code", severity="warning", blame="server")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find replies with a code that the prompt they answer cannot draw."""
    if conversation.foreign is not None:
        return
    for one in conversation.exchanges:
        reply = one.reply
        if (
            reply is None
            or one.pairing != "forced"
            or one.again
            or not reply.complete
            or is_plausible(one.prompt, reply.code)
        ):
            continue
        segments = reply_segments(conversation, *reply.octets)
        yield of_exchanges(
            RULE,
            [one],
            message=f"{_name(one.prompt.kind, one.prompt.verb)} was answered with {reply.code}",
            certainty="proved",
            segments=segments,
            at=segments[0] if segments else None,
            details={"code": reply.code},
        )


def _name(kind: str, verb: str | None) -> str:
    if kind == "connection":
        return "the connection"
    return verb or {"mail-data": "the end of mail data", "auth": "an AUTH response"}.get(
        kind, "an unknown command"
    )

r"""SYNC201 reply-drift

From some command on, the client took each reply for the answer to another command than the
one that it answers.

Fires when
    A reader model explains what the client did: which octets it took for the reply to each
    thing that it sent. Under that model they begin in another reply than the true one, for at
    least one command. The finding names the command at which that begins, by how many replies
    the client was off at most, whether it came into step again, what set it off, and both
    pairings side by side.

    Certainty: consistent, never proved: acknowledgments say what a program could have read,
    not what it made of it. Inconclusive where the capture has a hole, the pairing is
    ambiguous, or no times could be used.

Does not fire when
    - The client only sent ahead: it pipelines, talks early, or follows a timer, and reads its
      replies in their order all the same. SYNC101, SYNC104 to SYNC106 say that it did.
    - A model without drift explains the connection nearly as well.
    - The server closes the channel with a 421, and the client takes it for the answer to what
      is outstanding. It is.
    - The client gave up waiting and said QUIT.
    - What set it off is not in the capture.

    Not known: what a program believes. Two models may explain the same connection; those that
    cannot be told apart are named as candidates.

Why it matters
    A client that is off by one is told of nothing in time: it takes the answer to RCPT for
    that to DATA, sends the message where no 354 was given, and believes a message accepted
    because the command before was. Mail is lost, sent twice, or run as commands.

What to do
    client: Read all replies with one function that returns only whole replies and keeps what
        lies behind them. Close the connection after a wait that timed out, and on a reply with
        a code that the command cannot draw. Before a connection is used again, look whether
        something lies unread.
    server: Where it was set off by a split reply, one write for each reply makes it rare, but
        cures no client. Where it was set off by a surplus, missing or unsolicited reply, mend
        that: REPLY306, REPLY307, REPLY308.

Example
    The greeting leaves in two pieces. The client says HELO on the first, takes the second for
    the answer to HELO, and is one reply behind from there on.

        frame 4   S: "220 mx.example"                   [0, 14)
        frame 5   C: "HELO gw.example.net\r\n"          acknowledges 14
        frame 6   S: ".org ready\r\n"                   [14, 26)
        frame 7   C: "MAIL FROM:<a@example.net>\r\n"    acknowledges 26
        frame 8   S: "250 mx.example.org\r\n"           [26, 46)

        desync show captures/rules/SYNC201-reply-drift.fires.pcap --stream 0

See it in Wireshark
    Show commands and replies only. Number the replies from 0, the greeting, and the commands
    from 1: the k-th reply answers the k-th command. Then see which reply had arrived when the
    client sent the command behind it: the tcp.ack of each command.

        smtp.req.command || smtp.response.code

References
    - RFC 5321, section 4.2: every command generates exactly one reply; section 4.2.1: what
      a multi-line reply is; section 4.3.1: the dialogue is lock-step.
    - captures/ccnotes-1999.snoop: the case that this project comes from.
    - Every later reply one off after a wait that timed out:
      https://github.com/swiftmailer/swiftmailer/issues/828
    - "EHLO rejected with code: 220", a client that reads one line:
      https://github.com/Notifuse/notifuse/issues/183
    - Two replies to one message: https://github.com/buggregator/server/issues/274
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.exchanges.reading import Drift
from desync.findings.drifted import SURE, doubts_of_drift, last_drifted, pairings
from desync.findings.finding import Detail, Facts, Finding
from desync.findings.making import of_exchanges, reply_segments
from desync.findings.out_of_turn import Turns
from desync.findings.outcome import BLAME
from desync.findings.rule import Rule
from desync.findings.wording import commands

RULE: Final = Rule(code="SYNC201", name="reply-drift", severity="error", blame="client")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:
    """Find a drift: one for each connection, from its onset on."""
    reading = conversation.reading
    drift = reading.drift
    if drift is None or conversation.foreign is not None:
        return
    last = last_drifted(reading)
    run = list(conversation.exchanges[drift.onset : last + 1])
    trigger = conversation.exchanges[drift.trigger].reply if drift.trigger is not None else None
    reasons = doubts_of_drift(conversation)
    # The connection itself has no segment that asks: the first command behind it is the deed.
    deed = next((one.sent[0] for one in conversation.exchanges[drift.onset :] if one.sent), None)
    details: dict[str, Detail] = {
        "onset": drift.onset,
        "size": max((abs(shift) for shift in reading.shifts if shift), default=0),
        "recovered": drift.recovered,
        "cause": drift.cause,
        "trigger": drift.trigger,
        "model": reading.reader.model,
        "candidates": list(reading.reader.candidates),
        "support": _percent(reading.reader.support),
        "pairings": pairings(conversation),
        **_because(conversation, facts, drift),
        **({"reasons": reasons} if reasons else {}),
    }
    found = of_exchanges(
        RULE,
        run,
        message=_message(conversation, drift, details["size"]),
        certainty="inconclusive" if reasons else "consistent",
        evidence=("content",),
        segments=reply_segments(conversation, *trigger.octets) if trigger is not None else (),
        details=details,
        at=deed,
    )
    yield replace(found, blame=BLAME[drift.cause])


def _percent(support: float | None) -> int | None:
    """A share as a whole number, so that it prints alike everywhere."""
    return None if support is None else round(100 * support)


def _because(conversation: Conversation, facts: Facts, drift: Drift) -> dict[str, Detail]:
    """Name the finding that this one follows from."""
    code = SURE.get(drift.cause)
    if code is not None:
        return {"because": code, "because_exchange": drift.trigger}
    turns = Turns.of(conversation, facts)
    # What went before its turn at the onset, or set it off right there: a misread, a wait given up.
    for index in (drift.onset, (drift.trigger or 0) + 1):
        if index < len(conversation.exchanges):
            code = turns.classify(conversation.exchanges[index])
            if code is not None:
                return {"because": code, "because_exchange": index}
    return {}


def _message(conversation: Conversation, drift: Drift, size: Detail) -> str:
    said = commands([conversation.exchanges[drift.onset]])
    off = f"off by {'one reply' if size == 1 else f'up to {size} replies'}"
    until = "to the end"
    if drift.recovered is not None:
        until = f"until {commands([conversation.exchanges[drift.recovered]])}"
    return f"from {said} on replies were taken for the answers to other commands, {off}, {until}"

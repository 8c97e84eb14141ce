"""Findings about what became of a message, and whose doing it was.

May know transactions and readings; must not know which verdict a rule asks about.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.exchanges.reading import Cause
from desync.exchanges.transaction import Transaction
from desync.findings.drifted import doubts_of_drift
from desync.findings.finding import Detail, Finding
from desync.findings.making import of_exchanges, reply_segments
from desync.findings.rule import Blame, Certainty, Rule
from desync.findings.run_text import is_chunk_text

BLAME: Final[dict[Cause, Blame]] = {
    "split-reply": "client",
    "multiline-reply": "client",
    "late-reply": "client",
    "surplus-reply": "server",
    "unsolicited-reply": "server",
    "missing-reply": "server",
    "mail-data-as-commands": "client",
    "chunk-as-commands": "server",
}
"""Who set a drift off. A late reply is the server's, but the client chose to go on behind it."""


def cause_code(conversation: Conversation, one: Transaction) -> tuple[str, Blame]:
    """The finding that a wrong belief follows from, and who is to blame for it."""
    drift = conversation.reading.drift
    if one.texts and (drift is None or drift.onset > one.texts[-1].data):
        chunk = is_chunk_text(conversation, one.texts[-1])
        return ("DATA404", "server") if chunk else ("SYNC202", "client")
    return "SYNC201", BLAME[drift.cause] if drift is not None else "client"


def about_transaction(
    rule: Rule,
    conversation: Conversation,
    number: int,
    *,
    message: str,
    blame: Blame,
    details: Mapping[str, Detail],
) -> Finding:
    """Make a finding about a mail transaction; its frame is the one that began the message, or MAIL.

    Args:
        rule: The rule.
        conversation: The connection.
        number: Index of the transaction.
        message: What to say.
        blame: Whose doing it is.
        details: More.
    """
    one = conversation.transactions[number]
    first, last = one.exchanges
    run = list(conversation.exchanges[first : last + 1])
    final = conversation.exchanges[one.final] if one.final is not None else None
    reasons = _doubts(conversation, one)
    certainty: Certainty = "inconclusive" if reasons else "consistent"
    deed = final if final is not None else conversation.exchanges[one.texts[-1].first if one.texts else first]
    reply = final.reply if final is not None else None
    found = of_exchanges(
        rule,
        [run[0], deed] if deed is not run[0] else [deed],
        message=message,
        certainty=certainty,
        evidence=("content",),
        segments=reply_segments(conversation, *reply.octets) if reply is not None else (),
        details={
            "transaction": number,
            "recipients": len(one.recipients),
            "final_code": one.final_code,
            **details,
            **({"reasons": list(reasons)} if reasons else {}),
        },
        at=deed.sent[0] if deed.sent else None,
    )
    return replace(found, blame=blame, exchanges=one.exchanges)


def _doubts(conversation: Conversation, one: Transaction) -> list[str]:
    """What stands against a verdict on a message; empty where nothing does.

    What a client believed from the onset of a drift on is no surer than the drift itself.
    """
    connection, reading = conversation.connection, conversation.reading
    found = []
    if "first-seen" in (connection.client_stream.origin, connection.server_stream.origin):
        found.append("the capture begins in mid-stream")
    if reading.drift is not None and reading.drift.onset <= one.exchanges[1]:
        found += doubts_of_drift(conversation)
    elif connection.client_stream.gaps or connection.server_stream.gaps:
        found.append("octets of this connection are not in the capture")
    if reading.drift is not None and reading.reader.candidates:
        found.append("other reader models explain the connection as well")
    return found

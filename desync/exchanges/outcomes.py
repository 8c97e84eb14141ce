"""What became of a message, and what its client believed.

    outcome    what the server's last reply to it says
    believed   what the client took for that reply; where it did not drift, the same reply, if it
               had arrived
    verdict    follows from both (DESIGN.md, section 3.6)

May know attempts, beliefs and receipts; must not know how the client was found to read.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from desync.exchanges.attempts import Attempt
from desync.exchanges.believed import (
    belief_of,
    believed_of_text,
    is_lax,
    outcome_of,
    shift_of,
    took_for_positive,
)
from desync.exchanges.exchange import Exchange
from desync.exchanges.fates import TrueOutcome, Verdict
from desync.exchanges.holes import is_holed
from desync.exchanges.reading import Reading
from desync.exchanges.receipts import Receipts, gave_up
from desync.smtp.command import looks_like_command


class Fate(NamedTuple):
    """What became of a message; the names are those of ``Transaction``."""

    outcome: TrueOutcome
    believed: TrueOutcome
    verdict: Verdict
    because: str | None


_VERDICTS: Final[dict[tuple[TrueOutcome, TrueOutcome], Verdict]] = {
    ("accepted", "accepted"): "delivered",
    ("accepted", "refused"): "duplicate-risk",
    ("accepted", "none"): "duplicate-risk",
    ("accepted", "unknown"): "delivered",
    ("refused", "accepted"): "lost",
    ("none", "accepted"): "lost",
    ("refused", "refused"): "refused",
    ("refused", "none"): "refused",
    ("none", "none"): "abandoned",
    ("none", "refused"): "abandoned",
}
"""Outcome and belief; what is not named is unknown."""


def fate_of(attempt: Attempt, exchanges: Sequence[Exchange], reading: Reading, receipts: Receipts) -> Fate:
    """Say what became of a message.

    Args:
        attempt: What was said for it.
        exchanges: The exchanges of the connection.
        reading: How its client read.
        receipts: What reached each side.
    """
    if attempt.finals:
        first = attempt.finals[0]
        if first.prompt.kind == "mail-data" and not first.prompt.terminated:
            return _broken_off(attempt, receipts)
        return _sent(attempt, exchanges, reading, receipts)
    return _unsent(attempt, exchanges, reading, receipts)


def _sent(attempt: Attempt, exchanges: Sequence[Exchange], reading: Reading, receipts: Receipts) -> Fate:
    """A message whose end was sent."""
    last = attempt.finals[-1]
    drifted = reading.drift is not None and shift_of(reading, last.index) != 0
    outcome = _outcome(attempt, receipts)
    if outcome == "unknown":
        return _without_reply(attempt, receipts)
    if _is_dialogue(attempt, receipts):
        return Fate(outcome, "unknown", "unknown", "the server read commands as message text")
    if drifted:
        return _drifted(attempt, exchanges, reading, receipts, outcome)
    if reading.reader.model == "blind":
        verdict: Verdict = "delivered" if outcome == "accepted" else "refused"
        return Fate(outcome, "unknown", verdict, "the client does not wait for replies")
    if receipts.receipt(_octets(last)[1]) == "had" and not gave_up(receipts.connection, exchanges, last):
        mixed = _refused_of(attempt)
        return Fate(outcome, outcome, _VERDICTS[outcome, outcome], mixed)
    return _late(attempt, exchanges, receipts, outcome)


def _late(attempt: Attempt, exchanges: Sequence[Exchange], receipts: Receipts, outcome: TrueOutcome) -> Fate:
    """A message whose reply the client had not got while it waited for it."""
    last = attempt.finals[-1]
    if gave_up(receipts.connection, exchanges, last):
        reason = "the client went on before the reply to the message came"
    elif receipts.receipt(_octets(last)[1]) == "never":
        reason = "the reply to the message never reached the client"
    else:
        reason = "whether the client read the reply is not in the capture"
        return Fate(outcome, "unknown", "delivered" if outcome == "accepted" else "refused", reason)
    return Fate(outcome, "unknown", "duplicate-risk" if outcome == "accepted" else "refused", reason)


def _drifted(
    attempt: Attempt,
    exchanges: Sequence[Exchange],
    reading: Reading,
    receipts: Receipts,
    outcome: TrueOutcome,
) -> Fate:
    """A message of a client that took other replies for those to its commands."""
    last = attempt.finals[-1]
    belief = belief_of(reading, last.index) or belief_of(reading, attempt.finals[0].index)
    if belief is None:
        return (
            _late(attempt, exchanges, receipts, outcome)
            if _may_be_late(attempt, exchanges, receipts)
            else _by_belief(outcome, "unknown")
        )
    believed = outcome_of(belief.code, lax=is_lax(attempt, exchanges, reading))
    if outcome == believed == "accepted":
        deceived = sum(
            1 for one in attempt.recipients if _is_refused(one) and took_for_positive(reading, one)
        )
        if deceived:
            return Fate(outcome, believed, "lost", f"for {deceived} of {len(attempt.recipients)} recipients")
    return _by_belief(outcome, believed)


def _may_be_late(attempt: Attempt, exchanges: Sequence[Exchange], receipts: Receipts) -> bool:
    last = attempt.finals[-1]
    return receipts.client_had < _octets(last)[1] or gave_up(receipts.connection, exchanges, last)


def _by_belief(outcome: TrueOutcome, believed: TrueOutcome) -> Fate:
    verdict = _VERDICTS.get((outcome, believed), "unknown")
    if believed == "unknown":
        return Fate(outcome, believed, verdict, "what the client took for the reply is not known")
    reason = {
        "lost": "the client took a reply that accepts for the one that refuses",
        "duplicate-risk": "the client took a reply that refuses for the one that accepts",
    }.get(verdict)
    return Fate(outcome, believed, verdict, reason)


def _outcome(attempt: Attempt, receipts: Receipts) -> TrueOutcome:
    """What the replies to the end of a message say."""
    first, last = attempt.finals[0], attempt.finals[-1]
    if first.prompt.inferred or any(one.reply is None or not one.reply.complete for one in attempt.finals):
        return "unknown"
    before, end = _octets(first)[0], _octets(last)[1]
    server = receipts.connection.server_stream
    if any(one.reply is not None and not one.reply.whole for one in attempt.finals):
        return "unknown"
    # A hole right before it may hold the true one.
    if is_holed(server.gaps, before - 1, end):
        return "unknown"
    if last.reply_code is None or 300 <= last.reply_code < 400:
        return "unknown"
    accepted = any(one.reply is not None and 200 <= (one.reply_code or 0) < 300 for one in attempt.finals)
    return "accepted" if accepted else "refused"


def _refused_of(attempt: Attempt) -> str | None:
    """For how many recipients a message was refused that was accepted for others (LMTP, PRDR)."""
    codes = [one.reply_code for one in attempt.finals if one.reply_code != 353]
    refused = sum(1 for code in codes if code is not None and code >= 400)
    if not refused or refused == len(codes):
        return None
    return f"refused for {refused} of {len(codes)} recipients"


def _without_reply(attempt: Attempt, receipts: Receipts) -> Fate:
    """A message whose end drew no reply that is in the capture."""
    connection, last = receipts.connection, attempt.finals[-1]
    server = connection.server_stream
    hidden = bool(server.gaps) or not server.captured or last.prompt.inferred or not last.prompt.whole
    if hidden or last.reply is not None:
        return Fate("unknown", "unknown", "unknown", "the reply to the message is not whole in the capture")
    if server.length > attempt.said:
        return Fate("unknown", "unknown", "unknown", "no reply to the message that can be read")
    if receipts.ended_by is None:
        return Fate("unknown", "unknown", "unknown", "the capture ends before the reply to the message")
    if receipts.server_had < last.prompt.end:
        return Fate("none", "none", "abandoned", "the server never had the whole message")
    reason = f"the {receipts.ended_by} ended the connection before the reply to the message"
    return Fate("unknown", "unknown", "duplicate-risk", reason)


def _broken_off(attempt: Attempt, receipts: Receipts) -> Fate:
    """A message whose end was not sent."""
    one = attempt.finals[0]
    if _is_dialogue(attempt, receipts) and receipts.ended_by is not None:
        return Fate("none", "none", "abandoned", "the server read commands as message text")
    if _is_refused(one):
        return Fate("refused", "refused", "refused", "refused before its end")
    if one.reply is not None or receipts.ended_by is None:
        return Fate("unknown", "unknown", "unknown", "the end of the message is not in the capture")
    return Fate("none", "none", "abandoned", "the connection ended within the message")


def _unsent(attempt: Attempt, exchanges: Sequence[Exchange], reading: Reading, receipts: Receipts) -> Fate:
    """A message that the server never read as one."""
    refusal = _refusal(attempt)
    outcome: TrueOutcome = "refused" if refusal is not None else "none"
    if attempt.texts:
        text = attempt.texts[-1]
        believed = believed_of_text(text.first, text.last, exchanges, reading)
        if believed == "accepted":
            return Fate(
                outcome, believed, "lost", "its text was read as commands, and a reply to that accepts"
            )
        return Fate(outcome, believed, "refused", "its text was read as commands")
    if refusal is not None:
        return Fate(outcome, outcome, "refused", refusal)
    if attempt.left is not None:
        return Fate(outcome, outcome, "abandoned", f"left with {attempt.left}")
    if receipts.ended_by is not None:
        return Fate(outcome, outcome, "abandoned", "the connection ended before the message")
    return Fate("unknown", "unknown", "unknown", "the capture ends before the message")


def _refusal(attempt: Attempt) -> str | None:
    """What was refused so that no message could be sent."""
    if attempt.refusal is not None:
        return f"{attempt.refusal.prompt.verb} was refused with {attempt.refusal.reply_code}"
    if attempt.mail is not None and _is_refused(attempt.mail):
        return f"{attempt.mail.prompt.verb} was refused with {attempt.mail.reply_code}"
    if attempt.recipients and all(_is_refused(one) for one in attempt.recipients):
        return "every recipient was refused"
    return None


def _octets(one: Exchange) -> tuple[int, int]:
    """Where the reply of an exchange lies."""
    return one.reply.octets if one.reply is not None else (0, 0)


def _is_dialogue(attempt: Attempt, receipts: Receipts) -> bool:
    """Whether mail data begins with a command: the client did not know that it was sending a message."""
    prompt = attempt.finals[0].prompt
    if prompt.kind != "mail-data":
        return False
    head = receipts.connection.client_stream.slice(prompt.start, min(prompt.end, prompt.start + 600))
    line = head.partition(b"\n")[0].rstrip(b"\r")
    return looks_like_command(line)


def _is_refused(one: Exchange) -> bool:
    return one.reply_code is not None and one.reply_code >= 400

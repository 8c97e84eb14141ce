"""What a client believed, and what became of its mail, as a record keeps it.

May know conversations and what is private in them; must not know how a record is printed.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from desync.analysis.record import BeliefRecord, TransactionRecord
from desync.analysis.texts import hidden, name_text, text_of
from desync.exchanges.conversation import Conversation
from desync.exchanges.reading import Belief, Drift, Model, Reading
from desync.exchanges.transaction import Transaction
from desync.findings.cure import cure_of_misread
from desync.findings.finding import Finding
from desync.findings.splits import splits
from desync.smtp.reply import Reply, ReplyLine

MISREAD_CODES: Final = frozenset({"SYNC102", "SYNC103"})
MISREAD_CAUSES: Final = frozenset({"split-reply", "multiline-reply"})
"""What sets off a drift that is the reader's own doing."""


class Misread(NamedTuple):
    """What a connection says of its client's reading; the names are those of ``Brief``."""

    misread: bool = False
    proved: bool = False
    cured: bool = False
    whole: bool = False
    models: tuple[Model, ...] = ()


class Believed:
    """Writes what a client took for replies.

    Args:
        conversation: The connection.
        private: The replies that must not be shown.
    """

    def __init__(self, conversation: Conversation, private: frozenset[Reply]) -> None:
        self._beliefs = conversation.reading.beliefs
        self._shifts = conversation.reading.shifts
        self._lines: list[tuple[ReplyLine, bool]] = []
        if self._beliefs:
            self._lines = [
                (line, reply not in private) for reply in conversation.replies for line in reply.lines
            ]
        self._starts = [line.line.start for line, _ in self._lines]

    def shift(self, index: int) -> int | None:
        """By how many replies the client was off at an exchange."""
        return self._shifts[index] if index < len(self._shifts) else None

    def record(self, index: int) -> BeliefRecord | None:
        """What it took for the reply of an exchange."""
        belief = self._beliefs[index] if index < len(self._beliefs) else None
        if belief is None:
            return None
        return BeliefRecord(belief.code, tuple(self._texts(belief)), (belief.start, belief.end))

    def _texts(self, belief: Belief) -> list[str]:
        """The lines that it holds a part of; what is private, or no line of a reply, as its length."""
        found: list[str] = []
        at = belief.start
        for number in range(max(bisect_right(self._starts, at) - 1, 0), len(self._lines)):
            (line, _, _, _), shown = self._lines[number]
            if line.start >= belief.end:
                break
            low, high = max(at, line.start), min(belief.end, line.end)
            if low >= high:
                continue
            if low > at:
                found.append(hidden(low - at))
            part = line.text[low - line.start : high - line.start]
            found.append(text_of(part) if shown else hidden(len(part)))
            at = high
        return [*found, hidden(belief.end - at)] if at < belief.end else found


def transaction_record(index: int, one: Transaction) -> TransactionRecord:
    """Keep a mail transaction, its names bounded.

    Args:
        index: Its number among the transactions of the connection.
        one: The transaction.
    """
    return TransactionRecord(
        index=index,
        sender=name_text(one.sender),
        recipients=tuple((name_text(each.address), each.code) for each in one.recipients),
        final_code=one.final_code,
        queue_id=name_text(one.queue_id),
        octets=one.octets,
        outcome=one.outcome,
        believed=one.believed,
        verdict=one.verdict,
        because=one.because,
        exchanges=one.exchanges,
    )


def misread_of(conversation: Conversation, findings: Sequence[Finding]) -> Misread:
    """Whether a client took a part of a reply for a reply, and what would have prevented it.

    It spoke on that part, which its own segment shows; or it drifted for that reason, which a reader
    model shows.
    """
    reading = conversation.reading
    early = [one for one in findings if one.rule.code in MISREAD_CODES and one.certainty != "inconclusive"]
    if early:
        return Misread(
            misread=True,
            proved=any(one.certainty == "proved" for one in early),
            cured=all(one.details.get("cure") == "yes" for one in early),
            models=_models(reading),
        )
    if reading.drift is not None and reading.drift.cause in MISREAD_CAUSES:
        reply = _trigger(conversation, reading.drift)
        cuts = splits(conversation, reply) if reply is not None else []
        return Misread(
            misread=True,
            cured=reply is not None
            and bool(cuts)
            and cure_of_misread(conversation, reply, cuts[0].how, "fragment")[0] == "yes",
            whole=reply is not None and not cuts,
            models=_models(reading),
        )
    return Misread(models=_models(reading) if reading.reader.model == "blind" else ())


def _models(reading: Reading) -> tuple[Model, ...]:
    reader = reading.reader
    return (reader.model, *reader.candidates) if reader.model is not None else ()


def _trigger(conversation: Conversation, drift: Drift) -> Reply | None:
    """The reply that was misread, where the drift names it."""
    return conversation.exchanges[drift.trigger].reply if drift.trigger is not None else None

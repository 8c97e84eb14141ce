"""Runs of commands out of turn of one class: each is one finding.

What a client blasts out before the greeting is one deed, not a hundred. May know the classes; must
not know how a rule words its finding.
"""

from itertools import groupby
from typing import Final, NamedTuple, TypeAlias

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.findings.certainty import doubts
from desync.findings.finding import Evidence, Facts
from desync.findings.out_of_turn import Turns
from desync.findings.rule import Certainty

MISREADS: Final = frozenset({"SYNC102", "SYNC103", "SYNC107"})
"""What leaves a client a reply behind until it has caught up."""

Behind: TypeAlias = tuple[str, int] | None
"""By what a client is a reply behind: the rule that it broke, and the index of the exchange."""


class Run(NamedTuple):
    """Consecutive exchanges out of turn in the same way.

    Attributes:
        code: The rule that they break.
        exchanges: The exchanges.
        certainty: How sure the first of them is.
        reasons: Why it is not proved; empty where it is.
        evidence: What it rests on.
        behind: The first misread, or wait given up, since the client had all replies that it had asked
            for; None where there was none before this run.
    """

    code: str
    exchanges: list[Exchange]
    certainty: Certainty
    reasons: list[str]
    evidence: tuple[Evidence, ...]
    behind: Behind


def runs(conversation: Conversation, facts: Facts) -> list[Run]:
    """The runs of exchanges out of turn, of all classes, in order."""
    if not _may_be_any(conversation):
        return []
    turns = Turns.of(conversation, facts)
    classes = [(one, turns.classify(one)) for one in map(turns.stands, conversation.exchanges)]
    found = []
    behind: Behind = None
    for (code, _), group in groupby(classes, key=lambda pair: (pair[1], _subject(*pair))):
        members = [one for one, _ in group]
        if code is not None:
            reasons = doubts(conversation, members[0])
            certainty: Certainty = "inconclusive" if reasons else "proved"
            found.append(Run(code, members, certainty, reasons, _evidence(conversation, members[0]), behind))
        behind = _behind_after(members, code, behind)
    return found


def _may_be_any(conversation: Conversation) -> bool:
    """Whether any exchange may be of a class: in most connections none is."""
    if conversation.quit is not None and conversation.quit < len(conversation.exchanges) - 1:
        return True
    return any(one.in_step is False for one in conversation.exchanges)


def _subject(one: Exchange, code: str | None) -> int | None:
    """What keeps two neighbours of one class apart: the reply that each did not wait for."""
    return one.standing.exchange if code in ("SYNC102", "SYNC103") and one.standing is not None else None


def _behind_after(members: list[Exchange], code: str | None, behind: Behind) -> Behind:
    """By what the client is a reply behind after some exchanges of one class."""
    for one in members:
        if one.lead == 0:
            behind = None
        elif behind is None and code is not None and code in MISREADS:
            behind = code, one.index
    return behind


def _evidence(conversation: Conversation, one: Exchange) -> tuple[Evidence, ...]:
    if one.required is None or one.standing is None:
        return ()
    asked = conversation.exchanges[one.required]
    shared = asked.sent and one.sent and asked.sent[-1] == one.sent[0]
    return ("ack", "same-segment") if shared else ("ack",)

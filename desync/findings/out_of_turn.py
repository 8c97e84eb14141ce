"""Which class a command out of turn is of, and runs of commands of one class.

    of the first reply it should have waited for, the client held
        nothing, of the greeting          before the greeting
        nothing, of another reply         pipelining, or gave up waiting
        part of a line                    a reply fragment (the 1999 case)
        whole lines, not the last         inside a multi-line reply     (DESIGN.md, section 3.2)

The rules SYNC101 to SYNC109 each take their class from here, so that no command is two of them.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.findings.certainty import doubts
from desync.findings.finding import Evidence, Facts
from desync.findings.rule import Certainty
from desync.findings.run_text import text_at
from desync.units import MILLISECOND, UNKNOWN_TIME

LONG_SILENCE: Final = 200 * MILLISECOND
ROUND_TRIPS: Final = 3
"""A client that was silent for longer than both of these had been waiting, and gave up."""

EARLY_PIPELINING: Final = frozenset({"PIPE_CONNECT", "X_PIPE_CONNECT", "PIPECONNECT"})
"""Keywords by which a server allows EHLO before its greeting (Exim; draft-harris-early-pipe)."""


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive exchanges out of turn in the same way.

    Attributes:
        code: The rule that they break.
        exchanges: The exchanges.
        certainty: How sure the first of them is.
        reasons: Why it is not proved; empty where it is.
        evidence: What it rests on.
    """

    code: str
    exchanges: list[Exchange]
    certainty: Certainty
    reasons: list[str]
    evidence: tuple[Evidence, ...]


def runs(conversation: Conversation, facts: Facts, code: str) -> list[Run]:
    """The runs of exchanges of one class, in order."""
    if not _may_be_any(conversation, code):
        return []
    found = []
    classes = [(one, classify(conversation, one, facts)) for one in conversation.exchanges]
    for key, group in groupby(classes, key=lambda pair: (pair[1], _subject(pair[0], pair[1]))):
        if key[0] != code:
            continue
        members = [one for one, _ in group]
        reasons = doubts(conversation, members[0])
        found.append(
            Run(
                code,
                members,
                "inconclusive" if reasons else "proved",
                reasons,
                _evidence(conversation, members[0]),
            )
        )
    return found


def _may_be_any(conversation: Conversation, code: str) -> bool:
    """Whether any exchange may be of a class: most connections have none, and ask eight times."""
    if code == "SYNC109":
        return conversation.quit is not None and conversation.quit < len(conversation.exchanges) - 1
    return any(one.in_step is False for one in conversation.exchanges)


def classify(conversation: Conversation, one: Exchange, facts: Facts) -> str | None:
    """The code of the rule that an exchange breaks by coming when it did, or None."""
    if one.prompt.kind == "connection" or conversation.foreign is not None:
        return None
    if conversation.quit is not None and one.index > conversation.quit:
        return "SYNC109"
    if one.in_step is not False or one.standing is None or one.again:
        return None
    if _was_given_more_replies(conversation, one) or is_early_pipelining(conversation, one, facts):
        return None
    standing = one.standing
    if conversation.exchanges[standing.exchange].prompt.verb == "STARTTLS":
        # Octets in front of a TLS handshake are another matter: injection (TLS501).
        return None
    if standing.held == "fragment":
        return "SYNC102"
    if standing.held == "lines":
        return "SYNC103"
    if standing.held == "unknown":
        return None
    if standing.exchange == 0:
        return "SYNC101"
    if one.prompt.kind == "mail-data" or _is_early_text(conversation, one):
        return "SYNC106"
    if waited(conversation, one) is not None:
        # To give up on a reply that never comes, and to say QUIT, is lawful (RFC 5321, section 4.5.3.2).
        gave_up = conversation.exchanges[standing.exchange].reply is not None or one.prompt.verb != "QUIT"
        return "SYNC107" if gave_up else None
    return "SYNC104" if one.pipelining is False else "SYNC105"


def waited(conversation: Conversation, one: Exchange) -> int | None:
    """How long the client had been silent before it gave up waiting, or None where it did not.

    Units:
        Nanoseconds.
    """
    connection = conversation.connection
    before = next(
        (
            other
            for other in reversed(conversation.exchanges[: one.index])
            if other.sent and other.prompt is not one.prompt
        ),
        None,
    )
    if not connection.times_sound or before is None or not one.sent:
        return None
    earlier, later = before.sent[-1].time, one.sent[0].time
    if UNKNOWN_TIME in (earlier, later):
        return None
    round_trips = ROUND_TRIPS * ((connection.point.to_client or 0) + (connection.point.to_server or 0))
    silence = later - earlier
    return silence if silence > max(LONG_SILENCE, round_trips) else None


def is_early_pipelining(conversation: Conversation, one: Exchange, facts: Facts) -> bool:
    """Whether a server allows what would else be early: EHLO and its group before the greeting."""
    if one.standing is None or one.standing.exchange > 1:
        return False
    if conversation.connection.server.address in facts.early_pipelining:
        return True
    return offers_early_pipelining(conversation)


def is_early_candidate(conversation: Conversation) -> bool:
    """Whether another connection's EHLO reply could change the verdict on this one."""
    return any(
        one.in_step is False and one.standing is not None and one.standing.exchange <= 1
        for one in conversation.exchanges
    )


def offers_early_pipelining(conversation: Conversation) -> bool:
    """Whether an EHLO reply of the connection offers PIPE_CONNECT."""
    for one in conversation.exchanges:
        if one.prompt.verb == "EHLO" and one.reply is not None and one.reply.code == 250:
            words = {
                line.text.split(b" ")[0].strip().upper().decode("latin-1") for line in one.reply.lines[1:]
            }
            if words & EARLY_PIPELINING:
                return True
    return False


def _was_given_more_replies(conversation: Conversation, one: Exchange) -> bool:
    """Whether surplus replies let a correct reader believe that it had its answer.

    A client that reads a reply for each command is offset by a reply that nobody asked for, and
    that is not its doing (REPLY306, REPLY308).
    """
    if one.standing is None or one.acknowledged is None or one.required is None:
        return False
    extra = sum(
        1 for reply in conversation.unpaired if reply.complete and reply.octets[1] <= one.acknowledged
    )
    return one.standing.held == "nothing" and extra > one.required - one.standing.exchange


def _is_early_text(conversation: Conversation, one: Exchange) -> bool:
    """Whether a line is of a message that was sent before the reply to DATA, which refused it.

    Where that reply had arrived its lines are sent before each other's replies.
    """
    text = text_at(conversation, one.index)
    return text is not None and conversation.exchanges[text.first].in_step is False


def _subject(one: Exchange, code: str | None) -> int | None:
    """What keeps two neighbours of one class apart: the reply that each did not wait for."""
    return one.standing.exchange if code in ("SYNC102", "SYNC103") and one.standing is not None else None


def _evidence(conversation: Conversation, one: Exchange) -> tuple[Evidence, ...]:
    if one.required is None or one.standing is None:
        return ()
    asked = conversation.exchanges[one.required]
    shared = asked.sent and one.sent and asked.sent[-1] == one.sent[0]
    return ("ack", "same-segment") if shared else ("ack",)

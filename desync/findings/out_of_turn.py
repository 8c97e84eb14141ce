"""Which class a command out of turn is of.

    of the first reply it should have waited for, the client held
        nothing, of the greeting          before the greeting
        nothing, of another reply         pipelining, or gave up waiting
        part of a line                    a reply fragment (the 1999 case)
        whole lines, not the last         inside a multi-line reply     (DESIGN.md, section 3.2)

The rules SYNC101 to SYNC109 each take their class from here, so that no command is two of them.
May know exchanges; must not know how sure a verdict on them is (``findings.runs``).
"""

from bisect import bisect_right
from typing import Final, NamedTuple

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.standing import Standing
from desync.findings.chunks import is_of_chunk
from desync.findings.early_connect import beyond, is_agreed
from desync.findings.finding import Facts
from desync.findings.run_text import text_at
from desync.units import MILLISECOND, UNKNOWN_TIME

LONG_SILENCE: Final = 200 * MILLISECOND
ROUND_TRIPS: Final = 3
"""A client that was silent for longer than both of these had been waiting, and gave up."""

EARLY_PIPELINING: Final = frozenset({"PIPE_CONNECT", "X_PIPE_CONNECT", "PIPECONNECT"})
"""Keywords by which a server allows EHLO before its greeting (Exim; draft-harris-early-pipe)."""


class Turns(NamedTuple):
    """What the exchanges of one connection are classified by, found out once for all of them.

    Attributes:
        conversation: The connection.
        early: Whether its server allows what would else be early.
        surplus: Where each whole reply ends that answers nothing, ascending.
    """

    conversation: Conversation
    early: bool
    surplus: list[int]

    @classmethod
    def of(cls, conversation: Conversation, facts: Facts) -> "Turns":
        """Prepare for the exchanges of a connection."""
        return cls(
            conversation,
            conversation.connection.server.address in facts.early_pipelining
            or offers_early_pipelining(conversation),
            sorted(reply.octets[1] for reply in conversation.unpaired if reply.complete),
        )

    def classify(self, one: Exchange) -> str | None:
        """The code of the rule that an exchange breaks by coming when it did, or None."""
        conversation = self.conversation
        if one.prompt.kind == "connection" or conversation.foreign is not None:
            return None
        if conversation.quit is not None and one.index > conversation.quit:
            return "SYNC109"
        if one.in_step is not False or one.standing is None or one.again:
            return None
        waited_for = one.standing.exchange, one.index - 1 if one.required is None else one.required
        if any(is_of_chunk(conversation, index) for index in (one.index, *waited_for)):
            # The octets of a chunk follow its BDAT at once, and draw no replies: who sends what comes
            # next has nothing to wait for (RFC 3030, section 2; DATA404).
            return None
        if self._was_given_more_replies(one) or (self.early and is_agreed(conversation, one)):
            # EHLO and its group may come before the greeting where the server says so.
            return None
        return _class_of(conversation, one, one.standing)

    def stands(self, one: Exchange) -> Exchange:
        """An exchange as it stands where what the server allows need not be waited for."""
        return beyond(self.conversation, one) if self.early else one

    def _was_given_more_replies(self, one: Exchange) -> bool:
        """Whether surplus replies let a correct reader believe that it had its answer.

        A client that reads a reply for each command is offset by a reply that nobody asked for, and
        that is not its doing (REPLY306, REPLY308).
        """
        if one.standing is None or one.acknowledged is None or one.required is None:
            return False
        extra = bisect_right(self.surplus, one.acknowledged)
        return one.standing.held == "nothing" and extra > one.required - one.standing.exchange


def _class_of(conversation: Conversation, one: Exchange, standing: Standing) -> str | None:
    if is_behind_starttls(conversation, one):
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


def is_behind_starttls(conversation: Conversation, one: Exchange) -> bool:
    """Whether an exchange came before the reply to STARTTLS: another matter, injection (TLS501).

    A client that had waited long, and starts no TLS after it, gave up on that reply.
    """
    standing = one.standing
    if standing is None or conversation.exchanges[standing.exchange].prompt.verb != "STARTTLS":
        return False
    return conversation.encryption is not None or waited(conversation, one) is None


def waited(conversation: Conversation, one: Exchange) -> int | None:
    """How long the client had been silent before it gave up waiting, or None where it did not.

    Units:
        Nanoseconds.
    """
    connection = conversation.connection
    before = next(
        (
            other
            for other in map(conversation.exchanges.__getitem__, range(one.index - 1, -1, -1))
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


def _is_early_text(conversation: Conversation, one: Exchange) -> bool:
    """Whether a line is of a message that was sent before the reply to DATA, which refused it.

    Where that reply had arrived its lines are sent before each other's replies.
    """
    text = text_at(conversation, one.index)
    return text is not None and conversation.exchanges[text.first].in_step is False

"""How it came that a client did not learn of a message's acceptance.

    DATA Termination: 10 minutes [...] a connection timeout during that period would normally
    result in a very unproductive situation                  (RFC 5321, section 4.5.3.2.6)

May know transactions, segments and times; must not know which rule asks.
"""

from typing import Final, NamedTuple

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.receipts import Receipts, gave_up, went_on
from desync.exchanges.transaction import Transaction
from desync.findings.outcome import BLAME
from desync.findings.rule import Blame
from desync.tcp.rows import FIN, RST
from desync.units import SECOND, UNKNOWN_TIME

LONG_ENOUGH: Final = 600 * SECOND
"""How long a client has to wait for the reply to a message (RFC 5321, section 4.5.3.2.6)."""


class LostReply(NamedTuple):
    """Why a reply was not learnt.

    Attributes:
        blame: Whose doing it is.
        because: Code of the finding that it follows from, or None.
        waited: Nanoseconds that the client waited before it went on or closed, or None.
    """

    blame: Blame
    because: str | None
    waited: int | None


def lost_reply(conversation: Conversation, one: Transaction, receipts: Receipts) -> LostReply:
    """Say how a client failed to learn of a message's acceptance.

    Args:
        conversation: The connection.
        one: A transaction at risk.
        receipts: What reached each side.
    """
    drift = conversation.reading.drift
    if drift is not None and one.believed == "refused":
        return LostReply(BLAME[drift.cause], "SYNC201", None)
    if one.final is None:
        return LostReply("nobody", None, None)
    final = conversation.exchanges[one.final]
    if gave_up(conversation.connection, conversation.exchanges, final):
        waited = _waited(conversation, final)
        return LostReply(_of_wait(waited), "SYNC107", waited)
    if receipts.ended_by == "server" and final.reply is None:
        return LostReply("server", None, None)
    closed = _closed(conversation, final)
    if closed is None:
        # It stayed, and the reply did not come through.
        return LostReply("path", None, None)
    return LostReply(_of_wait(closed), None, closed)


def _of_wait(waited: int | None) -> Blame:
    if waited is None:
        return "nobody"
    return "server" if waited >= LONG_ENOUGH else "client"


def _waited(conversation: Conversation, final: Exchange) -> int | None:
    following = went_on(conversation.exchanges, final)
    return following.sent[0].time - final.sent[-1].time if final.sent and following is not None else None


def _closed(conversation: Conversation, final: Exchange) -> int | None:
    """How long after its message a client closed or reset the connection, or None."""
    ended = conversation.once(_ended)
    if ended is None or not final.sent or not conversation.connection.times_sound:
        return None
    return max(ended - final.sent[-1].time, 0)


def _ended(conversation: Conversation) -> int | None:
    """When the client closed or reset the connection, or None."""
    connection = conversation.connection
    rows = connection.rows
    times = (
        time
        for side, flags, time in zip(rows.side, rows.flags, rows.time, strict=True)
        if side == connection.client_side and flags & (FIN | RST) and time != UNKNOWN_TIME
    )
    return min(times, default=None)

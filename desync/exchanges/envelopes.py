"""The mail transactions of a connection, with their true and believed outcomes.

May know exchanges and beliefs; must not judge.
"""

from collections.abc import Collection

from desync.exchanges.attempts import Attempt, attempts
from desync.exchanges.exchange import Exchange
from desync.exchanges.mail_paths import path_of
from desync.exchanges.outcomes import fate_of
from desync.exchanges.queue_ids import queue_id_of
from desync.exchanges.reading import Reading
from desync.exchanges.receipts import Receipts, receipts_of
from desync.exchanges.text_lines import text_lines
from desync.exchanges.transaction import Recipient, Transaction
from desync.tcp.connection import Connection


def transactions_of(
    connection: Connection, exchanges: tuple[Exchange, ...], reading: Reading
) -> tuple[Transaction, ...]:
    """Find the mail transactions of a connection.

    Args:
        connection: The connection.
        exchanges: Its exchanges.
        reading: How its client read the replies.

    Returns:
        The transactions as the server had them, in the order of the dialogue. Where the server read
        commands as message text, or message text as commands, they say so.
    """
    found = attempts(exchanges)
    if not found:
        return ()
    receipts = receipts_of(connection)
    private = text_lines(exchanges, [text for one in found for text in one.texts])
    return tuple(_transaction(one, exchanges, reading, receipts, private) for one in found)


def _transaction(
    attempt: Attempt,
    exchanges: tuple[Exchange, ...],
    reading: Reading,
    receipts: Receipts,
    private: Collection[int],
) -> Transaction:
    fate = fate_of(attempt, exchanges, reading, receipts)
    last = attempt.finals[-1] if attempt.finals else None
    accepted = last is not None and last.reply is not None and last.reply.is_positive
    whole = last is not None and last.prompt.terminated and not last.prompt.inferred
    return Transaction(
        sender=_address(attempt.mail, private) if attempt.mail is not None else None,
        recipients=tuple(Recipient(_address(one, private), one.reply_code) for one in attempt.recipients),
        final=last.index if last is not None else None,
        final_code=last.reply_code if last is not None else None,
        queue_id=queue_id_of(last.reply)
        if accepted and last is not None and last.reply is not None
        else None,
        octets=attempt.octets if whole else None,
        outcome=fate.outcome,
        believed=fate.believed,
        verdict=fate.verdict,
        because=fate.because,
        exchanges=(attempt.first, attempt.last),
        texts=tuple(attempt.texts),
    )


def _address(one: Exchange, private: Collection[int]) -> bytes | None:
    """The path that a command names; None where it is a line of a message that reads like a command."""
    return None if one.index in private else path_of(one.prompt.command)

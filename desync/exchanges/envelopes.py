"""The mail transactions of a connection, with their true and believed outcomes.

May know exchanges and beliefs; must not judge.
"""

from desync.exchanges.exchange import Exchange
from desync.exchanges.reading import Reading
from desync.exchanges.transaction import Transaction
from desync.tcp.connection import Connection


def transactions_of(
    connection: Connection, exchanges: tuple[Exchange, ...], reading: Reading
) -> tuple[Transaction, ...]:
    """Find the mail transactions of a connection."""
    del connection, exchanges, reading
    return ()

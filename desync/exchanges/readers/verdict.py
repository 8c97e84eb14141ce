"""Which reader model explains a connection best.

May know exchanges, streams and times; must not judge.
"""

from desync.exchanges.exchange import Exchange
from desync.exchanges.reading import UNREAD, Reading
from desync.smtp.reply import Reply
from desync.tcp.connection import Connection


def reading_of(
    connection: Connection, exchanges: tuple[Exchange, ...], unpaired: tuple[Reply, ...]
) -> Reading:
    """Find out how the client of a connection read its replies."""
    del connection, exchanges, unpaired
    return UNREAD

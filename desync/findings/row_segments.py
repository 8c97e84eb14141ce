"""Segments that carry no octets of a stream, for findings to point at: a FIN, a RST, a bare ACK.

May know a connection's rows; must not know why a rule points at one.
"""

from desync.tcp.connection import Connection
from desync.tcp.stream import Sent


def segment_at(connection: Connection, row: int) -> Sent:
    """The segment of a row, whatever it carries.

    Args:
        connection: The connection.
        row: Index of one of its rows.
    """
    rows, assembly = connection.rows, connection.assembly
    start = assembly.offsets[row] or 0
    return Sent(
        start,
        start + rows.length[row],
        max(assembly.acknowledged[row] or 0, 0),
        rows.capture[row],
        rows.frame[row],
        rows.time[row],
        row,
    )

"""Write the letter about a connection of a capture.

May know how a connection is found and made a document; must not know how a letter reads.
"""

from typing import NamedTuple

from desync.analysis.options import Options
from desync.report.document import connection_document
from desync.report.letter.choice import Side, others
from desync.report.letter.letter import Source, letter
from desync.report.redacted.connection import redacted_connection
from desync.report.redacted.names import Names
from desync.report.show import found_connection


class Written(NamedTuple):
    """A letter.

    Attributes:
        text: It; None where there is nothing to write to that side.
        others: Codes of what was found and is not in it.
    """

    text: str | None
    others: tuple[str, ...]


def letter_of(path: str, stream: int, side: Side, options: Options, names: Names | None = None) -> Written:
    """Write to one side of a connection.

    Args:
        path: The capture.
        stream: The connection's ``tcp.stream``.
        side: Whose operator or vendor it is for.
        options: Which ports are mail, and whether to say the capture's SHA-256.
        names: Pseudonyms to show instead of names and addresses, or None.

    Raises:
        CaptureError: The capture cannot be analysed.
        UsageError: It has no mail connection of this number.
    """
    archive, outcome = found_connection(path, stream, options)
    connection = connection_document(archive, outcome)
    capture = next(one for one in archive.captures if one.index == connection["capture"])
    file = capture.path.rpartition("/")[2] or capture.path
    if names is not None:
        connection, file = redacted_connection(names, connection), names.path(capture.path)
    text = letter(connection, side, Source(file, capture.sha256, stream))
    codes = dict.fromkeys(one["code"] for one in others(connection, side))
    return Written(text, tuple(codes))

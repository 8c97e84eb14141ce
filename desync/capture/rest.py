"""Say what the last octets of a capture mean, too few for a header.

May know offsets; must not know any format.
"""

from typing import Final

from desync.capture.notes import Notes
from desync.capture.window import Window

LEAST_ZEROS: Final = 4
"""Big-endian numbers begin with up to three zeros of their own."""


def report_rest(notes: Notes, window: Window, at: int, needed: int, what: str) -> None:
    """Report the octets from ``at`` to the end, if there are any.

    Args:
        notes: Takes the problem.
        window: Holds the octets.
        at: Where a header was due.
        needed: Octets that it needs.
        what: What was due, for the message.
    """
    rest = window.piece(at, window.end)
    if len(rest) >= LEAST_ZEROS and not any(rest):
        notes.problem("damaged", at, len(rest), f"the last {len(rest)} octets are all zero")
    elif rest:
        message = f"{what} at offset {at} needs {needed} octets, the file has {len(rest)} left"
        notes.problem("truncated", at, needed - len(rest), message)

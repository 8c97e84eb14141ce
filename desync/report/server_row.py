"""Count what all sessions with one server show: a row of the report's summary.

May know briefs; must not know the records of single connections.
"""

from dataclasses import dataclass
from typing import Any

from desync.analysis.record import Brief


@dataclass(slots=True)
class ServerRow:
    """A server: one address with one greeting.

    Attributes:
        sessions: Its mail connections.
        split: Those in which a reply left in more than one segment.
        misread: Those in which the client took a part of a reply for a reply.
        cured: Those of them in which one write per reply would have prevented it.
    """

    banner: str | None
    sessions: int = 0
    split: int = 0
    misread: int = 0
    cured: int = 0

    def add(self, brief: Brief) -> None:
        """Count one session."""
        self.sessions += 1
        self.split += brief.split
        self.misread += brief.misread
        self.cured += brief.cured

    def add_lawful(self, sessions: int, splits: int) -> None:
        """Count sessions without a fault, in some of which a reply was split."""
        self.sessions += sessions
        self.split += splits

    def add_row(self, other: "ServerRow") -> None:
        """Count what another row of the same server has counted."""
        self.sessions += other.sessions
        self.split += other.split
        self.misread += other.misread
        self.cured += other.cured

    def document(self, address: str) -> dict[str, Any]:
        """The row as the report prints it."""
        return {
            "address": address,
            "banner": self.banner,
            "sessions": self.sessions,
            "split": self.split,
            "misread": self.misread,
            "cured": self.cured,
        }

"""Count what all connections show: the report's summary.

May know briefs; must not know the records of single connections.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from desync.analysis.options import Options
from desync.analysis.record import Brief


@dataclass(slots=True)
class _Client:
    name: str | None
    sessions: int = 0
    splits_seen: int = 0
    misread: int = 0
    whole_misread: int = 0
    proved: int = 0


@dataclass(slots=True)
class _Server:
    banner: str | None
    sessions: int = 0
    split: int = 0
    misread: int = 0
    cured: int = 0


@dataclass(slots=True)
class Summary:
    """The counts of a report while connections come in, in the report's order.

    Attributes:
        options: Which codes are to be counted.
    """

    options: Options
    mail: int = 0
    encrypted: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    clients: dict[tuple[str, str | None], _Client] = field(default_factory=dict)
    servers: dict[tuple[str, str | None], _Server] = field(default_factory=dict)

    def add(self, brief: Brief, *, repeated: bool) -> None:
        """Count one connection; one that the archive holds already is counted only once."""
        self.codes.update({code: count for code, count in brief.codes if self.options.reports(code)})
        if repeated:
            return
        self.mail += 1
        self.encrypted += brief.encrypted
        client = self.clients.setdefault((brief.client.address, brief.name), _Client(brief.name))
        client.sessions += 1
        client.splits_seen += brief.split
        client.misread += brief.misread
        client.whole_misread += brief.misread and not brief.split
        client.proved += brief.proved
        server = self.servers.setdefault((brief.server.address, brief.banner), _Server(brief.banner))
        server.sessions += 1
        server.split += brief.split
        server.misread += brief.misread
        server.cured += brief.cured

    def add_problems(self, problems: Iterable[dict[str, Any]]) -> None:
        """Count the findings about a capture as a whole."""
        self.codes.update(one["code"] for one in problems)

    def document(self, connections: int, refused: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """The summary as the report prints it."""
        return {
            "connections": connections,
            "mail": self.mail,
            "encrypted": self.encrypted,
            "by_code": dict(sorted(self.codes.items())),
            "clients": [
                {
                    "address": address,
                    "name": one.name,
                    "sessions": one.sessions,
                    "splits_seen": one.splits_seen,
                    "misread": one.misread,
                    "whole_misread": one.whole_misread,
                    "model": None,
                    "proved": one.proved,
                }
                for (address, _), one in sorted(
                    self.clients.items(), key=lambda item: (item[0][0], item[0][1] or "")
                )
            ],
            "servers": [
                {
                    "address": address,
                    "banner": one.banner,
                    "sessions": one.sessions,
                    "split": one.split,
                    "misread": one.misread,
                    "cured": one.cured,
                }
                for (address, _), one in sorted(
                    self.servers.items(), key=lambda item: (item[0][0], item[0][1] or "")
                )
            ],
            "timeline": [],
            "not_analysed": [{"path": path, "reason": reason} for path, reason in refused],
        }

"""Count what all connections show: the report's summary.

May know briefs and columns; must not know the records of single connections.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from desync.analysis.options import Options
from desync.analysis.plain import NOTED, SPLIT, Plain
from desync.analysis.record import Brief
from desync.report.client_row import ClientRow
from desync.report.ledger import Ledger
from desync.report.server_row import ServerRow
from desync.report.timeline.timeline import Timeline


@dataclass(slots=True)
class Summary:
    """The counts of a report while connections come in.

    Attributes:
        options: Which codes are to be counted.
        timeline: Takes every session that counts.
    """

    options: Options
    timeline: Timeline
    mail: int = 0
    encrypted: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    clients: Ledger[ClientRow] = field(default_factory=lambda: Ledger(ClientRow))
    servers: Ledger[ServerRow] = field(default_factory=lambda: Ledger(ServerRow))

    def add(self, brief: Brief, *, repeated: bool) -> None:
        """Count one connection; one that the archive holds already is counted only once."""
        self.codes.update({code: count for code, count in brief.codes if self.options.reports(code)})
        if repeated:
            return
        self.mail += 1
        self.encrypted += brief.encrypted
        self.clients.row(brief.client.address, brief.name).add(brief)
        self.servers.row(brief.server.address, brief.banner).add(brief)
        self.timeline.add(brief)

    def add_plain(self, plain: Plain, repeats: Collection[tuple[int, int]]) -> None:
        """Count textbook connections, each as ``add`` would.

        Args:
            plain: The connections.
            repeats: Capture and first frame of those that the archive holds already.
        """
        counts = [*plain.splits.sum(axis=0).tolist(), *plain.notes.sum(axis=0).tolist()]
        for code, count in zip((*SPLIT, *NOTED), counts, strict=True):
            if count and self.options.reports(code):
                self.codes[code] += count
        again = [frame for capture, frame in repeats if capture == plain.capture]
        once = plain.take(~np.isin(plain.frames[:, 0], again)) if again else plain
        self.mail += len(once)
        split = once.splits.sum(axis=1) > 0
        self.clients.count(once.client, once.names, split, once.texts)
        self.servers.count(once.server, once.banners, split, once.texts)
        self.timeline.add_plain(once)

    def add_problems(self, problems: Iterable[dict[str, Any]]) -> None:
        """Count the findings about a capture as a whole."""
        self.codes.update(one["code"] for one in problems)

    def document(self, connections: int, refused: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """The summary as the report prints it; rows are made when they are asked for."""
        return {
            "connections": connections,
            "mail": self.mail,
            "encrypted": self.encrypted,
            "by_code": dict(sorted(self.codes.items())),
            "clients": self.clients,
            "servers": self.servers,
            "timeline": self.timeline,
            "not_analysed": [{"path": path, "reason": reason} for path, reason in refused],
        }

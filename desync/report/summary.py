"""Count what all connections show: the report's summary.

May know briefs; must not know the records of single connections.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desync.analysis.examine import address_text
from desync.analysis.options import Options
from desync.analysis.plain import Ends, Plain
from desync.analysis.record import Brief
from desync.capture.frames import Integers
from desync.report.client_row import ClientRow


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
    clients: dict[tuple[str, str | None], ClientRow] = field(default_factory=dict)
    servers: dict[tuple[str, str | None], _Server] = field(default_factory=dict)

    def add(self, brief: Brief, *, repeated: bool) -> None:
        """Count one connection; one that the archive holds already is counted only once."""
        self.codes.update({code: count for code, count in brief.codes if self.options.reports(code)})
        if repeated:
            return
        self.mail += 1
        self.encrypted += brief.encrypted
        self.clients.setdefault((brief.client.address, brief.name), ClientRow(brief.name)).add(brief)
        server = self.servers.setdefault((brief.server.address, brief.banner), _Server(brief.banner))
        server.sessions += 1
        server.split += brief.split
        server.misread += brief.misread
        server.cured += brief.cured

    def add_plain(self, plain: Plain, repeats: Collection[tuple[int, int]]) -> None:
        """Count textbook connections, each as ``add`` would.

        Args:
            plain: The connections.
            repeats: Capture and first frame of those that the archive holds already.
        """
        lines, replies = plain.splits.sum(axis=0).tolist()
        for code, count in (("REPLY301", lines), ("REPLY302", replies)):
            if count and self.options.reports(code):
                self.codes[code] += count
        again = [frame for capture, frame in repeats if capture == plain.capture]
        once = plain.take(~np.isin(plain.frames[:, 0], again)) if again else plain
        self.mail += len(once)
        split = once.splits.sum(axis=1) > 0
        for address, name, sessions, splits in _counted(once.client, once.names, split, once.texts):
            self.clients.setdefault((address, name), ClientRow(name)).add_lawful(sessions, splits)
        for address, banner, sessions, splits in _counted(once.server, once.banners, split, once.texts):
            server = self.servers.setdefault((address, banner), _Server(banner))
            server.sessions += sessions
            server.split += splits

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
                one.document(address)
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


def _counted(
    ends: Ends, texts: Integers, split: NDArray[np.bool_], known: Sequence[str]
) -> Iterator[tuple[str, str, int, int]]:
    """Each address with each text that goes with it: how many connections, how many with a split."""
    order = np.lexsort((texts, ends["low"], ends["high"]))
    high, low, number = ends["high"][order], ends["low"][order], texts[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (high[1:] != high[:-1]) | (low[1:] != low[:-1]) | (number[1:] != number[:-1])
    begins = np.flatnonzero(new)
    counts = np.diff([*begins, len(order)])
    splits = np.add.reduceat(split[order].astype(np.int64), begins) if len(begins) else counts
    for first, second, text, count, some in zip(
        *(column[begins].tolist() for column in (high, low, number)),
        counts.tolist(),
        splits.tolist(),
        strict=True,
    ):
        yield address_text(first << 64 | second), known[text], count, some

"""Count what all sessions of one client show of how it reads: a row of the report's summary.

One session can mislead: a client that never waits may by chance hold half a line. May know
briefs; must not know the records of single connections.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from desync.analysis.record import Brief
from desync.exchanges.reading import Model

AGREED: Final = 0.9
"""Share of the sessions that can tell which have to agree on a model. Not all: two pieces of a reply
that reach a client together are read as one, and then it has misread nothing."""


@dataclass(slots=True)
class ClientRow:
    """A client: one address under one name.

    Attributes:
        sessions: Its mail connections; ``clear`` those of them that were not encrypted at once.
        splits_seen: Sessions in which a reply left in more than one segment.
        misread: Sessions in which it took a part of a reply for a reply; ``whole_misread`` those
            where that reply had not been split, ``proved`` those where that is proved.
        withstood: Sessions in which a reply was split, and none misread.
        told: For each session that tells, the model that was the verdict and those that could not be
            told from it.
    """

    name: str | None
    sessions: int = 0
    clear: int = 0
    splits_seen: int = 0
    misread: int = 0
    whole_misread: int = 0
    proved: int = 0
    withstood: int = 0
    told: list[tuple[Model, ...]] = field(default_factory=list)

    def add(self, brief: Brief) -> None:
        """Count one session."""
        self.sessions += 1
        self.clear += not brief.encrypted
        self.splits_seen += brief.split
        self.misread += brief.misread
        self.whole_misread += brief.whole_misread
        self.proved += brief.proved
        self.withstood += brief.split and not brief.misread
        if brief.models:
            self.told.append(brief.models)

    def add_lawful(self, sessions: int, splits: int) -> None:
        """Count sessions in plain text without a fault, in some of which a reply was split."""
        self.sessions += sessions
        self.clear += sessions
        self.splits_seen += splits
        self.withstood += splits

    def add_row(self, other: "ClientRow") -> None:
        """Count what another row of the same client has counted."""
        self.sessions += other.sessions
        self.clear += other.clear
        self.splits_seen += other.splits_seen
        self.misread += other.misread
        self.whole_misread += other.whole_misread
        self.proved += other.proved
        self.withstood += other.withstood
        self.told += other.told

    @property
    def model(self) -> Model | None:
        """How the client reads, where its sessions agree; else None."""
        told = len(self.told)
        if not told:
            return "whole-reply" if self.withstood and not self.misread else None
        model, verdicts = max(
            Counter(models[0] for models in self.told).items(), key=lambda item: (item[1], item[0])
        )
        if verdicts < told:
            # Not one verdict: the one model that explains each of these sessions, if there is one.
            common = sorted(set.intersection(*(set(models) for models in self.told)))
            if len(common) != 1:
                return None
            model = common[0]
        return model if told >= AGREED * self._could_tell(model, told) else None

    def _could_tell(self, model: Model, told: int) -> int:
        """How many sessions would have shown it if the client reads so.

        Only a split reply shows who takes a segment for a reply; any session shows the others.
        """
        return told + self.withstood if model == "segment" else self.clear

    def document(self, address: str) -> dict[str, Any]:
        """The row as the report prints it."""
        return {
            "address": address,
            "name": self.name,
            "sessions": self.sessions,
            "encrypted": self.sessions - self.clear,
            "splits_seen": self.splits_seen,
            "misread": self.misread,
            "whole_misread": self.whole_misread,
            "model": self.model,
            "proved": self.proved,
        }

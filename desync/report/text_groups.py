"""Gather findings of one kind by one party, so that a report says once what happened often.

May know the report's document; must not know how a group is printed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from desync.report.jsonl import Document
from desync.report.text_words import CERTAINTY_RANK, OUT_OF_TURN, SEVERITY_RANK

Finding: TypeAlias = Mapping[str, Any]
Connection: TypeAlias = Mapping[str, Any]

_PARTY: Final = {
    "client": "client",
    "configuration": "client",
    "server": "server",
    "nobody": "server",
    "path": "server",
}
"""Whose address findings are gathered by: theirs who have to do something, or who can."""


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one code and one certainty that concern one party.

    Attributes:
        side: Whether the party is a ``client``, a ``server`` or the ``capture``.
        address: The party's address; the capture's index where it is a capture.
        code, name, severity, certainty, blame: What all findings of the group share.
        findings: The findings, in the document's order.
        sessions: Connections concerned; one that the archive holds twice counts once.
    """

    side: str
    address: str
    code: str
    name: str
    severity: str
    certainty: str
    blame: str
    findings: tuple[Finding, ...]
    sessions: int

    @property
    def accuses(self) -> bool:
        """Whether the group says that its client spoke out of turn, on evidence."""
        return self.code in OUT_OF_TURN and self.certainty != "inconclusive"


@dataclass(frozen=True, slots=True)
class Party:
    """A client or server and all groups of findings that concern it, the gravest first."""

    side: str
    address: str
    groups: tuple[Group, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all groups."""
        return tuple(finding for group in self.groups for finding in group.findings)


def by_id(document: Document) -> dict[str, Connection]:
    """Find connections by their id."""
    return {connection["id"]: connection for connection in document["connections"]}


def group_findings(document: Document) -> list[Group]:
    """Gather the document's findings, the gravest and surest first."""
    connections = by_id(document)
    gathered: dict[tuple[str, str, str, str, str, str, str], list[Finding]] = defaultdict(list)
    for finding in document["findings"]:
        side, address = _party(finding, connections)
        code, name, severity = finding["code"], finding["name"], finding["severity"]
        key = (side, address, code, name, severity, finding["certainty"], finding["blame"])
        gathered[key].append(finding)
    groups = [
        Group(*key, tuple(findings), count_sessions(findings, connections))
        for key, findings in gathered.items()
    ]
    totals: Counter[tuple[str, str]] = Counter()
    for group in groups:
        totals[group.side, group.address] += len(group.findings)
    return sorted(groups, key=lambda group: _gravity(group, totals))


def parties(groups: Iterable[Group]) -> list[Party]:
    """Put together the groups that concern the same client or server, in the order given."""
    gathered: dict[tuple[str, str], list[Group]] = defaultdict(list)
    for group in groups:
        gathered[group.side, group.address].append(group)
    return [Party(side, address, tuple(found)) for (side, address), found in gathered.items()]


def count_sessions(findings: Iterable[Finding], connections: Mapping[str, Connection]) -> int:
    """Count connections that findings were made in; copies of one connection count once."""
    seen = {finding["connection"] for finding in findings if finding["connection"] is not None}
    return len({min([one, *connections[one]["same_as"]]) if one in connections else one for one in seen})


def _party(finding: Finding, connections: Mapping[str, Connection]) -> tuple[str, str]:
    side = _PARTY.get(finding["blame"])
    if side is None or finding["connection"] is None:
        return "capture", str(finding["capture"])
    connection = connections.get(finding["connection"])
    if connection is not None:
        return side, connection[side]["address"]
    return side, _host(finding[side] or "unknown address")


def _host(endpoint: str) -> str:
    """Take the port off ``address:port``; an IPv6 address may stand in brackets."""
    return endpoint.rpartition(":")[0].strip("[]") or endpoint


def _gravity(group: Group, totals: Counter[tuple[str, str]]) -> tuple[int | str, ...]:
    """Sort the gravest first, then who is concerned most, then what comes first in the dialogue.

    What comes first is most often the cause of what follows.
    """
    firsts = [finding["exchanges"][0] for finding in group.findings if finding["exchanges"]]
    return (
        -SEVERITY_RANK.get(group.severity, 0),
        -CERTAINTY_RANK.get(group.certainty, 0),
        -totals[group.side, group.address],
        group.address,
        min(firsts, default=0),
        group.code,
        group.blame,
    )

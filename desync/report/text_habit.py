"""Say how a client reads, judged by all its sessions, and what would spare it.

May know the summary's rows and the cures that findings name; must not know how they were found.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from desync.report.jsonl import Document
from desync.report.text_groups import Connection, Finding
from desync.report.text_sheet import Sheet
from desync.report.text_words import MODEL, clip, plural

NAME_LIMIT: Final = 60

MISREADS: Final = frozenset({"SYNC102", "SYNC103", "SYNC201"})
"""Findings that may say what would have prevented a misread."""


def write_habit(
    sheet: Sheet,
    rows: list[Mapping[str, Any]],
    findings: Iterable[Finding],
    connections: Mapping[str, Connection],
) -> None:
    """Write how one client reads, under each of its names that misread anything or waited for nothing.

    Args:
        sheet: Where to.
        rows: The summary's rows of its address, one for each name that it gave itself.
        findings: Its findings.
        connections: The document's connections, by id.
    """
    for row in rows:
        if not row["misread"] and row["model"] in (None, "whole-reply"):
            continue
        name = f"{clip(row['name'] or 'without a name', NAME_LIMIT)}: " if len(rows) > 1 else ""
        words = MODEL.get(row["model"], "its sessions do not agree on how it reads")
        sheet.field("reader", name, words)
        if row["misread"]:
            sheet.field("misread", name, ", ".join(_misread(row)))
    cures = list(_cures(findings, connections))
    if cures:
        sheet.field(
            "cure", f"one write per reply would have prevented {cures.count('yes'):,} of {len(cures):,}"
        )


def _misread(row: Mapping[str, Any]) -> Iterator[str]:
    """Say how often what was misread: many split replies and no whole one tell more than one of many."""
    split, whole = row["misread"] - row["whole_misread"], row["whole_misread"]
    if row["splits_seen"] or split:
        yield f"a split reply in {split:,} of {plural(row['splits_seen'], 'session')} that had one"
    yield f"a whole reply in {whole:,} of {plural(row['sessions'], 'session')}"
    yield f"proved in {row['proved']:,}"


def _cures(findings: Iterable[Finding], connections: Mapping[str, Connection]) -> Iterator[str]:
    """Yield for each session with a misread that names its cure whether one write would have prevented it.

    Copies of one connection are one session.
    """
    sessions: dict[str, str] = {}
    for one in findings:
        cure, name = one["details"].get("cure"), one["connection"]
        if one["code"] in MISREADS and one["certainty"] != "inconclusive" and cure is not None:
            session = min([name, *connections[name]["same_as"]]) if name in connections else name
            known = sessions.get(session, "yes")
            sessions[session] = cure if known == "yes" else known
    yield from sessions.values()


def misread_sentence(document: Document) -> str:
    """Say how many sessions misread a reply and how many of them one write would have spared; or nothing."""
    servers = document["summary"]["servers"]
    misread = sum(server["misread"] for server in servers)
    if not misread:
        return ""
    cured = sum(server["cured"] for server in servers)
    return f"One write per reply would have prevented {cured:,} of {plural(misread, 'misread')}."

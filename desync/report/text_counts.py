"""Write the counts: what was looked at, what was found, which servers' replies came in pieces.

May know the document's summary and what it leaves out; must not know single findings.
"""

from collections.abc import Mapping
from typing import Any, Final

from desync.errors import UsageError
from desync.findings.catalogue import rule
from desync.report.jsonl import Document
from desync.report.text_sheet import Sheet
from desync.report.text_words import clip, left_out_words, period, plural

MOST_SERVERS: Final = 10
"""Servers that are listed before ``--all`` is asked for."""


def write_title(sheet: Sheet, document: Document) -> None:
    """Write which program looked at what, in one line."""
    tool, captures, summary = document["tool"], document["captures"], document["summary"]
    times = sorted(
        time for one in captures for time in (one["first_time"], one["last_time"]) if time is not None
    )
    named = captures[0]["path"] if len(captures) == 1 else plural(len(captures), "capture")
    parts = [named, plural(summary["mail"], "mail connection")]
    if times:
        parts.append(period(times[0], times[-1]))
    sheet.paragraph((f"{tool['name']} {tool['version']}: ", "dim"), (", ".join(parts), "dim"))


def write_counts(sheet: Sheet, document: Document, *, everything: bool) -> None:
    """Write the counts of connections and findings, and of replies that came in pieces."""
    summary = document["summary"]
    sheet.heading("Counts")
    sheet.field("TCP", plural(summary["connections"], "connection"))
    sheet.field("mail", plural(summary["mail"], "connection"), f", {summary['encrypted']:,} encrypted")
    left_out = [one["left_out"] for one in document["connections"] if any(one["left_out"].values())]
    if left_out:
        total = {name: sum(one[name] for one in left_out) for name in left_out[0]}
        where = plural(len(left_out), "very long connection")
        sheet.field("left out", f"{left_out_words(total)} of {where}: counted and judged, not listed")
    for code, count in sorted(summary["by_code"].items()):
        sheet.field(code, f"{count:>6,}  {rule_name(code)}")
    _write_servers(sheet, summary["servers"], everything=everything)


def _write_servers(sheet: Sheet, servers: list[Mapping[str, Any]], *, everything: bool) -> None:
    split = [server for server in servers if server["split"]]
    if not split:
        return
    sheet.blank()
    sheet.paragraph(
        "Replies that left in more than one segment (lawful; some clients misread them):", indent=2
    )
    most = len(split) if everything else MOST_SERVERS
    for server in split[:most]:
        banner = f'. Banner "{clip(server["banner"], 60)}"' if server["banner"] else ""
        sheet.paragraph((server["address"], "bold"), ": ", _split(server), banner, indent=2, hang=4)
    if len(split) > most:
        sheet.paragraph(f"and {len(split) - most:,} more; --all shows them.", indent=2)


def _split(server: Mapping[str, Any]) -> str:
    """Say how many sessions saw a split reply, how many misread it, and what would have helped."""
    seen = f"{server['split']:,} of {plural(server['sessions'], 'session')}"
    if not server["misread"]:
        return f"{seen}, none misread"
    cured = f"one write per reply would have prevented {server['cured']:,} of those"
    return f"{seen}, {server['misread']:,} misread; {cured}"


def rule_name(code: str) -> str:
    """Name a code that the document may only count; a rule of a newer version has none here."""
    try:
        return rule(code).name
    except UsageError:
        return ""

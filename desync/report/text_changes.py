"""Say in a sentence what changed at a server or a client, and when.

May know the change points of a timeline; must not know how a sentence is shown.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from desync.report.jsonl import Document
from desync.report.text_words import clip, clock, end_name, percent, plural

Row: TypeAlias = Mapping[str, Any]

MOST_NAMED: Final = 5
"""Clients that a sentence names."""

BANNER_LIMIT: Final = 120
"""Characters of a banner that are shown."""


def changes_of(document: Document) -> list[Row]:
    """The change points, which are the first rows of a timeline."""
    found = []
    for row in document["summary"]["timeline"]:
        if row["kind"] != "change":
            break
        found.append(row)
    return found


def change_sentence(change: Row) -> tuple[str, str]:
    """Say what changed from when on, and for whom: the words of the time, and the rest."""
    before, after, address = change["before"], change["after"], end_name(change["address"], change["port"])
    when = f"From {clock(_minute(change['time']))} "
    if change["side"] == "client":
        shares = _shares(before, after, "misread")
        return when, f"the sessions that {address} misread {shares}, though no server had changed."
    parts = []
    if before["banner"] != after["banner"]:
        reads, instead = (clip(one["banner"] or "", BANNER_LIMIT) for one in (after, before))
        parts.append(f'the banner of {address} reads "{reads}" instead of "{instead}"')
    subject = "" if parts else f" to {address}"
    parts.append(f"sessions{subject} with a split reply {_shares(before, after, 'split')}")
    parts += _turned(change)
    return when, f"{_listed(parts)}."


def _turned(change: Row) -> Iterator[str]:
    """Say which clients began or ceased to misread."""
    for name, verb in (("began", "began"), ("ceased", "ceased")):
        clients = change[name]
        if clients:
            named = ", ".join(clients[:MOST_NAMED]) + (", ..." if len(clients) > MOST_NAMED else "")
            yield f"{plural(len(clients), 'client')} {verb} to misread ({named})"


def _minute(time: str) -> str:
    """Seconds tell nothing of when a program was replaced: a session has to come first."""
    return f"{time[:16]}Z"


def _shares(before: Row, after: Row, name: str) -> str:
    first, second = (percent(one[name], one["sessions"]) for one in (before, after))
    return f"stayed at {first}" if first == second else f"went from {first} to {second}"


def _listed(parts: list[str]) -> str:
    return ", ".join(parts[:-1]) + (", and " if len(parts) > 1 else "") + parts[-1]

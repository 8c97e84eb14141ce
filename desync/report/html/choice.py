"""Choose which segments of a long connection a ladder draws: its beginning, its end, and where it went wrong.

May know rungs and the drift; must not know how a ladder is drawn.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from desync.report.beliefs import exchange_at
from desync.report.rungs import Rung
from desync.report.text_groups import Connection
from desync.report.text_words import plural

MOST: Final = 36
"""Rungs that are drawn of one connection."""

FIRST, LAST, AROUND = 4, 3, 2
"""Rungs drawn at the beginning, at the end, and on both sides of one that matters."""


class Skipped(NamedTuple):
    """Rungs that are not drawn, as words."""

    words: str


def choose(connection: Connection, rungs: Sequence[Rung], *, most: int = MOST) -> list[Rung | Skipped]:
    """Choose the rungs to draw, and say what is left out between them.

    Args:
        connection: The connection as the document holds it.
        rungs: All of them.
        most: How many at most.
    """
    kept = range(len(rungs)) if len(rungs) <= most else _kept(connection, rungs, most)
    found: list[Rung | Skipped] = []
    following = 0
    for number in [*kept, len(rungs)]:
        if number > following:
            found.append(Skipped(_words(connection, rungs[following:number])))
        if number < len(rungs):
            found.append(rungs[number])
        following = number + 1
    return found


def _kept(connection: Connection, rungs: Sequence[Rung], most: int) -> list[int]:
    """The places of those that are drawn; what went wrong first comes before what followed."""
    edges = [*range(FIRST), *range(len(rungs) - LAST, len(rungs))]
    kept = set(edges)
    for number in _mattering(connection, rungs):
        near = range(max(number - AROUND, 0), min(number + AROUND + 1, len(rungs)))
        if len(kept.union(near)) > most:
            break
        kept.update(near)
    return sorted(kept)


def _mattering(connection: Connection, rungs: Sequence[Rung]) -> list[int]:
    """The places of rungs with findings above a note, then those with notes and where step was lost."""
    grave = {one["code"] for one in connection["findings"] if one["severity"] != "note"}
    drift = connection["drift"] or {}
    turns = {drift.get("onset"), drift.get("recovered")} - {None}
    return [
        *(number for number, rung in enumerate(rungs) if grave.intersection(rung.findings)),
        *(number for number, rung in enumerate(rungs) if _turns(rung, turns)),
    ]


def _turns(rung: Rung, turns: Collection[Any]) -> bool:
    return bool(rung.findings) or (rung.sender == "client" and rung.exchange in turns)


def _words(connection: Connection, rungs: Sequence[Rung]) -> str:
    """Say what is not drawn: ``104 segments of 52 exchanges in step are not drawn``."""
    indices = sorted({rung.exchange for rung in rungs if rung.exchange is not None})
    count = plural(len(rungs), "segment")
    if not indices:
        return f"{count} not drawn"
    several = [one for one in (exchange_at(connection, index) for index in indices) if one is not None]
    in_step = all(one["in_step"] is not False and not one["drift"] for one in several)
    marked = any(rung.findings for rung in rungs)
    state = " in step" if in_step and not marked else ""
    return f"{count} of {plural(len(indices), 'more exchange')}{state} not drawn"

"""Lay a ladder out: what stands at each rung, and how far down, by the time that passed.

May know rungs, both pairings and letters' widths; must not know markup.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Final, NamedTuple

from desync.report.beliefs import Exchange, Pairings
from desync.report.html.choice import Skipped, choose
from desync.report.html.fitting import broken, shortened
from desync.report.html.rungs import rungs_of
from desync.report.ladder import seconds_since
from desync.report.ladder_sides import Sides, sides_of
from desync.report.rungs import Rung
from desync.report.text_groups import Connection
from desync.report.text_words import SEVERITY_RANK, duration, plural
from desync.units import MILLISECOND, SECOND

LINE: Final = 15
"""Height of a line of text, in the picture's units."""

TEXT_CELLS: Final = 56
"""Letters that fit between the two lifelines."""

MARK_CELLS: Final = 62
"""Letters that fit there of what a finding says."""

MOST_REASONS: Final = 3
"""Lines of it that are drawn; the finding stands below the picture, whole."""

MOST_BESIDE: Final = 6
"""Lines of truth, or beliefs, that are drawn beside one segment."""

WRONG: Final = "✗"
"""Stands before what the client took wrongly: not by colour alone."""

SIDE_CELLS: Final = 28
"""Letters that fit beside them."""

TIME_CELLS: Final = 11
"""Digits that fit into the column of times."""

MOST_LINES: Final = 4
"""Lines of one segment that are drawn."""

_ROOM: Final = 10
_EXTRA: Final = 30
"""Room between two rungs, and what the time between them adds to it at most."""

_PAUSE: Final = 34


class Mark(NamedTuple):
    """A finding made at a segment: its title, what it says, whether it is above a note and decided."""

    title: str
    lines: tuple[str, ...]
    grave: bool


class Step(NamedTuple):
    """One segment, laid out.

    Attributes:
        rung: The segment.
        frame: Its number; with its capture's, where the connection lies in several.
        seconds: Since the connection's first segment, as words.
        said: What it carries, a line each; stands above the arrow.
        below: Its octets, as words.
        early: Whether it was sent out of turn.
        marks: The findings made here.
        true: Which replies its octets truly are.
        believed: What the client took them for, and whether that was wrong.
        top, arrow, bottom: How far down it begins, its arrow is drawn, it ends.
    """

    rung: Rung
    frame: str
    seconds: str
    said: tuple[str, ...]
    below: str
    early: bool
    marks: tuple[Mark, ...]
    true: tuple[str, ...]
    believed: tuple[tuple[str, bool], ...]
    top: float
    arrow: float
    bottom: float


class Pause(NamedTuple):
    """A stretch without a segment: a long silence, or segments that are not drawn."""

    words: str
    top: float
    bottom: float


class Layout(NamedTuple):
    """A ladder, laid out.

    Attributes:
        connection: The connection.
        steps: From top to bottom.
        sides: Whether anything stands beside the lifelines.
        height: Of the whole, below its heads.
    """

    connection: Connection
    steps: tuple[Step | Pause, ...]
    sides: bool
    height: float


def lay_out(connection: Connection) -> Layout:
    """Lay out the ladder of a connection."""
    rungs = rungs_of(connection)
    steps = tuple(_steps(connection, rungs, choose(connection, rungs)))
    return Layout(
        connection=connection,
        steps=steps,
        sides=any(isinstance(one, Step) and (one.true or one.believed) for one in steps),
        height=steps[-1].bottom if steps else 0,
    )


def _steps(
    connection: Connection, rungs: Sequence[Rung], choice: Sequence[Rung | Skipped]
) -> Iterator[Step | Pause]:
    drawn = [one for one in choice if not isinstance(one, Skipped)]
    sides = dict(zip(map(id, drawn), sides_of(Pairings(connection), drawn), strict=True))
    origin = next((rung.time for rung in rungs if rung.time is not None), None)
    exchanges = {tuple(one["octets"]): one for one in connection["exchanges"] if one["octets"]}
    usual = _usual(rungs)
    top: float = 0
    before: Rung | None = None
    for one in choice:
        if isinstance(one, Skipped):
            yield Pause(one.words, top, top + _PAUSE)
            top, before = top + _PAUSE, None
            continue
        since = _since(before, one)
        if since is not None and _is_long(since, usual):
            yield Pause(f"{duration(since)} of silence", top, top + _PAUSE)
            top += _PAUSE
        elif since is not None:
            top += _EXTRA * min(1.0, max(since, 0) / (4 * usual))
        step = _step(connection, one, sides[id(one)] or Sides(), _below(one, exchanges), top)
        # Of days the microseconds do not matter.
        yield step._replace(seconds=seconds_since(one.time, origin)[:TIME_CELLS])
        top, before = step.bottom, one


def _since(before: Rung | None, rung: Rung) -> int | None:
    if before is None or before.time is None or rung.time is None:
        return None
    return rung.time - before.time


def _usual(rungs: Sequence[Rung]) -> int:
    """The time that usually passes between two segments, in nanoseconds."""
    times = [rung.time for rung in rungs if rung.time is not None]
    gaps = [later - earlier for earlier, later in pairwise(times) if later > earlier]
    return max(int(median(gaps)), 1) if gaps else MILLISECOND


def _is_long(since: int, usual: int) -> bool:
    """Whether a silence is cut out of the picture, which would be empty for pages otherwise."""
    return since >= SECOND or (since > 25 * usual and since > 100 * MILLISECOND)


def _step(connection: Connection, rung: Rung, sides: Sides, below: tuple[str, bool], top: float) -> Step:
    said = tuple(shortened(line, TEXT_CELLS) for line in _few(rung.text))
    true = broken(sides.true, SIDE_CELLS, MOST_BESIDE)
    believed = tuple(
        (line, wrong)
        for words, wrong in sides.believed[:MOST_BESIDE]
        for line in broken([f"{WRONG} {words}" if wrong else words], SIDE_CELLS, MOST_BESIDE)
    )
    arrow = top + LINE * len(said) + 6
    marks = tuple(_marks(connection, rung))
    under = LINE * (1 + sum(1 + len(mark.lines) for mark in marks))
    beside = LINE * max(len(true), len(believed), 2)
    bottom = max(arrow + under + 4, top + beside + 6) + _ROOM
    frame = f"{rung.capture}:{rung.frame}" if len(connection["parts"]) > 1 else str(rung.frame)
    return Step(rung, frame, "", said, *below, marks, true, believed, top, arrow, bottom)


def _marks(connection: Connection, rung: Rung) -> Iterator[Mark]:
    """What was found at a segment, a mark for each kind of finding."""
    here = {
        one["code"]: one
        for one in reversed(connection["findings"])
        if one["frame"] == rung.frame and one["capture"] == rung.capture
    }
    for code in rung.findings:
        finding = here[code]
        severe = SEVERITY_RANK.get(finding["severity"], 0) > 0
        lines = broken([finding["message"]], MARK_CELLS, MOST_REASONS) if severe else ()
        title = f"{code} {finding['name']}" + (f", {finding['certainty']}" if severe else "")
        decided = finding["certainty"] != "inconclusive"
        yield Mark(shortened(title, TEXT_CELLS), lines, severe and decided)


def _few(lines: Sequence[str]) -> list[str]:
    if len(lines) <= MOST_LINES:
        return list(lines)
    return [*lines[: MOST_LINES - 1], f"and {plural(len(lines) - MOST_LINES + 1, 'more line')}"]


def _below(rung: Rung, exchanges: Mapping[tuple[int, ...], Exchange]) -> tuple[str, bool]:
    """Say which octets a segment carries, and what it acknowledges; and whether that is too little."""
    if rung.octets is None:
        return rung.note, False
    start, end = rung.octets
    words = f"octets {start}-{end}"
    wanting = ""
    if rung.acknowledged is not None:
        wanting = _wanting(rung, exchanges)
        words += f", acknowledges {rung.acknowledged}{wanting}"
    return (f"{words}, {rung.note}" if rung.note else words), bool(wanting)


def _wanting(rung: Rung, exchanges: Mapping[tuple[int, ...], Exchange]) -> str:
    """Say how many octets it should have acknowledged first, if it was sent out of turn."""
    start, end = rung.octets or (0, 0)
    early = [
        one["required_end"]
        for (first, last), one in exchanges.items()
        if start <= first and last <= end and one["in_step"] is False and one["required_end"] is not None
    ]
    needed = max(early, default=0)
    return f" of {needed} needed" if needed > (rung.acknowledged or 0) else ""

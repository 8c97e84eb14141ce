"""Charts of a line: one character for each period.

May know rows of the timeline; must not know the terminal, but for whether it shows more than ASCII.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from desync.units import SECOND

_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_DIGITS: Final = "123456789#"
NOTHING: Final = "."
"""What stands for none of the sessions of a period; a period without sessions is blank."""

_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


@dataclass(frozen=True, slots=True)
class Axis:
    """The periods of an archive, as columns.

    Attributes:
        begin: Of the first period, in seconds since 1970 UTC.
        length: Of a period, in seconds.
        columns: How many there are.
    """

    begin: int
    length: int
    columns: int

    def column(self, time: str) -> int:
        """In which column a time lies."""
        return (seconds_of(time) - self.begin) // self.length


def axis_of(times: Iterable[str], period: int) -> Axis | None:
    """Lay out the periods that begin at some times, and those between; None where there is none.

    Args:
        times: Beginnings of periods, RFC 3339.
        period: Their length in nanoseconds.
    """
    seconds = [seconds_of(time) for time in times]
    length = period // SECOND
    return Axis(min(seconds), length, (max(seconds) - min(seconds)) // length + 1) if seconds else None


def seconds_of(time: str) -> int:
    """The whole seconds since 1970 UTC of an RFC 3339 time."""
    return int(datetime.fromisoformat(f"{time[:19]}+00:00").timestamp())


def sessions_chart(axis: Axis, periods: Iterable[Mapping[str, Any]], *, ascii_only: bool) -> str:
    """Draw how many sessions there were, against the most of any period."""
    counts = list(periods)
    most = max((one["sessions"] for one in counts), default=1)
    return _chart(axis, counts, lambda one: one["sessions"] / most, ascii_only=ascii_only)


def share_chart(axis: Axis, periods: Iterable[Mapping[str, Any]], name: str, *, ascii_only: bool) -> str:
    """Draw which share of the sessions of each period was ``split`` or ``misread``."""
    return _chart(axis, periods, lambda one: one[name] / one["sessions"], ascii_only=ascii_only)


def marks(axis: Axis, times: Iterable[str]) -> str:
    """Point to the columns of some times."""
    line = [" "] * axis.columns
    for time in times:
        if 0 <= axis.column(time) < axis.columns:
            line[axis.column(time)] = "^"
    return "".join(line)


def length_words(period: int) -> str:
    """Say how long a period is: ``2 hours``."""
    seconds = period // SECOND
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    number = seconds // size
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _chart(
    axis: Axis,
    periods: Iterable[Mapping[str, Any]],
    height: Callable[[Mapping[str, Any]], float],
    *,
    ascii_only: bool,
) -> str:
    steps = _DIGITS if ascii_only else _BLOCKS
    line = [" "] * axis.columns
    for one in periods:
        # Rounded up: one session in a thousand is to be seen.
        step = -int(-height(one) * len(steps) // 1)
        line[axis.column(one["time"])] = steps[step - 1] if step else NOTHING
    return "".join(line)

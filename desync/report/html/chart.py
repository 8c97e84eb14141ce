"""A chart: sessions over time, and how many of them saw a split reply or misread one.

May know a row of the timeline; must not know how it comes about. Three bars stand in one another for each
period: wide for all sessions, narrower for those with a split reply, narrowest for those misread, so that
they can be told apart without colours.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from desync.report.html.markup import Html, element, joined, plain_text
from desync.report.timeline.chart import Axis
from desync.report.times import rfc3339
from desync.units import SECOND

Row = Mapping[str, Any]

_LEFT, _RIGHT, _TOP, _HEIGHT, _FOOT = 40, 10, 18, 70, 24
_WIDTH: Final = 720
"""Of the bars together."""

_WIDEST: Final = 90
"""Of one period: few need not fill the chart."""

_LEAST: Final = 270
"""What the times below a chart need."""

SHARES: Final = (("sessions", 0.9), ("split", 0.6), ("misread", 0.3))
"""What each bar counts, and how much of its period's width it has."""


class Scale(NamedTuple):
    """How far to the right a time stands.

    Attributes:
        axis: The periods.
        step: Width of one.
    """

    axis: Axis
    step: float

    @property
    def width(self) -> float:
        """Of all periods."""
        return self.step * self.axis.columns

    def x(self, time: str) -> float:
        """Where the period of a time begins."""
        return _LEFT + self.step * self.axis.column(time)


def scale_of(axis: Axis) -> Scale:
    """Spread the periods over the chart's width."""
    return Scale(axis, min(_WIDTH / axis.columns, _WIDEST))


class Caption(NamedTuple):
    """What a chart says to those who cannot see it; ``name`` begins its elements' ids."""

    title: str
    words: str
    name: str


def draw_chart(caption: Caption, periods: Sequence[Row], scale: Scale, changes: Iterable[str]) -> Html:
    """Draw a chart.

    Args:
        caption: What it says.
        periods: Sessions of each.
        scale: The same for all charts of a page.
        changes: When something changed.
    """
    most = max(one["sessions"] for one in periods)
    bottom = _TOP + _HEIGHT
    width = _LEFT + max(scale.width, _LEAST) + _RIGHT
    return element(
        "svg",
        element("title", plain_text(caption.title), id=f"{caption.name}-title"),
        element(
            "desc", plain_text(f"{caption.words}. A table below says the same."), id=f"{caption.name}-desc"
        ),
        *_bars(periods, scale, most),
        element("line", x1=_LEFT, y1=bottom, x2=width - _RIGHT, y2=bottom, class_="axis"),
        _label(_LEFT - 6, _TOP + 8, f"{most:,}", "end"),
        _label(_LEFT - 6, bottom, "0", "end"),
        *_times(scale, bottom + 16),
        *(_change(scale.x(time)) for time in changes if 0 <= scale.axis.column(time) < scale.axis.columns),
        viewBox=f"0 0 {width:g} {bottom + _FOOT}",
        width=width,
        height=bottom + _FOOT,
        role="img",
        aria_labelledby=f"{caption.name}-title {caption.name}-desc",
        class_="chart",
    )


def _bars(periods: Iterable[Row], scale: Scale, most: int) -> Iterator[Html]:
    for one in periods:
        for member, share in SHARES:
            if one[member]:
                # One session in a thousand is to be seen.
                height = max(_HEIGHT * one[member] / most, 2)
                left = scale.x(one["time"]) + scale.step * (1 - share) / 2
                yield element(
                    "rect",
                    x=left,
                    y=_TOP + _HEIGHT - height,
                    width=scale.step * share,
                    height=height,
                    class_=f"bar-{member}",
                )


def _times(scale: Scale, y: float) -> Iterator[Html]:
    """Say when the chart begins, and when it ends where there is room: alike for all charts."""
    axis = scale.axis
    yield _label(_LEFT, y, _moment(axis.begin, axis.length), "start")
    if scale.width >= _LEAST:
        yield _label(
            _LEFT + scale.width, y, _moment(axis.begin + axis.length * axis.columns, axis.length), "end"
        )


def _moment(seconds: int, length: int) -> str:
    """Write a time, with seconds only where periods are so short."""
    words = rfc3339(seconds * SECOND, 0) or ""
    return words[: 16 if length % 60 == 0 else 19].replace("T", " ")


def _change(x: float) -> Html:
    mark = element("path", d=f"M{x:g} {_TOP - 3}l-6 -10h12z", class_="change")
    line = element("line", x1=x, y1=_TOP - 3, x2=x, y2=_TOP + _HEIGHT, class_="change")
    return joined([mark, line])


def _label(x: float, y: float, words: str, anchor: str) -> Html:
    return element("text", plain_text(words), x=x, y=y, text_anchor=anchor, class_="small")

"""The section on time: a chart for each server and client that tells something.

May know the timeline's rows; must not know how a chart is drawn.
"""

from typing import Final

from desync.report.html.chart import SHARES, Caption, Row, Scale, draw_chart, scale_of
from desync.report.html.markup import Html, element
from desync.report.html.parts import Section, more, scrolling, section, table
from desync.report.jsonl import Document
from desync.report.text_changes import BANNER_LIMIT
from desync.report.text_timeline import shown_of, times_of
from desync.report.text_words import clip, clock, end_name, percent, period, plural
from desync.report.timeline.chart import axis_of, length_words

_LEGEND: Final = (
    "The widest bars: sessions. In them, narrower: sessions in which a reply left in more than one segment. "
    "The narrowest: sessions in which the client misread a reply. A triangle marks a change."
)


def timeline(document: Document) -> Section | None:
    """Write the charts of the servers and clients that tell most; none where nothing is apart in time."""
    shown = shown_of(document["summary"]["timeline"], everything=False)
    axis = axis_of(shown.edges, shown.length)
    if axis is None or axis.columns == 1:
        return None
    scale = scale_of(axis)
    rows = [(kind, row) for kind, several in shown.rows.items() for _, row in several if row["periods"]]
    charts = [
        _figure(kind, row, scale, times_of(shown.changes, row), f"chart-{number}")
        for number, (kind, row) in enumerate(rows, 1)
    ]
    left_out = sum(shown.counts.values()) - len(rows)
    note = element("p", f"{_LEGEND} Each column is {length_words(shown.length)}.", class_="dim")
    rest = more(left_out, "more servers and clients; desync timeline --all shows them.")
    return section("timeline", "Over time", note, *charts, rest)


def _figure(kind: str, row: Row, scale: Scale, changes: list[str], name: str) -> Html:
    banner = f', banner "{clip(row["banner"], BANNER_LIMIT)}"' if row["banner"] else ""
    title = f"{kind} {end_name(row['address'], row['port'])}{banner}"
    words = (
        f"{plural(row['sessions'], 'session')}, {period(row['first_time'], row['last_time'])}{_shares(row)}"
    )
    return element(
        "figure",
        element("figcaption", element("strong", title), element("div", words)),
        scrolling(draw_chart(Caption(title, words, name), row["periods"], scale, changes), "Chart"),
        _table(row),
    )


def _shares(row: Row) -> str:
    named = (("split", "with a split reply"), ("misread", "misread"))
    return "".join(
        f"; {percent(row[member], row['sessions'])} ({row[member]:,}) {words}" for member, words in named
    )


def _table(row: Row) -> Html:
    titles = ("From", "Sessions", "With a split reply", "Misread")
    rows = [(clock(one["time"]), *(f"{one[member]:,}" for member, _ in SHARES)) for one in row["periods"]]
    inside = table("Sessions of each period", titles, rows, numbers=1)
    return element("details", element("summary", "The chart as a table"), inside)

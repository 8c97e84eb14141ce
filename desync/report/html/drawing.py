"""Draw a ladder as SVG: two lifelines, an arrow for each segment, and beside them truth and belief.

May know a ladder that is laid out; must not know how it is laid out. What a segment says is there for
those who cannot see the picture in the table beside it (``ladder_table``).
"""

from collections.abc import Iterator
from typing import Final

from desync.report.html.fitting import shortened
from desync.report.html.layout import LINE, Layout, Pause, Step
from desync.report.html.markup import Html, element, plain_text
from desync.report.text_groups import Connection
from desync.report.text_words import clip, plural

_HEAD: Final = 46
"""Height of what stands above the first rung."""

_FOOT: Final = 14
_GAUGE: Final = 88
"""Width of the column with the times."""

_SIDE: Final = 198
_SPAN: Final = 424
"""Width of a column beside the lifelines, and of the room between them."""

_NAME: Final = 33


class _Columns:
    """Where the columns stand, from left to right."""

    def __init__(self, layout: Layout) -> None:
        side = _SIDE if layout.sides else 0
        self.believed = _GAUGE + 12
        self.client = _GAUGE + 20 + side
        self.server = self.client + _SPAN
        self.true = self.server + 14
        self.middle = (self.client + self.server) / 2
        self.width = self.server + (side + 2 if side else 40)
        self.height = _HEAD + layout.height + _FOOT


def draw(layout: Layout, name: str) -> Html:
    """Draw a ladder.

    Args:
        layout: The ladder.
        name: What its elements' ids begin with; the program's own word.
    """
    columns = _Columns(layout)
    body = [_step(columns, one) if isinstance(one, Step) else _pause(columns, one) for one in layout.steps]
    return element(
        "svg",
        element("title", plain_text(_title(layout.connection)), id=f"{name}-title"),
        element("desc", _description(layout), id=f"{name}-desc"),
        *_bands(columns, layout),
        *_lifelines(columns, layout),
        *_heads(columns, layout),
        *body,
        viewBox=f"0 0 {columns.width:g} {columns.height:g}",
        width=columns.width,
        height=columns.height,
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        class_="ladder",
    )


def _title(connection: Connection) -> str:
    client, server = connection["client"]["address"], connection["server"]["address"]
    return f"Ladder of the connection from {client} to {server}"


def _description(layout: Layout) -> str:
    steps = [one for one in layout.steps if isinstance(one, Step)]
    marks = sorted({mark.title for one in steps for mark in one.marks})
    found = f"; {', '.join(marks)} marked" if marks else ""
    sides = (
        " What the client believed stands on the left, what was true on the right." if layout.sides else ""
    )
    count = plural(len(steps), "segment")
    return f"{count} between client and server{found}.{sides} A table below says the same."


def _words(x: float, y: float, words: str, class_: str, anchor: str | None = None) -> Html:
    return element("text", plain_text(words), x=x, y=y, class_=class_, text_anchor=anchor)


def _heads(columns: _Columns, layout: Layout) -> Iterator[Html]:
    connection = layout.connection
    for x, side, anchor in ((columns.client, "client", "start"), (columns.server, "server", "end")):
        end = connection[side]
        shift = -8 if anchor == "start" else 8
        yield _words(x + shift, 16, side, f"head {side}", anchor)
        yield _words(x + shift, 32, shortened(f"{end['address']} port {end['port']}", _NAME), "small", anchor)
    yield _words(_GAUGE - 6, 16, "seconds", "small", "end")
    yield _words(_GAUGE - 6, 32, "frame", "small", "end")
    if layout.sides:
        yield _words(columns.believed, 16, "what the client", "head")
        yield _words(columns.believed, 32, "believed", "head")
        yield _words(columns.true, 16, "what was true", "head")


def _lifelines(columns: _Columns, layout: Layout) -> Iterator[Html]:
    """Draw each lifeline, broken where nothing is drawn."""
    edges: list[float] = [0]
    for one in layout.steps:
        if isinstance(one, Pause):
            edges += [one.top + 6, one.bottom - 6]
    edges.append(layout.height + _FOOT / 2)
    for x, side in ((columns.client, "client"), (columns.server, "server")):
        for top, bottom in zip(edges[::2], edges[1::2], strict=True):
            yield _line((x, _HEAD + top - 6), (x, _HEAD + bottom), f"life {side}")


def _line(start: tuple[float, float], end: tuple[float, float], class_: str) -> Html:
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], class_=class_)


def _pause(columns: _Columns, one: Pause) -> Html:
    middle = _HEAD + (one.top + one.bottom) / 2
    waves = [
        element("path", d=f"M{x - 7:g} {middle - 6:g}l14 -5m0 12l-14 5", class_="break")
        for x in (columns.client, columns.server)
    ]
    return element("g", *waves, _words(columns.middle, middle + 4, one.words, "pause", "middle"))


def _bands(columns: _Columns, layout: Layout) -> Iterator[Html]:
    """Draw what lies behind the rungs where something went wrong."""
    for one in layout.steps:
        if isinstance(one, Step) and any(mark.grave for mark in one.marks):
            yield element(
                "rect",
                x=0,
                y=_HEAD + one.top - 3,
                width=columns.width,
                height=one.bottom - one.top - 4,
                rx=4,
                class_="band",
            )


def _step(columns: _Columns, one: Step) -> Html:
    side = one.rung.sender
    y = _HEAD + one.arrow
    top = _HEAD + one.top
    said = [
        _words(columns.middle, top + LINE * number + 11, line, "said", "middle")
        for number, line in enumerate(one.said)
    ]
    return element(
        "g",
        element("title", _tooltip(one)),
        _words(_GAUGE - 6, y - 2, one.seconds, "time", "end"),
        _words(_GAUGE - 6, y + 12, one.frame, "small", "end"),
        *said,
        *_arrow(columns, y, side),
        _words(columns.middle, y + 13, one.below, "small early" if one.early else "small", "middle"),
        *_marks(columns, one, y + 13),
        *_beside(columns, one, top),
    )


def _marks(columns: _Columns, one: Step, y: float) -> Iterator[Html]:
    """Write below an arrow what was found there."""
    for mark in one.marks:
        y += LINE
        yield _words(columns.middle, y, f"▲ {mark.title}", "mark" if mark.grave else "small", "middle")
        for line in mark.lines:
            y += LINE
            yield _words(columns.middle, y, line, "reason", "middle")


def _arrow(columns: _Columns, y: float, side: str) -> Iterator[Html]:
    """Draw an arrow from its sender's lifeline to the other's."""
    start, end, back = (
        (columns.client, columns.server, -9)
        if side == "client"
        else (
            columns.server,
            columns.client,
            9,
        )
    )
    yield _line((start, y), (end + back, y), f"arrow {side}")
    head = f"M{end:g} {y:g}l{back} -5v10z"
    yield element("path", d=head, class_=f"tip {side}")


def _beside(columns: _Columns, one: Step, top: float) -> Iterator[Html]:
    for number, (line, wrong) in enumerate(one.believed):
        yield _words(columns.believed, top + LINE * number + 11, line, "wrong" if wrong else "right")
    for number, line in enumerate(one.true):
        yield _words(columns.true, top + LINE * number + 11, line, "truth")


def _tooltip(one: Step) -> Html:
    return plain_text(f"frame {one.frame}: {clip(' '.join(one.rung.text), 400)}")

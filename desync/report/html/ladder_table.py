"""Say in a table what a ladder shows, for those who cannot see it or want to copy from it.

May know a ladder that is laid out; must not know how it is drawn.
"""

from typing import Final

from desync.report.html.layout import WRONG, Layout, Pause, Step
from desync.report.html.markup import Html, element, joined
from desync.report.text_words import clip

_LIMIT: Final = 300
"""Characters of one segment that are written."""

_ARROW: Final = {"client": "client to server", "server": "server to client"}


def ladder_table(layout: Layout) -> Html:
    """Write the table behind its summary."""
    titles = ["seconds", "frame", "direction", "what was sent"]
    titles += ["what was true", "what the client believed"] if layout.sides else []
    head = element("tr", *(element("th", title, scope="col") for title in titles))
    rows = [
        _row(one, sides=layout.sides) if isinstance(one, Step) else _pause(one, len(titles))
        for one in layout.steps
    ]
    table = element(
        "table",
        element("caption", "The segments of the picture"),
        element("thead", head),
        element("tbody", *rows),
    )
    return element(
        "details",
        element("summary", "The picture as a table"),
        element(
            "div", table, class_="scroll", tabindex=0, role="region", aria_label="The picture as a table"
        ),
    )


def _row(one: Step, *, sides: bool) -> Html:
    said = element("code", clip(" ".join(one.rung.text), _LIMIT)) if one.rung.text else None
    marks = (
        element("strong", ", ".join(mark.title for mark in one.marks), class_="bad") if one.marks else None
    )
    cells = [
        element("td", one.seconds),
        element("th", one.frame, scope="row"),
        element("td", _ARROW[one.rung.sender]),
        element("td", _listed([said, one.below, marks])),
    ]
    if sides:
        cells.append(element("td", " ".join(one.true)))
        # Some screen readers pass over the sign.
        cells.append(element("td", " ".join(line for line, _ in one.believed).replace(WRONG, "wrong:")))
    return element("tr", *cells)


def _listed(parts: list[Html | str | None]) -> Html:
    known = [part for part in parts if part]
    return joined(element("div", part) for part in known)


def _pause(one: Pause, width: int) -> Html:
    return element("tr", element("td", one.words, colspan=width))

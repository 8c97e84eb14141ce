"""One bad connection: its ends, its ladder as a picture, and its findings with their proof.

May know a connection as the document holds it; must not know the other connections.
"""

from collections.abc import Mapping
from typing import Any, Final

from desync.report.html.drawing import draw
from desync.report.html.ladder_table import ladder_table
from desync.report.html.layout import lay_out
from desync.report.html.markup import Html, element, joined
from desync.report.html.parts import code_link, more, scrolling
from desync.report.html.sheet import PageSheet
from desync.report.ladder_text import write_header
from desync.report.text_evidence import Index, write_finding
from desync.report.text_groups import Connection, Finding
from desync.report.text_words import CERTAINTY, SEVERITY_RANK, clip, clock

MOST_FINDINGS: Final = 20
"""Findings of one connection, and notes, that are written."""

LONGEST_FILTER: Final = 4000
"""Characters of a display filter that is written."""

_ALL: Final = "--format json has all"

_LEGEND: Final = (
    "Time runs downwards. Each arrow is a segment, with its octets' place in the sender's stream; a segment "
    "of the client says how many octets of the server it acknowledges, which its TCP had received then. A "
    "band of colour marks where something went wrong, ┃ a segment that ends inside a line. Segments that "
    "carry nothing, bare acknowledgments above all, are not drawn."
)


def title_of(connection: Connection) -> str:
    """Name a connection: its ends, and when it began."""
    client, server = connection["client"], connection["server"]
    ends = f"{client['address']} port {client['port']} to {server['address']} port {server['port']}"
    return f"{ends}, {clock(connection['first_time'])}"


def connection_part(connection: Connection, index: Index, name: str, *, first: bool) -> Html:
    """Write a connection.

    Args:
        connection: As the document holds it.
        index: Finds captures by their numbers.
        name: What the ids in it begin with; the program's own word.
        first: Whether it is the first of its group: all that proves its findings, and the legend.
    """
    sheet = PageSheet()
    write_header(sheet, connection, index.paths)
    grave = [one for one in connection["findings"] if SEVERITY_RANK.get(one["severity"], 0) > 0]
    notes = [one for one in connection["findings"] if one not in grave]
    return joined(
        [
            sheet.markup(),
            _figure(connection, name, legend=first),
            *(_finding(one, index, whole=first) for one in grave[:MOST_FINDINGS]),
            more(len(grave) - MOST_FINDINGS, f"more findings in this connection; {_ALL}."),
            _notes(notes),
            _copies(connection),
        ]
    )


def _figure(connection: Connection, name: str, *, legend: bool) -> Html:
    layout = lay_out(connection)
    if not layout.steps:
        return element("p", "There is no picture of it here; desync show draws what there is.", class_="dim")
    words = element("figcaption", _LEGEND, class_="dim") if legend else None
    picture = scrolling(draw(layout, name), "Ladder of the connection")
    hint = element("p", "Scroll sideways for the whole picture; or read the table below.", class_="hint")
    return element("figure", hint, picture, words, ladder_table(layout))


def _finding(finding: Finding, index: Index, *, whole: bool) -> Html:
    sheet = PageSheet()
    too_long = len(finding["filter"] or "") > LONGEST_FILTER
    write_finding(sheet, index, {**finding, "filter": None} if too_long else finding, whole=whole)
    if too_long:
        sheet.paragraph(f"The display filter for all its frames is too long for a page; {_ALL}.")
    words = f" {finding['name']}: {finding['severity']}, {CERTAINTY.get(finding['certainty'], '')}"
    return element(
        "div", element("h5", code_link(finding["code"]), words), sheet.markup(), class_=_class(finding)
    )


def _class(finding: Mapping[str, Any]) -> str:
    """Of the box around a finding; of the program's own words, whatever the document says."""
    return "finding error" if finding["severity"] == "error" else "finding"


def _notes(notes: list[Finding]) -> Html | None:
    if not notes:
        return None
    items = [
        element("li", code_link(one["code"]), f" {one['name']}: {clip(one['message'], 400)}")
        for one in notes[:MOST_FINDINGS]
    ]
    rest = more(len(notes) - MOST_FINDINGS, f"more notes; {_ALL}.")
    return joined([element("p", "Worth knowing, and no fault by itself:"), element("ul", *items), rest])


def _copies(connection: Connection) -> Html | None:
    count = len(connection["same_as"])
    if not count:
        return None
    return element("p", f"The captures hold this connection {count + 1} times; it is counted once.")

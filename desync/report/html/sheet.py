"""A sheet that becomes markup: what the text report says, with the same words, on the page.

May know a sheet's parts and styles; must not know what is written on it.
"""

from collections.abc import Sequence
from io import StringIO
from typing import Final

from desync.report.html.markup import Html, element, joined, opening
from desync.report.text_sheet import Part, Sheet, text_console

_CLASS: Final = {
    "bold": "strong",
    "bold red": "bad",
    "bold green": "good",
    "bold yellow": "warn",
    "yellow": "warn",
    "green": "true",
    "dim": "dim",
}
"""The class of each style of the terminal's."""


class PageSheet(Sheet):
    """A sheet whose paragraphs, fields and columns are elements.

    Args:
        level: Of the headings written on it.
    """

    def __init__(self, level: int = 3) -> None:
        super().__init__(text_console(StringIO(), width=100))
        self._level = level
        self._pieces: list[Html] = []
        self._open = ""

    def markup(self) -> Html:
        """Give what was written, and begin anew."""
        self._close()
        pieces, self._pieces = self._pieces, []
        return joined(pieces)

    def blank(self) -> None:
        """Leave room: elements have theirs."""
        self._close()

    def heading(self, words: str) -> None:
        """Begin a section."""
        self._close()
        self._pieces.append(element(f"h{self._level}", words))

    def paragraph(self, *parts: Part, indent: int = 0, hang: int | None = None) -> None:  # noqa: ARG002 - columns mean nothing here
        """Write prose."""
        self._close()
        self._pieces.append(element("p", _styled(parts)))

    def field(self, label: str, *parts: Part, indent: int = 2) -> None:  # noqa: ARG002 - columns mean nothing here
        """Write a label and what it names; without a label, more of what the last one names."""
        self._begin("dl")
        name = element("dt", label) if label else None
        # What continues a field are octets, set so that they stand below each other.
        words = element("dd", _styled(parts), class_=None if label else "octets")
        self._pieces.append(joined([name, words]))

    def row(self, *parts: Part, hang: int = 0) -> None:  # noqa: ARG002 - columns mean nothing here
        """Write a line; between columns it heads what follows."""
        words = _styled(parts)
        if self._open == "table":
            cell = element("th", words, colspan=2, scope="rowgroup")
            self._pieces.append(joined([element("tr", cell)]))
        else:
            self._pieces.append(element("p", words))

    def beside(
        self,
        left: Sequence[Part],
        right: Sequence[Part],
        *,
        split: int,  # noqa: ARG002 - columns of a terminal mean nothing here
        opening: str = "",  # noqa: ARG002 - the same
        hang: int = 0,  # noqa: ARG002 - the same
    ) -> None:
        """Write a row of a table of two columns; the first row of one names them."""
        name = "td" if self._open == "table" else "th"
        scope = "col" if name == "th" else None
        self._begin("table")
        cells = [element(name, *(_line(part) for part in side), scope=scope) for side in (left, right)]
        self._pieces.append(element("tr", *cells))

    def literal(self, *parts: Part) -> None:
        """Write what people copy: as code that one click selects, under its label where it has one."""
        *before, last = [_words(part) for part in parts]
        label = "".join(before).strip()
        code = element("code", last, class_="copy")
        if label:
            self._begin("dl")
            self._pieces.append(joined([element("dt", label), element("dd", code)]))
        else:
            self._close()
            self._pieces.append(element("p", code))

    def _begin(self, name: str) -> None:
        if self._open != name:
            self._close()
            self._open = name
            self._pieces.append(opening(name, class_="pairings" if name == "table" else "fields"))

    def _close(self) -> None:
        if self._open:
            self._pieces.append(Html(f"</{self._open}>"))
        self._open = ""


def _styled(parts: Sequence[Part]) -> Html:
    return joined(_part(part) for part in _stripped(parts))


def _stripped(parts: Sequence[Part]) -> list[Part]:
    """Without the blanks in front that indent a line of a terminal."""
    first, *rest = [*parts] or [""]
    return [(_words(first).lstrip(), first[1]) if isinstance(first, tuple) else first.lstrip(), *rest]


def _part(part: Part) -> Html | str:
    if isinstance(part, str) or not part[1]:
        return _words(part)
    return element("span", part[0], class_=_CLASS.get(part[1]))


def _line(part: Part) -> Html:
    words, style = (part, "") if isinstance(part, str) else part
    return element("div", words, class_=_CLASS.get(style))


def _words(part: Part) -> str:
    return part if isinstance(part, str) else part[0]

"""A sheet that becomes Markdown: what the text report says, with the same words, for a ticket.

May know a sheet's parts and Markdown; must not know what is written on it.
"""

from collections.abc import Sequence
from io import StringIO
from itertools import groupby
from typing import Final

from desync.report.escape import escape
from desync.report.formats.markdown_text import code_span, longest_run, paragraph, prose
from desync.report.text_sheet import Part, Sheet, text_console

_WIDTH: Final = 100
"""Columns of what stands side by side."""

_BULLET: Final = "- "


class MarkdownSheet(Sheet):
    """A sheet whose paragraphs, fields and columns are Markdown."""

    def __init__(self) -> None:
        self._columns = StringIO()
        super().__init__(text_console(self._columns, width=_WIDTH))
        self.ascii_only = False
        self._pieces: list[str] = []
        self._in_list = False

    def taken(self) -> str:
        """Give what was written, and begin anew."""
        self._close()
        pieces, self._pieces = self._pieces, []
        return "".join(pieces)

    def blank(self) -> None:
        """Leave room: blocks have theirs."""
        self._close()

    def heading(self, words: str) -> None:
        """Begin a section."""
        self._block(f"## {prose(words)}")

    def paragraph(self, *parts: Part, indent: int = 0, hang: int | None = None) -> None:  # noqa: ARG002 - columns mean nothing here
        """Write prose; what begins with a hyphen is an item of a list."""
        words = _styled(parts)
        if isinstance(parts[0], str) and parts[0].startswith(_BULLET):
            self._item(_styled([parts[0].removeprefix(_BULLET), *parts[1:]]))
        elif words:
            self._block(words)

    def field(self, label: str, *parts: Part, indent: int = 2) -> None:  # noqa: ARG002 - columns mean nothing here
        """Write a label and what it names; without a label, more of what the last one names."""
        if label:
            self._item(f"{prose(label)}: {_styled(parts)}")
        else:
            # Columns of octets and of their letters are not to be taken for words.
            words = _plain(parts).rstrip()
            self._item(code_span(words) if "  " in words else _styled(parts), depth=1)

    def row(self, *parts: Part, hang: int = 0) -> None:
        """Write a line of a list; between columns it heads what follows."""
        if self._columns.tell():
            super().row(*parts, hang=hang)
        else:
            self._item(_styled(parts))

    def beside(
        self, left: Sequence[Part], right: Sequence[Part], *, split: int, opening: str = "", hang: int = 0
    ) -> None:
        """Write two columns side by side, as on a terminal, in a block of code."""
        self._end_list()
        super().beside(left, right, split=split, opening=opening, hang=hang)

    def literal(self, *parts: Part) -> None:
        """Write what people copy, as code, under its label where it has one; lines without are one block."""
        if len(parts) == 1:
            self._end_list()
            super().literal(*parts)
            return
        *before, last = [_plain([part]) for part in parts]
        label = "".join(before).strip()
        if label:
            self._item(f"{prose(label)}: {code_span(last)}")
        else:
            self._block(code_span(last.strip()))

    def _item(self, words: str, depth: int = 0) -> None:
        self._end_columns()
        self._pieces.append(f"{'  ' * depth}{_BULLET}{words}\n")
        self._in_list = True

    def _block(self, words: str) -> None:
        self._close()
        self._pieces.append(f"{words}\n\n")

    def _close(self) -> None:
        self._end_columns()
        self._end_list()

    def _end_list(self) -> None:
        if self._in_list:
            self._pieces.append("\n")
        self._in_list = False

    def _end_columns(self) -> None:
        """Put the columns that were written side by side into one block of code."""
        text = self._columns.getvalue()
        if not text:
            return
        self._columns.seek(0)
        self._columns.truncate()
        fence = "`" * max(3, 1 + longest_run(text))
        self._pieces.append(f"{fence}text\n{text}{fence}\n\n")


def _plain(parts: Sequence[Part]) -> str:
    return escape("".join(part if isinstance(part, str) else part[0] for part in parts))


def _styled(parts: Sequence[Part]) -> str:
    """Write parts; bold ones are strong. Parts of one style are one text: a word may lie in several."""
    pieces = []
    for bold, some in groupby([part for part in parts if _plain([part])], _is_bold):
        words = _plain([*some])
        inside = words.strip()
        if bold and inside:
            before, _, after = words.partition(inside)
            pieces.append(f"{before}**{prose(inside)}**{after}")
        else:
            pieces.append(prose(words))
    return paragraph("".join(pieces))


def _is_bold(part: Part) -> bool:
    return not isinstance(part, str) and part[1].startswith("bold")

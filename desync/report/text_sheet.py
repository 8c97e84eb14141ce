"""Write paragraphs, fields and literal lines to a terminal, as wide as it is.

May know the terminal's width, colours and encoding; must not know what a report is.

Every text that leaves through a sheet is escaped here, whoever wrote it, and no text is read
as markup: nothing from a capture can reach the terminal as anything but letters.
"""

import codecs
from collections.abc import Sequence
from itertools import zip_longest
from typing import IO, Final, TypeAlias

from rich.console import Console
from rich.text import Text

from desync.report.escape import escape

Part: TypeAlias = str | tuple[str, str]
"""A text, or a text and its rich style."""

WIDEST: Final = 100
"""Columns that prose is set in at most: longer lines are hard to follow."""

GUTTER: Final = "  "
"""What stands between two columns."""

LABEL: Final = 12
"""Columns of a field's label."""


class _Console(Console):
    """A console that leaves it to the caller what becomes of a reader that went away."""

    def on_broken_pipe(self) -> None:
        """Pass on the BrokenPipeError that is being handled; rich would end the process."""
        raise  # noqa: PLE0704 - called inside the handler


def text_console(stream: IO[str], *, width: int | None = None) -> Console:
    """Open a console on a stream: colour only where it is a terminal that has it and NO_COLOR is unset."""
    return _Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


class Sheet:
    """A sheet that grows downwards on a console.

    Args:
        console: Where to write; its encoding decides whether other than ASCII is shown.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self.ascii_only = _normal(console.encoding) != "utf-8"
        self.width = console.width
        self.prose = min(console.width, WIDEST)
        self.open_end = "|" if self.ascii_only else "┃"

    def text(self, *parts: Part) -> Text:
        """Join parts, each escaped, into one styled text."""
        joined = Text()
        for part in parts:
            words, style = (part, "") if isinstance(part, str) else part
            joined.append(escape(words, ascii_only=self.ascii_only), style or None)
        return joined

    def blank(self) -> None:
        """Leave a line empty."""
        self._write(Text())

    def heading(self, words: str) -> None:
        """Begin a section."""
        self.blank()
        self._write(self.text((words.upper(), "bold")))
        self.blank()

    def paragraph(self, *parts: Part, indent: int = 0, hang: int | None = None) -> None:
        """Write prose, wrapped; lines after the first are indented by ``hang``."""
        self._wrapped(self.text(" " * indent, *parts), indent if hang is None else hang, self.prose)

    def field(self, label: str, *parts: Part, indent: int = 2) -> None:
        """Write a label and what it names, wrapped beside it."""
        self._wrapped(
            self.text(" " * indent, (f"{label:<{LABEL}}", "dim"), *parts),
            indent + LABEL,
            self.prose,
        )

    def row(self, *parts: Part, hang: int = 0) -> None:
        """Write a line as wide as the terminal; lines after the first are indented by ``hang``."""
        self._wrapped(self.text(*parts), hang, self.width)

    def beside(
        self, left: Sequence[Part], right: Sequence[Part], *, split: int, opening: str = "", hang: int = 0
    ) -> None:
        """Write two columns side by side, each part beginning a line of its own.

        Args:
            left: What stands in the left column.
            right: What stands in the right one.
            split: Columns of the left one; the right one has what remains of the terminal.
            opening: What stands before the first line.
            hang: Where the left column begins.
        """
        rest = max(1, self.width - hang - split - len(GUTTER))
        columns = [self._column(left, split), self._column(right, rest)]
        before = self.text(opening)
        for first, second in zip_longest(*columns, fillvalue=Text()):
            first.pad_right(max(0, split - first.cell_len))
            before.pad_right(max(0, hang - before.cell_len))
            self._write(before + first + GUTTER + second)
            before = Text()

    def _column(self, parts: Sequence[Part], width: int) -> list[Text]:
        return [line for part in parts for line in self.text(part).wrap(self._console, max(1, width))]

    def literal(self, *parts: Part) -> None:
        """Write a line that people copy: never wrapped, whatever its length."""
        self._write(self.text(*parts))

    def _wrapped(self, text: Text, hang: int, width: int) -> None:
        hang = min(hang, max(0, width - 20))
        first, *rest = text.wrap(self._console, width) or [Text()]
        self._write(first)
        if not rest:
            return
        # What did not fit is wrapped again, narrower by the indentation.
        remainder = text[len(first.plain) :]
        remainder = remainder[len(remainder.plain) - len(remainder.plain.lstrip(" ")) :]
        for line in remainder.wrap(self._console, max(1, width - hang)):
            self._write(Text(" " * hang) + line)

    def _write(self, line: Text) -> None:
        line.rstrip()
        self._console.print(line, soft_wrap=True)


def _normal(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return encoding

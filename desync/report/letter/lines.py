"""Lines of a letter: as wide as mail is written, whatever stands in them made printable.

May know nothing but text.
"""

import textwrap
from collections.abc import Iterator
from typing import Final

from desync.report.escape import escape

WIDTH: Final = 72
"""Columns: what mail is written in (RFC 3676)."""

_SHORT: Final = frozenset({"bdat", "mtu", "starttls"})


def wrapped(text: str, *, bullet: str = "", hang: int = 0) -> Iterator[str]:
    """A paragraph.

    Args:
        text: It.
        bullet: What stands before it; the lines below hang under it.
        hang: Columns that the lines below the first are indented by.
    """
    yield from textwrap.wrap(
        escape(text),
        WIDTH,
        initial_indent=bullet,
        subsequent_indent=" " * (len(bullet) or hang),
        break_on_hyphens=False,
    )


def heading(text: str) -> Iterator[str]:
    """A heading with its line, between empty lines."""
    yield from ("", text, "-" * min(len(text), WIDTH), "")


def plain(name: str) -> str:
    """The name of a finding as words: ``reply drift``."""
    return " ".join(word.upper() if word in _SHORT else word for word in name.split("-"))

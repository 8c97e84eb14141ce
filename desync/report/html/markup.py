"""Make markup of texts: the one way from a text to the page.

May know HTML's and SVG's syntax; must not know what is written, nor where it came from.

Every text is escaped here, whoever wrote it: what is no ``Html`` cannot become an element or an
attribute. Names of elements and attributes are the program's own, never a capture's.
"""

import re
from collections.abc import Iterable
from html import escape as escape_markup
from typing import Final, TypeAlias

from desync.report.escape import escape


class Html(str):
    """Text that is markup already, made by this module."""

    __slots__ = ()


Child: TypeAlias = str | None
"""A text, markup, or nothing."""

Value: TypeAlias = str | int | float | bool | None
"""Of an attribute; False and None leave it out, True gives it no value."""

_RIGHT_TO_LEFT: Final = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]+"
)
"""Letters that are written from right to left (Unicode: their blocks, reserved code points too)."""


def text(words: str) -> Html:
    """Make a text safe to stand between tags.

    What is not plainly printable is a visible escape. Each run of letters that are written from right
    to left is isolated: it cannot move the words beside it.
    """
    safe = escape_markup(escape(words))
    return Html(safe if safe.isascii() else _RIGHT_TO_LEFT.sub(r"<bdi>\g<0></bdi>", safe))


def plain_text(words: str) -> Html:
    """Make a text safe to stand where no element may: in an attribute, in a title, in a picture's text."""
    return Html(escape_markup(escape(words)))


def element(name: str, /, *children: Child, **attributes: Value) -> Html:
    """Write an element.

    Args:
        name: Its name.
        children: What stands in it; texts are escaped.
        attributes: Their values are escaped. A name that Python keeps for itself ends in ``_``; other
            underscores are hyphens.
    """
    return Html(f"{opening(name, **attributes)}{joined(children)}</{name}>")


def opening(name: str, /, **attributes: Value) -> Html:
    """Write an element's opening tag; the whole of an element that holds nothing."""
    return Html(f"<{name}{''.join(map(_attribute, attributes, attributes.values()))}>")


def joined(children: Iterable[Child]) -> Html:
    """Put texts and markup one behind the other."""
    return Html("".join(one if isinstance(one, Html) else text(one) for one in children if one is not None))


def _attribute(name: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{plain_text(_written(value))}"'


def _written(value: str | float) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)

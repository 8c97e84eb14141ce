"""Read the page of a rule from its module's docstring.

May know how a page is laid out; must not know what any page says, nor how it is shown.
A page's layout: the title, an empty line, the summary, then under each heading its text,
four columns in.
"""

import inspect
from dataclasses import dataclass
from types import ModuleType
from typing import Final

from desync.findings.catalogue import module_of

HEADINGS: Final = (
    "Fires when",
    "Does not fire when",
    "Why it matters",
    "What to do",
    "Example",
    "See it in Wireshark",
    "References",
)
"""The headings of every page, in this order."""

INDENTATION: Final = " " * 4
"""What stands in front of every line under a heading."""


@dataclass(frozen=True, slots=True)
class Page:
    """The documentation of one rule.

    Attributes:
        code: The rule's code.
        title: Code and name, the docstring's first line.
        summary: What happened, in a sentence or two; lines as they were written.
        sections: Heading and text of each section, four columns to the left of where it was
            written. What stays indented is to be shown as it is (dialogues, filters, commands)
            or hangs under a list's item; a label (``client:``) opens its paragraph.
    """

    code: str
    title: str
    summary: str
    sections: tuple[tuple[str, str], ...]

    def section(self, heading: str) -> str:
        """Give the text under ``heading``, empty where the page has none."""
        return dict(self.sections).get(heading, "")


def page(code_or_name: str) -> Page:
    """Read the page of a rule.

    Args:
        code_or_name: As for ``catalogue.rule``.

    Returns:
        The page. Under ``python -OO``, which drops docstrings, it is empty but for its code.

    Raises:
        UsageError: No rule has this code or name.
    """
    return read_page(module_of(code_or_name))


def read_page(module: ModuleType) -> Page:
    """Read the page that the docstring of a rule's module holds."""
    lines = inspect.cleandoc(module.__doc__ or "").splitlines()
    title, body = (lines[0], lines[1:]) if lines else ("", [])
    starts = [number for number, line in enumerate(body) if line in HEADINGS]
    stops = [*starts, len(body)][1:]
    summary = body[: starts[0]] if starts else body
    return Page(
        code=module.RULE.code,
        title=title,
        summary=_text(summary),
        sections=tuple(
            (body[start], _text(body[start + 1 : stop])) for start, stop in zip(starts, stops, strict=True)
        ),
    )


def _text(lines: list[str]) -> str:
    """Join the lines of one section, four columns to the left, without the empty lines around it."""
    return "\n".join(line.removeprefix(INDENTATION) for line in lines).strip("\n")

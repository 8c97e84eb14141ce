"""What a rule's page says to one side, without what is meant for readers of the page.

May know how pages are written; must not know a letter.
"""

import re
from collections.abc import Iterator
from typing import Final

from desync.errors import UsageError
from desync.findings.pages import Page, page
from desync.report.letter.choice import Side
from desync.report.text_advice import advice_for

_LABEL: Final = re.compile(r"(client|server):", re.IGNORECASE)
_CODES: Final = re.compile(r" \((?:[A-Z]{2,5}[1-9][0-9]{2}(?:, )?)+\)")
_SENTENCE: Final = re.compile(r"(?<=[.:;])\s+(?=[A-Z])")


def summary(code: str) -> str:
    """What happened, in the words of the page; what it says of desync left out."""
    found = _page(code)
    text = " ".join(found.summary.split()) if found is not None else ""
    return " ".join(one for one in _SENTENCE.split(text) if "desync" not in one)


def why(code: str) -> str:
    """Why it matters: the page's first paragraph about it."""
    found = _page(code)
    text = found.section("Why it matters") if found is not None else ""
    return _uncoded(text.split("\n\n")[0])


def remedy(code: str, side: Side) -> str:
    """What a side is to do: the page's words, or else those of the report; empty where there is nothing."""
    found = _page(code)
    paragraphs = _labelled(found.section("What to do")) if found is not None else {}
    if side in paragraphs:
        return _uncoded(paragraphs[side])
    pieces = [getattr(one, side) for one in advice_for([code])]
    return " ".join(piece for piece in pieces if piece)


def references(code: str) -> Iterator[str]:
    """Standards that the page refers to, each on a line."""
    found = _page(code)
    text = found.section("References") if found is not None else ""
    for item in re.split(r"(?m)^- ", text):
        line = " ".join(item.split())
        if re.match(r"(?:RFC|CVE|CERT|VU#)", line):
            yield line


def _uncoded(text: str) -> str:
    """A paragraph in one line, without the codes that desync's pages refer to each other by."""
    return _CODES.sub("", " ".join(text.split()))


def _labelled(text: str) -> dict[str, str]:
    """The paragraphs of a section by the side that they are for."""
    found: dict[str, list[str]] = {}
    side = ""
    for line in text.splitlines():
        match = _LABEL.match(line)
        if match:
            side, line = match[1].lower(), line[match.end() :]  # noqa: PLW2901 - the rest of the line
        if side and line.strip():
            found.setdefault(side, []).append(line.strip())
    return {side: " ".join(lines) for side, lines in found.items()}


def _page(code: str) -> Page | None:
    try:
        return page(code)
    except UsageError:
        return None

"""The pages of the rules whose findings occur, at the end of the file.

May know pages; must not know findings. It is what ``desync explain`` prints.
"""

from collections.abc import Iterable, Iterator

from desync.findings.pages import Page
from desync.report.html.markup import Html, element, joined
from desync.report.html.parts import RULE, Section, rule_page, section
from desync.report.jsonl import Document
from desync.report.text_explain import items

_LABELS = ("client:", "server:", "path:", "capture:")


def rules(document: Document) -> Section | None:
    """Write a page for each code that the document names.

    They stand open, at the page's end: not every browser opens what a link leads into, nor searches it.
    """
    codes = {*document["summary"]["by_code"], *(one["code"] for one in document["findings"])}
    pages = [found for found in map(rule_page, sorted(codes)) if found is not None]
    if not pages:
        return None
    words = element("p", "In full, with what to do and where it is written.")
    return section("rules", "What each finding means", words, *map(_page, pages))


def _page(one: Page) -> Html:
    return element(
        "article",
        element("h3", one.title),
        element("p", " ".join(one.summary.split())),
        *(joined([element("h4", heading), *_blocks(words)]) for heading, words in one.sections),
        id=f"{RULE}{one.code}",
        class_="rule",
    )


def _blocks(words: str) -> Iterator[Html]:
    """Write prose as paragraphs and lists, dialogues and filters as they stand."""
    for block in words.split("\n\n"):
        if block.startswith(" "):
            yield element("pre", _kept(block))
        else:
            yield from _prose(list(items(block)))


def _kept(block: str) -> Html:
    return Html("\n".join(element("span", line) for line in block.splitlines()))


def _prose(several: Iterable[str]) -> Iterator[Html]:
    listed: list[Html] = []
    for one in several:
        if one.startswith("- "):
            listed.append(element("li", one[2:]))
            continue
        if listed:
            yield element("ul", *listed)
            listed = []
        label, colon, rest = one.partition(":")
        known = f"{label}:" in _LABELS and colon
        yield element("p", element("strong", f"{label}:"), rest) if known else element("p", one)
    if listed:
        yield element("ul", *listed)

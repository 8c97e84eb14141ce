"""Parts that several sections of the page have: the section itself, tables, links to the rules' pages.

May know the page's structure; must not know what a section says.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from desync.errors import UsageError
from desync.findings.pages import Page, page
from desync.report.html.markup import Child, Html, element, joined, opening

RULE: Final = "rule-"
"""What the id of a rule's page begins with."""


class Section(NamedTuple):
    """A section that the table of contents leads to.

    Attributes:
        name: Its id.
        title: Its heading.
        inside: What stands in it; made as it is read, where it is long.
    """

    name: str
    title: str
    inside: Iterable[Child]

    def pieces(self) -> Iterator[Html]:
        """Yield the section's markup."""
        head = element("h2", self.title, id=f"{self.name}-title")
        yield joined([opening("section", id=self.name, aria_labelledby=f"{self.name}-title"), head])
        for one in self.inside:
            yield joined([one])
        yield Html("</section>")


def section(name: str, title: str, *children: Child) -> Section:
    """Make a section of what is short."""
    return Section(name, title, children)


def table(
    caption: str, titles: Sequence[str], rows: Iterable[Sequence[Child]], *, numbers: int | None = None
) -> Html:
    """Write a table in a box of its own, so that a wide one scrolls and the page does not.

    Args:
        caption: What it says.
        titles: Of the columns; the first one names its row.
        rows: The cells.
        numbers: The first column that holds numbers.
    """
    edge = len(titles) if numbers is None else numbers
    heads = (
        element("th", title, scope="col", class_="number" if place >= edge else None)
        for place, title in enumerate(titles)
    )
    body = joined(_row(cells, edge) for cells in rows)
    whole = element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *heads)),
        element("tbody", body),
    )
    return scrolling(whole, caption)


def scrolling(wide: Html, label: str) -> Html:
    """Put something wide into a box that scrolls, with the keyboard too."""
    return element("div", wide, class_="scroll", tabindex=0, role="region", aria_label=label)


def _row(cells: Sequence[Child], edge: int) -> Html:
    first, *others = cells
    return element(
        "tr",
        element("th", first, scope="row"),
        *(
            element("td", cell, class_="number" if place >= edge else None)
            for place, cell in enumerate(others, 1)
        ),
    )


def code_link(code: str) -> Html:
    """Write a finding's code, as a link to its rule's page where there is one."""
    known = rule_page(code)
    return element("a", known.code, href=f"#{RULE}{known.code}") if known else element("span", code)


@lru_cache(maxsize=256)
def rule_page(code: str) -> Page | None:
    """Find the page of a rule; a document of a newer version may name one that is not there."""
    try:
        found = page(code)
    except UsageError:
        return None
    return found if found.code == code else None


def more(number: int, words: str) -> Html | None:
    """Say how many of something are not listed, and how to see them."""
    return element("p", f"and {number:,} {words}", class_="more") if number > 0 else None

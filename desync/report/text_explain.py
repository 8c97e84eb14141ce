"""Print the catalogue of findings, and a rule's page, to a terminal.

May know rules and pages; must not know findings that were made.
"""

from collections.abc import Iterable, Iterator

from desync.findings.pages import Page
from desync.findings.rule import Rule
from desync.report.text_sheet import Sheet
from desync.report.text_verdict import STYLE

_ITEMS = ("- ", "client: ", "server: ", "path: ", "capture: ")
"""What begins a line that must not be joined to the one before."""


def write_catalogue(sheet: Sheet, rules: Iterable[Rule]) -> None:
    """Write a line for each rule: code, name, severity, and whose doing it is."""
    rules = list(rules)
    width = max((len(rule.name) for rule in rules), default=0)
    for rule in rules:
        sheet.row(
            (f"{rule.code:<8}", "bold"),
            f"  {rule.name:<{width}}  ",
            (f"{rule.severity:<7}", STYLE.get(rule.severity, "")),
            f"  {rule.blame}",
            hang=10,
        )


def write_page(sheet: Sheet, page: Page) -> None:
    """Write a page: prose as wide as the terminal, dialogues and filters as they stand."""
    sheet.paragraph((page.title, "bold"))
    sheet.blank()
    sheet.paragraph(" ".join(page.summary.split()))
    for heading, text in page.sections:
        sheet.blank()
        sheet.paragraph((heading, "bold"))
        _write_section(sheet, text)


def _write_section(sheet: Sheet, text: str) -> None:
    for block in text.split("\n\n"):
        if block.startswith(" "):
            for line in block.splitlines():
                sheet.literal("  ", line)
        else:
            for item in items(block):
                hang = 4 if item.startswith(_ITEMS) else 2
                sheet.paragraph(item, indent=2, hang=hang)
        if not text.endswith(block):
            sheet.blank()


def items(block: str) -> Iterator[str]:
    """Join the lines of prose, but for those that begin an item of a list."""
    item: list[str] = []
    for line in block.splitlines():
        if item and line.startswith(_ITEMS):
            yield " ".join(item)
            item = []
        item.append(line.strip())
    if item:
        yield " ".join(item)

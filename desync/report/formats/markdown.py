"""Print the report as Markdown, to be pasted into a ticket: what the text report says.

May know the text report's sections; must not know what they say.
"""

from collections.abc import Iterator

from desync.report.formats.markdown_sheet import MarkdownSheet
from desync.report.jsonl import Document
from desync.report.text import report_sections
from desync.report.text_timeline import write_timeline_on


def markdown(document: Document) -> Iterator[str]:
    """Yield the report, section by section; everything, where the document was made with ``all``."""
    everything = bool(document["options"]["all"])
    sheet = MarkdownSheet()
    yield "# Mail dialogues\n\n"
    for _ in report_sections(sheet, document, everything=everything, errors=None):
        yield sheet.taken()


def markdown_timeline(document: Document, *, everything: bool) -> Iterator[str]:
    """Yield the timeline.

    Args:
        document: The report.
        everything: All servers and clients, not those that tell most.
    """
    sheet = MarkdownSheet()
    yield "# Mail dialogues over time\n\n"
    write_timeline_on(sheet, document, everything=everything)
    yield sheet.taken()

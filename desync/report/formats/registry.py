"""The one list of formats that a report is printed in, by name.

May know which function prints which format; must not know how. Each format is imported where it is
asked for: some take longer to import than a small capture to analyse.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from desync.errors import UsageError
from desync.report.jsonl import Document

Renderer: TypeAlias = Callable[[Document], Iterator[str]]

TEXT: Final = "text"
"""For people; needs a console, and is not among ``RENDERERS``."""

PARQUET: Final = "parquet"
"""No text: needs a file, and is not among ``RENDERERS``."""

HASHED: Final = frozenset({"html"})
"""Formats in which the SHA-256 of the captures is to stand."""


def _json(document: Document) -> Iterator[str]:
    from desync.report.jsonl import json_pieces  # noqa: PLC0415 - see above

    return json_pieces(document)


def _jsonl(document: Document) -> Iterator[str]:
    from desync.report.jsonl import json_lines  # noqa: PLC0415 - see above

    return json_lines(document)


def _csv(document: Document) -> Iterator[str]:
    from desync.report.formats.csv_rows import csv_rows  # noqa: PLC0415 - see above

    return csv_rows(document)


def _markdown(document: Document) -> Iterator[str]:
    from desync.report.formats.markdown import markdown  # noqa: PLC0415 - see above

    return markdown(document)


def _html(document: Document) -> Iterator[str]:
    from desync.report.html.page import html  # noqa: PLC0415 - see above

    return html(document)


def _timesketch(document: Document) -> Iterator[str]:
    from desync.report.formats.timesketch import timesketch_lines  # noqa: PLC0415 - see above

    return timesketch_lines(document)


def _eve(document: Document) -> Iterator[str]:
    from desync.report.formats.eve import eve_lines  # noqa: PLC0415 - see above

    return eve_lines(document)


RENDERERS: Final[Mapping[str, Renderer]] = {
    "json": _json,
    "jsonl": _jsonl,
    "csv": _csv,
    "markdown": _markdown,
    "html": _html,
    "timesketch": _timesketch,
    "eve": _eve,
}
"""What prints a document, in pieces of text."""

FORMATS: Final = (TEXT, *RENDERERS, PARQUET)
"""All formats, as the command line lists them."""

TIMELINE_FORMATS: Final = (TEXT, "json", "jsonl", "csv", "markdown")
"""Those of the timeline."""


def renderer(form: str) -> Renderer:
    """Find what prints a format.

    Raises:
        UsageError: It is none that is made of text alone.
    """
    if form not in RENDERERS:
        msg = f"there is no format {form!r}, only {', '.join(RENDERERS)}"
        raise UsageError(msg)
    return RENDERERS[form]


def timeline_in(form: str, document: Document, *, everything: bool) -> Iterator[str]:
    """Print the timeline of a report in pieces of text.

    Args:
        form: One of ``TIMELINE_FORMATS`` but ``text``.
        document: The report.
        everything: All servers and clients, where the format shows those that tell most.
    """
    if form == "csv":
        from desync.report.formats.csv_rows import csv_rows  # noqa: PLC0415 - see above

        return csv_rows(document, "timeline")
    if form == "markdown":
        from desync.report.formats.markdown import markdown_timeline  # noqa: PLC0415 - see above

        return markdown_timeline(document, everything=everything)
    from desync.report.jsonl import timeline_lines, timeline_pieces  # noqa: PLC0415 - see above

    return (timeline_lines if form == "jsonl" else timeline_pieces)(document)

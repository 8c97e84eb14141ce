"""The report as a caller of the library holds it.

May know what scanning an archive found and how a document is built; must not print anything.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from desync.analysis.options import Options
from desync.archive.archive import Archive
from desync.archive.captures import Progress
from desync.archive.discovery import STANDARD_INPUT
from desync.archive.scan import scan_archive
from desync.archive.store import Store
from desync.report.document import build_document
from desync.report.formats.extras import require
from desync.report.formats.registry import renderer

LONG_LISTS: Final = ("connections", "findings")
"""Members of the document that need not be lists."""

LEDGERS: Final = ("clients", "servers", "timeline")
"""Members of the summary that may have as many rows as there are connections."""


class Report:
    """What was found in captures.

    Args:
        paths: The captures, as the caller named them.
        archive: What was found in them.
    """

    def __init__(self, paths: Sequence[str], archive: Archive) -> None:
        self._paths = paths
        self._archive = archive

    @cached_property
    def findings(self) -> list[dict[str, Any]]:
        """All findings of connections with more than notes, and those about captures; ``desync schema``."""
        return [*self.iter_findings()]

    def iter_findings(self, all: bool = False) -> Iterator[dict[str, Any]]:  # noqa: A002, FBT001, FBT002 - as ``document``
        """Yield the same findings one by one: of very many, only some are in memory at once.

        Args:
            all: Those of clean connections too.
        """
        yield from self.view(all)["findings"]

    def connections(self, all: bool = False) -> Iterator[dict[str, Any]]:  # noqa: A002, FBT001, FBT002 - as ``document``
        """Yield the connections with more than notes one by one, each with all that is known of it.

        Args:
            all: Clean ones too.
        """
        yield from self.view(all)["connections"]

    def printed(self, form: str, all: bool = False) -> Iterator[str]:  # noqa: A002, FBT001, FBT002 - as ``document``
        """Yield what ``desync scan --format FORM`` prints, in pieces.

        Args:
            form: ``json``, ``jsonl``, ``csv``, ``markdown``, ``html``, ``timesketch`` or ``eve``.
            all: Clean connections and notes too.

        Raises:
            UsageError: There is no such format, or it is not made of text alone.
        """
        yield from renderer(form)(self.view(all))

    def to_arrow(self, table: str = "findings", all: bool = False) -> Any:  # noqa: A002, FBT001, FBT002 - as ``document``
        """Hand out a table as a ``pyarrow.Table``; the fields say in their metadata what they are.

        Args:
            table: ``findings``, ``connections``, ``exchanges``, ``transactions`` or ``captures``.
            all: Clean connections and notes too.

        Raises:
            ImportError: pyarrow is not installed (``desync[parquet]``); a ``UsageError`` at the same time.
            UsageError: There is no such table.
        """
        require("pyarrow", "to_arrow()")
        from desync.report.formats.arrow import arrow_table  # noqa: PLC0415 - an extra
        from desync.report.formats.tables import table as table_of  # noqa: PLC0415 - seldom asked for

        return arrow_table(table_of(table), self.view(all))

    def to_pandas(self, table: str = "findings", all: bool = False) -> Any:  # noqa: A002, FBT001, FBT002 - as ``document``
        """Hand out a table as a ``pandas.DataFrame``; the arguments are those of ``to_arrow``.

        Raises:
            ImportError: pandas or pyarrow is not installed (``desync[pandas]``); a ``UsageError`` at the
                same time.
            UsageError: There is no such table.
        """
        for library in ("pyarrow", "pandas"):
            require(library, "to_pandas()", "pandas")
        from desync.report.formats.frame import data_frame  # noqa: PLC0415 - an extra
        from desync.report.formats.tables import table as table_of  # noqa: PLC0415 - seldom asked for

        return data_frame(table_of(table), self.view(all))

    def document(self, all: bool = False) -> dict[str, Any]:  # noqa: A002, FBT001, FBT002 - DESIGN.md, section 6
        """Build the document that ``--format json`` prints.

        Args:
            all: Clean connections and notes too. Where the scan did not keep them, the captures
                are read once more.
        """
        document = self.view(all)
        summary = document["summary"]
        return {
            **document,
            **{name: list(document[name]) for name in LONG_LISTS},
            "summary": {**summary, **{name: list(summary[name]) for name in LEDGERS}},
        }

    def view(self, all: bool = False) -> dict[str, Any]:  # noqa: A002, FBT001, FBT002 - as ``document``
        """Build the document without making lists of what may be very many.

        The summary's clients, servers and timeline, and connections and findings where there are many, can
        be iterated over as often as one likes; each time they are made anew.

        Args:
            all: As for ``document``.
        """
        if all and not self._archive.options.details:
            if STANDARD_INPUT in self._paths:
                msg = "standard input cannot be read again: ask for details when scanning"
                raise ValueError(msg)
            self._archive = scan_archive(self._paths, replace(self._archive.options, details=True))
        return build_document(self._archive, everything=all)

    @property
    def unreadable(self) -> list[tuple[str, str]]:
        """Paths that could not be analysed though they were named, each with the reason."""
        return self._archive.unreadable

    @property
    def remarks(self) -> list[tuple[str, str]]:
        """What is worth saying of captures though nothing is wrong with them, each with the path."""
        return self._archive.remarks

    @property
    def damaged(self) -> bool:
        """Whether a capture was truncated or damaged."""
        return self._archive.damaged

    @property
    def analysed(self) -> int:
        """Captures that were analysed."""
        return len(self._archive.captures)


def scan(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    options: Options | None = None,
    progress: Progress | None = None,
    store: Store | None = None,
) -> Report:
    """Analyse captures.

    Args:
        paths: Files, directories, patterns, or ``-`` for standard input. Several files are taken as
            one rotated set where they are one.
        options: What to look for.
        progress: Told how far it has come: path, octets and frames on top; neither: the file is done.
        store: Remembers captures that are done (``archive.case``), and knows those of earlier runs.

    Returns:
        The report. What is wrong with a capture stands in it; nothing in a capture raises.
    """
    several = [paths] if isinstance(paths, str | os.PathLike) else paths
    texts = [os.fspath(path) for path in several]
    return Report(texts, scan_archive(texts, options or Options(), progress, store))

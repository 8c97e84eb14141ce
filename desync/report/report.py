"""The report as a caller of the library holds it.

May know what scanning an archive found and how a document is built; must not print anything.
"""

import os
from collections.abc import Iterable, Sequence
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
        """All findings above a note, and those about captures, as the document holds them."""
        found: list[dict[str, Any]] = self.document()["findings"]
        return found

    def document(self, all: bool = False) -> dict[str, Any]:  # noqa: A002, FBT001, FBT002 - DESIGN.md, section 6
        """Build the document that ``--format json`` prints.

        Args:
            all: Clean connections and notes too. Where the scan did not keep them, the captures
                are read once more.
        """
        document = self.view(all)
        summary = document["summary"]
        return {**document, "summary": {**summary, **{name: list(summary[name]) for name in LEDGERS}}}

    def view(self, all: bool = False) -> dict[str, Any]:  # noqa: A002, FBT001, FBT002 - as ``document``
        """Build the document without making lists of the summary's clients, servers and timeline.

        They can be iterated over as often as one likes; each time they are made anew.

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
        return [(one.path, one.reason) for one in self._archive.refused if one.named]

    @property
    def remarks(self) -> list[tuple[str, str]]:
        """What is worth saying of captures though nothing is wrong with them, each with the path."""
        return self._archive.remarks

    @property
    def damaged(self) -> bool:
        """Whether a capture was truncated or damaged."""
        return any(one.quality.problems for one in self._archive.captures)

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

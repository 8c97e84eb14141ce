"""Hold of a document with very many connections what a page can show, so that memory does not grow with it.

May know which members of a connection are long; must not know what is made of them.
"""

from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from desync.report.jsonl import Document

WHOLE: Final = 2000
"""Connections that are held with all their exchanges; many more than a page draws."""


def thinned(document: Document) -> Document:
    """Make lists of what is made as it is read, and leave out the exchanges of connections that are too many.

    Args:
        document: The report; its lists may be whatever can be iterated over.

    Returns:
        The document, its connections and findings lists: the same findings in both.
    """
    if isinstance(document["connections"], list) and len(document["connections"]) <= WHOLE:
        return document
    rows = iter(document["connections"])
    connections = [*islice(rows, WHOLE), *map(_without_exchanges, rows)]
    problems = [one for capture in document["captures"] for one in capture["problems"]]
    findings = [*problems, *(one for each in connections for one in each["findings"])]
    return {**document, "connections": connections, "findings": findings}


def _without_exchanges(connection: Mapping[str, Any]) -> dict[str, Any]:
    return {**connection, "exchanges": [], "unpaired_replies": []}

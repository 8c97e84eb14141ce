"""A report's document with pseudonyms in the place of names, addresses and files: ``--redact-addresses``.

One pass over the document before any format sees it, so that all formats show the same. May know the
document's members; must not know how pseudonyms are made, nor any format.

What stays: ports, times, frames, octet ranges, reply codes, verbs and keywords, software's names and
versions, queue identifiers, checksums of files.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from typing import Any, TypeAlias

from desync.report.redacted.connection import redacted_connection, redacted_finding
from desync.report.redacted.names import Names

Document: TypeAlias = dict[str, Any]
Rows: TypeAlias = Iterable[Mapping[str, Any]]


class Redaction:
    """The pseudonyms of one run, and what is replaced by them.

    Attributes:
        names: The pseudonyms.
    """

    def __init__(self) -> None:
        self.names = Names()

    def document(self, document: Mapping[str, Any]) -> Document:
        """A report.

        Pseudonyms are numbered here and now, in the order of the document, whatever is read of it later.
        Long lists that are made as they are read still are.
        """
        captures = [self._capture(one) for one in document["captures"]]
        connections = _mapped(document["connections"], lambda one: redacted_connection(self.names, one))
        problems = [one for capture in captures for one in capture["problems"]]
        findings = _Findings(problems, connections, document["findings"])
        summary = document["summary"]
        return {
            **document,
            "options": self.options(document["options"]),
            "captures": captures,
            "connections": connections,
            "findings": list(findings) if isinstance(connections, list) else findings,
            "summary": {
                **summary,
                "clients": _mapped(summary["clients"], self._client),
                "servers": _mapped(summary["servers"], self._server),
                "timeline": _mapped(summary["timeline"], self._change),
                "not_analysed": [self._refused(one) for one in summary["not_analysed"]],
            },
        }

    def options(self, options: Mapping[str, Any]) -> Document:
        """The options of a report; that it is redacted is said there."""
        hosts = [self.names.words.address(one) for one in options["hosts"]]
        return {**options, "hosts": hosts, "redact": True}

    def _capture(self, one: Mapping[str, Any]) -> Document:
        return {
            **one,
            "path": self.names.path(one["path"]),
            "interfaces": [
                {
                    **each,
                    "name": self.names.interface(each["name"]),
                    # Who took the capture may write anything there.
                    "comments": [f"<{len(comment)} characters>" for comment in each["comments"]],
                }
                for each in one["interfaces"]
            ],
            "problems": [redacted_finding(self.names, each) for each in one["problems"]],
        }

    def _client(self, row: Mapping[str, Any]) -> Document:
        words = self.names.words
        name = row["name"]
        return {**row, "address": words.address(row["address"]), "name": name and words.name(name)}

    def _server(self, row: Mapping[str, Any]) -> Document:
        words = self.names.words
        banner = row["banner"]
        return {**row, "address": words.address(row["address"]), "banner": banner and words.text(banner)}

    def _change(self, row: Mapping[str, Any]) -> Document:
        """A row of the timeline: a change, a server or a client."""
        words = self.names.words
        found: Document = {**row, "address": words.address(row["address"])}
        if row["kind"] == "change":
            for part in ("before", "after"):
                found[part] = {**row[part], "banner": row[part]["banner"] and words.text(row[part]["banner"])}
            for clients in ("began", "ceased"):
                found[clients] = [words.address(one) for one in row[clients]]
        else:
            found["banner"] = row["banner"] and words.text(row["banner"])
        return found

    def _refused(self, one: Mapping[str, Any]) -> Document:
        path = one["path"]
        return {"path": self.names.path(path), "reason": self.names.reason(one["reason"], path)}


class _Mapped:
    """Rows made anew each time they are iterated over."""

    def __init__(self, rows: Rows, replace: Callable[[Mapping[str, Any]], Document]) -> None:
        self._rows = rows
        self._replace = replace

    def __iter__(self) -> Iterator[Document]:
        return map(self._replace, self._rows)

    def __len__(self) -> int:
        return len(self._rows) if isinstance(self._rows, Sized) else sum(1 for _ in self._rows)


class _Findings:
    """The findings of a report: those of its captures, then those of its connections."""

    def __init__(self, problems: list[Document], connections: Iterable[Document], before: Rows) -> None:
        self._problems = problems
        self._connections = connections
        self._before = before

    def __iter__(self) -> Iterator[Document]:
        yield from self._problems
        for connection in self._connections:
            yield from connection["findings"]

    def __len__(self) -> int:
        return len(self._before) if isinstance(self._before, Sized) else sum(1 for _ in self)


def _mapped(rows: Rows, replace: Callable[[Mapping[str, Any]], Document]) -> Any:
    """Rows with pseudonyms: a list of a list, else made as they are read, their names numbered now."""
    if isinstance(rows, list | tuple):
        return [replace(one) for one in rows]
    for one in rows:
        replace(one)
    return _Mapped(rows, replace)

"""Compare two reports: the document that ``desync compare --format json`` prints.

The only place that knows its format (``report/schema_compare.py``). May know reports' documents; must not
know where they come from, nor how this one is printed.
"""

from collections.abc import Collection, Iterable
from typing import Any, Final, Literal

from desync.report.compare.chance import FEWEST, LEVEL, STEP
from desync.report.compare.clients import Pair, compared_clients, name_elsewhere, pair_of
from desync.report.compare.seen import Server
from desync.report.compare.servers import VERDICTS as SERVER_VERDICTS
from desync.report.compare.servers import SeenServer, is_telling, server_rows, servers_of, span
from desync.report.compare.verdict import VERDICTS
from desync.report.jsonl import Document
from desync.report.timeline.chart import seconds_of
from desync.version import VERSION

SCHEMA: Final = "desync-compare/1"

MATTERING: Final = ("ports", "hosts", "select", "ignore", "merge")
"""Options that should be the same in both; what was taken when is to differ."""

OVERLAP: Final = 0.1
"""Share of the shorter one's time that has to lie in the other one's to be worth a remark."""


def compare_documents(
    paths: tuple[str, str], documents: tuple[Document, Document], *, everything: bool
) -> dict[str, Any]:
    """Compare two reports.

    Args:
        paths: A and B as the caller named them.
        documents: Their documents; the summary's long lists may be made as they are read.
        everything: Whether clients that were never out of step, and servers of which there is nothing
            to tell, are listed too.
    """
    pair = pair_of(*documents)
    servers = servers_of(pair.a), servers_of(pair.b)
    times = _times(servers[0].values()), _times(servers[1].values())
    clients, out_of_step = _clients(pair, servers, everything=everything)
    kept = _Listed(SERVER_VERDICTS)
    for row in server_rows(*servers):
        kept.counts[row["verdict"]] += 1
        if everything or is_telling(row):
            kept.rows.append(row)
    return {
        "schema": SCHEMA,
        "tool": {"name": "desync", "version": VERSION},
        "guard": {"chance": LEVEL, "sessions": FEWEST, "step": STEP},
        "a": _side(paths[0], pair.a, out_of_step[0], times[0]),
        "b": _side(paths[1], pair.b, out_of_step[1], times[1]),
        "options_differ": [name for name in MATTERING if pair.a["options"][name] != pair.b["options"][name]],
        "order": _order(*times),
        "clients": clients.rows,
        "servers": kept.rows,
        "verdicts": {"clients": clients.counts, "servers": kept.counts},
    }


class _Listed:
    """Rows of one kind: counted by verdict, some of them listed."""

    def __init__(self, verdicts: Iterable[str]) -> None:
        self.counts = dict.fromkeys(verdicts, 0)
        self.rows: list[dict[str, Any]] = []


def _clients(
    pair: Pair, servers: tuple[Collection[Server], Collection[Server]], *, everything: bool
) -> tuple[_Listed, tuple[int, int]]:
    """Compare the clients, and count the sessions of A and of B in which one was out of step."""
    listed, total = _Listed(VERDICTS), (0, 0)
    for one in compared_clients(pair, servers):
        out = one.out_of_step()
        listed.counts[one.judgement.verdict] += 1
        total = total[0] + out[0], total[1] + out[1]
        if everything or any(out):
            listed.rows.append(one.document())
    name_elsewhere(pair, (row for row in listed.rows if _is_troubled(row)))
    return listed, total


def _is_troubled(row: dict[str, Any]) -> bool:
    return any(side["out_of_step"] for side in (row["a"], row["b"]) if side)


def _side(
    path: str, document: Document, out_of_step: int, times: tuple[str | None, str | None]
) -> dict[str, Any]:
    """Say what one side is."""
    return {
        "path": path,
        "options": document["options"],
        "captures": len(document["captures"]),
        "sessions": document["summary"]["mail"],
        "encrypted": document["summary"]["encrypted"],
        "out_of_step": out_of_step,
        "first_time": times[0],
        "last_time": times[1],
    }


def _times(servers: Iterable[SeenServer]) -> tuple[str | None, str | None]:
    """When the first session began and the last one ended."""
    return span(time for one in servers for time in (one.first_time, one.last_time))


def _order(
    a: tuple[str | None, str | None], b: tuple[str | None, str | None]
) -> Literal["b-later", "b-earlier", "overlap"] | None:
    """Whether B was captured after A: that is what before and after take for granted."""
    if None in (*a, *b):
        return None
    (a_first, a_last), (b_first, b_last) = (tuple(seconds_of(str(time)) for time in side) for side in (a, b))
    common = min(a_last, b_last) - max(a_first, b_first)
    # Sessions that were open when an archive was cut in two are in both.
    if common >= 0 and common >= OVERLAP * min(a_last - a_first, b_last - b_first):
        return "overlap"
    return "b-later" if b_first >= a_first else "b-earlier"

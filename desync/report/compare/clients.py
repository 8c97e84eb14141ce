"""The clients of two archives, matched by address, each with what may be said of it.

May know what was seen of clients and how they are judged; must not know how they are printed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from typing import Any, Final, TypeAlias

from desync.report.compare.chance import rounded
from desync.report.compare.seen import Seen, Server, Trouble, clients_of, troubles_of
from desync.report.compare.verdict import Judgement, judge
from desync.report.jsonl import Document
from desync.tcp.addresses import address_number

_Client: TypeAlias = tuple[str, Seen | None, Seen | None]

_ENOUGH: Final = 2
"""Addresses that are kept for a name: more than one, and the name says nothing."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two reports, read as often as need be.

    Attributes:
        a, b: Their documents.
        troubles: For each, by the client's address, what was out of step.
    """

    a: Document
    b: Document
    troubles: tuple[dict[str, Trouble], dict[str, Trouble]]

    def clients(self) -> Iterator[_Client]:
        """Yield each client's address, and what was seen of it in A and in B, by address."""
        sides = (_placed(self.a, self.troubles[0], 0), _placed(self.b, self.troubles[1], 1))
        for _, several in groupby(merge(*sides, key=lambda one: one[:2]), key=lambda one: one[0]):
            found = list(several)
            seen: dict[int, Seen] = {side: one for _, side, _, one in found}
            yield found[0][2], seen.get(0), seen.get(1)


def _placed(
    document: Document, troubles: Mapping[str, Trouble], side: int
) -> Iterator[tuple[int, int, str, Seen]]:
    """Yield each client with what it is put in order by."""
    for address, seen in clients_of(document, troubles):
        yield address_number(address), side, address, seen


def pair_of(a: Document, b: Document) -> Pair:
    """Put two reports side by side."""
    return Pair(a, b, (troubles_of(a), troubles_of(b)))


@dataclass(frozen=True, slots=True)
class Compared:
    """A client with what may be said of it.

    Attributes:
        address: Its address.
        a, b: What was seen of it, or None.
        judgement: The verdict.
    """

    address: str
    a: Seen | None
    b: Seen | None
    judgement: Judgement

    def out_of_step(self) -> tuple[int, int]:
        """In how many sessions of A and of B it was out of step."""
        return self.a.out_of_step if self.a else 0, self.b.out_of_step if self.b else 0

    def document(self) -> dict[str, Any]:
        """The client as it is printed."""
        return {
            "address": self.address,
            "verdict": self.judgement.verdict,
            "because": self.judgement.because,
            "chance": rounded(self.judgement.chance),
            "same_name": None,
            "a": self.a.document() if self.a else None,
            "b": self.b.document() if self.b else None,
        }


def compared_clients(
    pair: Pair, servers: tuple[Collection[Server], Collection[Server]]
) -> Iterator[Compared]:
    """Judge each client, by address.

    Args:
        pair: The two reports.
        servers: All servers of A, and of B.
    """
    for address, a, b in pair.clients():
        yield Compared(address, a, b, judge(a, b, servers))


def name_elsewhere(pair: Pair, rows: Iterable[dict[str, Any]]) -> None:
    """Put into rows of clients that are in one report only who says the same name in the other one.

    Only where one address in each says it, each in that report alone: ``localhost`` is everybody.

    Args:
        pair: The two reports.
        rows: Clients as they are printed.
    """
    alone = {row["address"]: row for row in rows if row["verdict"] in {"only-a", "only-b"}}
    wanted = {name for row in alone.values() for name in (row["a"] or row["b"])["names"]}
    if not wanted:
        return
    for one in _sayers(pair, wanted).values():
        if sorted(where for where, _ in one) == ["a", "b"]:
            (_, first), (_, second) = one
            for address, other in ((first, second), (second, first)):
                if address in alone:
                    alone[address]["same_name"] = other


def _sayers(pair: Pair, wanted: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """Who says these names, and in which report; of many, some."""
    said: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for address, a, b in pair.clients():
        where = "both" if a and b else "a" if a else "b"
        names = dict.fromkeys((*(a.names if a else ()), *(b.names if b else ())))
        for name in names:
            if name in wanted and len(said[name]) <= _ENOUGH:
                said[name].append((where, address))
    return said

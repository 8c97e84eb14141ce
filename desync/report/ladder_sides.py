"""Say of each rung what was true of it and what the client believed of it.

May know rungs and both pairings; must not know how a ladder is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from desync.report.beliefs import Exchange, Pairings, reply_name
from desync.report.rungs import Rung
from desync.report.text_sheet import Part


@dataclass(frozen=True, slots=True)
class Sides:
    """Which replies a rung's octets truly are, and for which the client took them."""

    true: tuple[str, ...] = ()
    believed: tuple[tuple[str, bool], ...] = ()

    @property
    def parts(self) -> list[Part]:
        """The beliefs, the wrong ones marked."""
        return [(text, "bold red" if wrong else "") for text, wrong in self.believed]


def sides_of(pairings: Pairings, rungs: Sequence[Rung]) -> list[Sides | None]:
    """Say it of each rung from the drift's onset on; None for those before it and behind its end."""
    if pairings.drift is None:
        return [None] * len(rungs)
    start, end = pairings.octets
    within = [
        number
        for number, rung in enumerate(rungs)
        if rung.sender == "server" and rung.octets and rung.octets[0] < end and rung.octets[1] > start
    ]
    if not within:
        return [None] * len(rungs)
    return [
        _sides(pairings, rung) if within[0] <= number <= within[-1] else None
        for number, rung in enumerate(rungs)
    ]


def _sides(pairings: Pairings, rung: Rung) -> Sides:
    if rung.sender == "client" or rung.octets is None:
        return Sides()
    true = pairings.true(rung.octets)
    return Sides(
        tuple(_whose(rung, one) for one in true),
        tuple(_taken(rung, one, true) for one in pairings.believed(rung.octets)),
    )


def _whose(rung: Rung, one: Exchange) -> str:
    """Which reply some octets truly are."""
    start, end = one["reply"]["octets"]
    part = "" if rung.octets and rung.octets[0] <= start and end <= rung.octets[1] else "part of "
    return f"{part}{reply_name(one)}"


def _taken(rung: Rung, one: Exchange, true: Sequence[Exchange]) -> tuple[str, bool]:
    """What the client took some octets for, and whether that was wrong."""
    start, end = one["believed"]["octets"]
    right = one["reply"] is not None and one["reply"]["octets"] == one["believed"]["octets"]
    if right and one in true:
        return reply_name(one), False
    octets = f" (octets {start}-{end})" if rung.octets != (start, end) else ""
    # What is wrong about octets of its own reply is that the client took them for all of it.
    name = reply_name(one).replace("the ", "the whole ", 1) if one in true else reply_name(one)
    return f"{name}{octets}", True

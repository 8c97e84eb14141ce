"""Which of the models that were tried is the verdict, and which cannot be told from it.

May know how well each fits; must not know why.
"""

from typing import Final, NamedTuple

from desync.exchanges.readers.fits import Fit, Kind
from desync.exchanges.readers.path import Way, steps
from desync.exchanges.readers.server_side import Said
from desync.exchanges.reading import Model

NEAR: Final = 30
"""Models that fit this much worse than the best are candidates."""

NEAR_INNOCENT: Final = 55
"""One that accuses the client of less is a candidate for longer."""

FAR: Final = 1 << 40
"""All that are innocent are candidates."""

_READING: Final = ("line", "segment")

MODELS: Final[dict[Kind, Model]] = {
    "line": "line",
    "segment": "segment",
    "late": "whole-reply",
    "ahead": "whole-reply",
    "blind": "blind",
}

_ORDER: Final[tuple[Kind, ...]] = ("line", "segment", "ahead", "late", "blind")
"""Of models that fit alike a reading one comes before exceptions, and a line before a segment."""


class Choice(NamedTuple):
    """The verdict.

    Attributes:
        fit: The model that fits best.
        others: Those that cannot be told from it, the better first.
    """

    fit: Fit
    others: tuple[Fit, ...]


def choose(found: list[Fit], words: Said, *, shown: bool) -> Choice:
    """Choose the model that fits best.

    Args:
        found: The models.
        words: What the server said.
        shown: Whether times, or a send in the middle of a reply, tell reading models from others.
    """
    eligible = [fit for fit in found if fit.kind not in _READING or _misreads(fit.way, words)]
    eligible.sort(key=lambda fit: (fit.cost, _ORDER.index(fit.kind)))
    best = eligible[0]
    others = tuple(fit for fit in eligible[1:] if fit.cost <= best.cost + _near(best, fit.kind, shown=shown))
    return Choice(best, others)


def _near(best: Fit, other: Kind, *, shown: bool) -> int:
    """How much worse another model may fit; the less the best one explains, the more."""
    if best.kind in _READING and other not in _READING:
        return max(NEAR_INNOCENT, best.cost // 4) if shown else FAR
    if best.kind not in _READING and other in _READING:
        # To be named as a candidate accuses nobody.
        return NEAR_INNOCENT
    return max(NEAR, best.cost // 8)


def _misreads(way: Way | None, words: Said) -> bool:
    """Whether a reading model says anything else than that the client read whole replies."""
    if way is None:
        return False
    return any(
        link.end is not None and link.end > link.start and not words.ends_reply(link.end)
        for link in steps(way)
    )

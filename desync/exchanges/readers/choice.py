"""Which of the models that were tried is the verdict, and which cannot be told from it.

May know how well each fits; must not know why.
"""

from typing import Final, NamedTuple

from desync.exchanges.readers.fits import READING, Fit, Kind
from desync.exchanges.readers.reach import NEAR, NEAR_INNOCENT, misreads
from desync.exchanges.readers.server_side import Said
from desync.exchanges.reading import Model

FAR: Final = 1 << 40
"""All that are innocent are candidates."""

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
    eligible = [
        fit for fit in found if fit.kind not in READING or (fit.way is not None and misreads(fit.way, words))
    ]
    eligible.sort(key=lambda fit: (fit.cost, _ORDER.index(fit.kind)))
    best = eligible[0]
    others = tuple(fit for fit in eligible[1:] if fit.cost <= best.cost + _near(best, fit.kind, shown=shown))
    return Choice(best, others)


def _near(best: Fit, other: Kind, *, shown: bool) -> int:
    """How much worse another model may fit; the less the best one explains, the more."""
    if best.kind in READING and other not in READING:
        return max(NEAR_INNOCENT, best.cost // 4) if shown else FAR
    if best.kind not in READING and other in READING:
        # To be named as a candidate accuses nobody.
        return NEAR_INNOCENT
    return max(NEAR, best.cost // 8)

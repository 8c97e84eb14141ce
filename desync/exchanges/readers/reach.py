"""How much worse than the best a model may fit and still be a candidate.

May know costs and ways; must not know which models there are.
"""

from typing import Final

from desync.exchanges.readers.path import NO_LIMIT, Way, steps
from desync.exchanges.readers.server_side import Said

NEAR: Final = 30
"""Models that fit this much worse than the best are candidates."""

NEAR_INNOCENT: Final = 55
"""One that accuses the client of less is a candidate for longer."""


def limit_of(cost: int, *, shown: bool) -> int:
    """What a model must cost less than to be a candidate beside one of this cost, whichever they are.

    Args:
        cost: What the better one costs.
        shown: Whether anything tells reading models from others; where not, all are candidates.
    """
    return cost + max(NEAR_INNOCENT, cost // 4) + 1 if shown else NO_LIMIT


def misreads(way: Way, words: Said) -> bool:
    """Whether a reading model says anything else than that the client read whole replies."""
    return any(
        link.end is not None and link.end > link.start and not words.ends_reply(link.end)
        for link in steps(way)
    )

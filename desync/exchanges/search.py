"""Find the cheapest reading of a dialogue where order alone does not do.

May know moves and what they cost; must not know what they mean.
"""

from heapq import heappop, heappush
from typing import Final

from desync.exchanges.dialogue import Dialogue
from desync.exchanges.moves import Step, begin, moves
from desync.exchanges.state import State

MOST_STEPS: Final = 20_000
"""States that the search looks at before it gives up and takes the order of the streams."""


def search(dialogue: Dialogue) -> list[Step] | None:
    """Find the cheapest reading: Dijkstra over the states of the dialogue.

    Equal costs are settled by what order suggests, so that the result does not depend on chance.
    """
    ways: list[tuple[int | None, Step]] = []
    heap: list[tuple[int, tuple[int, ...], int]] = []
    for rank, step in enumerate(begin(dialogue)):
        ways.append((None, step))
        heappush(heap, (step.cost, (rank,), len(ways) - 1))
    settled: set[State] = set()
    for _ in range(MOST_STEPS):
        if not heap:
            return None
        cost, _, index = heappop(heap)
        state = ways[index][1].after
        if state in settled:
            continue
        settled.add(state)
        following = moves(dialogue, state)
        if not following:
            return _way_to(ways, index)
        for number, step in enumerate(following):
            if step.after not in settled:
                ways.append((index, step))
                # Further on first, so that a straight way is walked to its end before others are tried.
                heappush(
                    heap, (cost + step.cost, (-step.after.offset, -step.after.reply, number), len(ways) - 1)
                )
    return None


def _way_to(ways: list[tuple[int | None, Step]], index: int | None) -> list[Step]:
    steps = []
    while index is not None:
        before, step = ways[index]
        steps.append(step)
        index = before
    return steps[::-1]

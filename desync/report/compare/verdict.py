"""What may be said of a client that is in both archives, and of which of its numbers it follows.

Two shares are compared by an exact test (``chance``): out of step of all sessions, and, where all that
the client did wrong was to misread split replies, of the sessions that had one. May know what was seen of
a client; must not know documents.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from desync.report.compare.chance import LEVEL, Share, chance_between, is_less, is_step
from desync.report.compare.seen import Seen, Server

VERDICTS: Final = (
    "worse",
    "new",
    "still",
    "fewer",
    "recovered",
    "spared",
    "not-tested",
    "too-few",
    "only-a",
    "only-b",
    "in-step",
)
"""Of a client out of step in A and B: ``worse``, ``still`` or ``fewer``. In A alone: ``recovered`` (put to
the test in B, and in step), or ``spared`` (in step, because hardly a reply to it was split). In B alone:
``new``. Where that cannot be said: ``not-tested`` or ``too-few``. Then what is no comparison at all."""

BECAUSE: Final = (
    "read-split-replies",
    "in-step",
    "fewer-split-replies",
    "no-split-reply-in-a",
    "no-split-reply-in-b",
    "server-not-in-a",
    "server-not-in-b",
    "encrypted-in-a",
    "encrypted-in-b",
)
"""On what a verdict rests, where it is not the numbers alone."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict on a client.

    Attributes:
        verdict: One of ``VERDICTS``.
        because: One of ``BECAUSE``, or None.
        chance: How probable chance alone makes numbers that differ so, or None where that is not asked.
    """

    verdict: str
    because: str | None = None
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class _Tests:
    """Both tests, each with the number of tests counted in.

    Attributes:
        only_splits: Whether all that the client did wrong was to misread split replies.
        by_sessions, by_splits: The probabilities; None where there are too few sessions, or no sense in it.
    """

    only_splits: bool
    by_sessions: float | None
    by_splits: float | None

    @property
    def chance(self) -> float | None:
        """The smaller one."""
        return min((one for one in (self.by_splits, self.by_sessions) if one is not None), default=None)


def judge(
    a: Seen | None, b: Seen | None, servers: tuple[Collection[Server], Collection[Server]]
) -> Judgement:
    """Judge a client.

    Args:
        a: What was seen of it in A, or None.
        b: Likewise in B.
        servers: All servers of A, and of B.
    """
    if a is None or b is None:
        return Judgement("only-b" if a is None else "only-a")
    if not a.out_of_step and not b.out_of_step:
        return Judgement("in-step")
    tests = _tests(a, b)
    if not b.out_of_step:
        return _ended(a, b, tests, gone=a.servers.isdisjoint(servers[1]) and bool(a.servers))
    if not a.out_of_step:
        return _began(a, b, tests, fresh=b.servers.isdisjoint(servers[0]) and bool(b.servers))
    return _both(a, b, tests)


def _tests(a: Seen, b: Seen) -> _Tests:
    only_splits = a.only_splits and b.only_splits
    by_sessions = chance_between(a.of_sessions, b.of_sessions)
    if not only_splits:
        return _Tests(only_splits, by_sessions, None)
    by_splits = chance_between(a.of_splits, b.of_splits)
    if by_splits is None or by_sessions is None or _same(a, b):
        return _Tests(only_splits, by_sessions, by_splits)
    # Who asks twice is answered by chance twice as often (Bonferroni).
    return _Tests(only_splits, min(1.0, 2 * by_sessions), min(1.0, 2 * by_splits))


def _same(a: Seen, b: Seen) -> bool:
    """Whether every session had a split reply, so that both tests are one."""
    return a.of_sessions == a.of_splits and b.of_sessions == b.of_splits


def _shown(chance: float | None) -> bool:
    return chance is not None and chance <= LEVEL


def _ended(a: Seen, b: Seen, tests: _Tests, *, gone: bool) -> Judgement:
    """Judge a client that was out of step in A, and never in B."""
    if _shown(tests.by_splits):
        return Judgement("recovered", "read-split-replies", tests.by_splits)
    if gone:
        return Judgement("not-tested", "server-not-in-b")
    if not b.clear:
        return Judgement("not-tested", "encrypted-in-b")
    if _shown(tests.by_sessions):
        fewer = is_less(Share(a.split, a.clear), Share(b.split, b.clear))
        if not tests.only_splits or not fewer:
            return Judgement("recovered", "in-step", tests.by_sessions)
        because = "fewer-split-replies" if b.split else "no-split-reply-in-b"
        return Judgement("spared", because, tests.by_sessions)
    if tests.only_splits and not b.split:
        return Judgement("not-tested", "no-split-reply-in-b", tests.chance)
    return Judgement("too-few", None, tests.chance)


def _began(a: Seen, b: Seen, tests: _Tests, *, fresh: bool) -> Judgement:
    """Judge a client that was out of step in B, and never in A."""
    exposed = "no-split-reply-in-a" if tests.only_splits and b.split and not a.split else None
    if fresh:
        return Judgement("not-tested", "server-not-in-a")
    if not a.clear:
        return Judgement("not-tested", "encrypted-in-a")
    if _shown(tests.chance):
        return Judgement("new", exposed, tests.chance)
    return Judgement("not-tested" if exposed else "too-few", exposed, tests.chance)


def _both(a: Seen, b: Seen, tests: _Tests) -> Judgement:
    """Judge a client that was out of step in both."""
    by_splits = tests.by_splits is not None and tests.by_splits == tests.chance
    first, second = (a.of_splits, b.of_splits) if by_splits else (a.of_sessions, b.of_sessions)
    if not _shown(tests.chance) or not is_step(first, second):
        return Judgement("still", None, tests.chance)
    return Judgement("fewer" if is_less(first, second) else "worse", None, tests.chance)

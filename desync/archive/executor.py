"""Who does work that is handed over: what local processes and a cluster have in common.

May know how work is pickled; must not know what it is, nor where it is done.
"""

import pickle
import traceback
from collections.abc import Callable
from typing import Any, Protocol

from desync.errors import DesyncError


class WorkLost(DesyncError):  # noqa: N818 - what happened, said as such
    """A piece of work could not be done; all others still can."""


class ClusterLost(DesyncError):  # noqa: N818 - what happened, said as such
    """A cluster that was there at the beginning does no work any more."""


class Executor(Protocol):
    """Does work elsewhere."""

    def submit(self, work: Callable[[], Any]) -> Any:
        """Hand work over.

        Args:
            work: Picklable, and free of effects: it may be done more than once.

        Returns:
            A ticket, for ``result``.
        """

    def result(self, ticket: Any) -> Any:
        """Wait for the result of work; what the work raised is raised here.

        Raises:
            WorkLost: This work cannot be done; ``result`` may be asked for others.
            DesyncError: None can be done any more.
        """

    def end(self, *, at_once: bool) -> None:
        """Let go of whoever does the work.

        Args:
            at_once: In the middle of it; otherwise nothing may be outstanding.
        """


def answer(work: bytes | bytearray) -> bytes:
    """Do pickled work where it was sent to.

    Returns:
        Its result and what it raised, one of them None, pickled.
    """
    result, error = None, None
    try:
        result = pickle.loads(work)()  # noqa: S301 - written by the process that handed it over
    except Exception as caught:  # noqa: BLE001 - whatever it is belongs to the one who asked
        caught.add_note(traceback.format_exc())
        error = caught
    return pickle.dumps((result, error), pickle.HIGHEST_PROTOCOL)

"""Textbook and silent connections as columns: what a mail connection is counted by, without an object.

The columns of many take the place of as many ``Brief``s. May know columns; must not read a dialogue.
"""

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers
from desync.tcp.pair_keys import KEY, Keys

END: Final = np.dtype([("high", np.uint64), ("low", np.uint64), ("port", np.uint16)])
"""One end of a connection: its IPv6 or IPv4-mapped address in two halves, and its port."""

Ends = NDArray[np.void]

NO_NUMBER: Final = -1
"""Stands for both initial sequence numbers of a connection that was never answered with one."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Textbook and silent connections of one capture, as ``n`` rows.

    Attributes:
        capture: Index of the capture.
        keys: The pair of endpoints of each.
        client, server: Its ends, of dtype ``END``.
        frames: First and last frame, shape (n, 2).
        times: Earliest and latest time of its frames in nanoseconds since 1970 UTC, shape (n, 2).
        identity: The columns of ``Identity``, shape (n, 4); ``NO_NUMBER`` twice where there is none.
        splits: How many findings REPLY301 and REPLY302 would make, shape (n, 2).
        names: Which of ``texts`` the client calls itself.
        banners: Which of ``texts`` the first line of the greeting is.
        texts: Names and banners, each once; None stands for none.
    """

    capture: int
    keys: Keys
    client: Ends
    server: Ends
    frames: Integers
    times: Integers
    identity: Integers
    splits: Integers
    names: Integers
    banners: Integers
    texts: tuple[str | None, ...]

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Which of them have an identity: those whose handshake was captured."""
        return np.asarray(self.identity[:, 0] != NO_NUMBER)

    def take(self, chosen: NDArray[np.bool_]) -> "Plain":
        """Some of the connections."""
        rows = {name: getattr(self, name)[chosen] for name in _ROWS}
        return replace(self, **rows)


_ROWS: Final = tuple(each.name for each in fields(Plain) if each.name not in {"capture", "texts"})


def none_plain(capture: int) -> Plain:
    """No connection at all."""
    empty, two = np.empty(0, dtype=np.int64), np.empty((0, 2), dtype=np.int64)
    ends, four = np.empty(0, dtype=END), np.empty((0, 4), dtype=np.int64)
    return Plain(capture, np.empty(0, dtype=KEY), ends, ends, two, two, four, two, empty, empty, ())

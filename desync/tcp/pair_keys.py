"""Sixteen octets for a pair of endpoints, to keep millions of pairs by.

May know addresses and ports; must not know what they are looked up for. Exact for IPv4;
an IPv6 pair is mixed into 127 bits.
"""

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from desync.tcp.flows import Pair, Pairs
from desync.tcp.neighbours import differs

Keys: TypeAlias = NDArray[np.void]
"""Structured column: ``addresses`` and ``ports``, uint64 each."""

KEY: Final = np.dtype([("addresses", np.uint64), ("ports", np.uint64)])
_MAPPED: Final = 0xFFFF
_MIXED: Final = np.uint64(1 << 63)
_ODD: Final = tuple(
    np.uint64(each)
    for each in (
        0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93,
        0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53, 0xCA5A826395121157, 0xA0761D6478BD642F,
    )
)  # fmt: skip


def keys_of(pairs: Pairs) -> Keys:
    """Return the key of each pair."""
    port = pairs.port.astype(np.uint64)
    ports = port[:, 0] << np.uint64(16) | port[:, 1]
    keys = np.empty(len(pairs), dtype=KEY)
    keys["addresses"] = pairs.low[:, 0] << np.uint64(32) | (pairs.low[:, 1] & np.uint64(0xFFFFFFFF))
    keys["ports"] = ports
    six = (pairs.high > 0).any(axis=1) | (pairs.low >> np.uint64(32) != _MAPPED).any(axis=1)
    if six.any():
        words = [*pairs.high[six].T, *pairs.low[six].T, ports[six]]
        keys["addresses"][six] = _mixed(words, 0)
        keys["ports"][six] = _mixed(words, 3) | _MIXED
    return keys


def key_of(pair: Pair) -> Keys:
    """Return the key of one pair, shape ()."""
    word = (1 << 64) - 1
    addresses = (pair.low_address, pair.high_address)
    high = np.array([[each >> 64 for each in addresses]], dtype=np.uint64)
    low = np.array([[each & word for each in addresses]], dtype=np.uint64)
    port = np.array([[pair.low_port, pair.high_port]], dtype=np.uint16)
    return keys_of(Pairs(high, low, port)).reshape(())


def among(keys: Keys, wanted: Keys) -> NDArray[np.bool_]:
    """Say which of ``keys`` are among those wanted; as ``np.isin``, which takes ten times as long."""
    found = np.zeros(len(keys), dtype=np.bool_)
    if not len(keys) or not len(wanted):
        return found
    numbers, sought = _numbers(wanted), _numbers(keys)
    order = np.argsort(numbers)
    at = np.minimum(np.searchsorted(numbers, sought, sorter=order), len(order) - 1)
    near = order[at]
    found[:] = wanted[near] == keys
    # Where two that are wanted have one number, and the first of them is not it.
    doubtful = np.flatnonzero(~found & (numbers[near] == sought))
    if len(doubtful):
        found[doubtful] = np.isin(keys[doubtful], wanted)
    return found


def unique(keys: Keys) -> Keys:
    """Each key once, in order; as ``np.unique``, which takes several times as long."""
    ordered = _sorted(keys)
    return ordered[differs(ordered)]


def repeated(parts: Sequence[Keys]) -> Keys:
    """The keys that are in more than one part, each once, in order; a part holds each of its keys once."""
    ordered = _sorted(np.concatenate([np.empty(0, dtype=KEY), *parts]))
    return unique(ordered[1:][ordered[1:] == ordered[:-1]])


def _sorted(keys: Keys) -> Keys:
    return np.asarray(keys[np.lexsort((keys["ports"], keys["addresses"]))])


def _numbers(keys: Keys) -> NDArray[np.uint64]:
    """A number for each key, seldom the same for two."""
    numbers: NDArray[np.uint64] = keys["addresses"] * _ODD[0] ^ keys["ports"] * _ODD[1]
    return numbers


def _mixed(words: list[NDArray[np.uint64]], turn: int) -> NDArray[np.uint64]:
    mixed = np.zeros(len(words[0]), dtype=np.uint64)
    for index, word in enumerate(words):
        mixed ^= word
        mixed *= _ODD[(index + turn) % len(_ODD)]
        mixed ^= mixed >> np.uint64(29 + turn)
    return mixed

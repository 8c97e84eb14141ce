"""Which pairs are examined again together."""

import numpy as np

from desync.archive.batches import BATCH_OCTETS, batches
from desync.tcp.pair_keys import KEY


def keys(*numbers):
    return np.array([(number, 0) for number in numbers], dtype=KEY)


def parted(again, *held):
    slices = [(keys(*one), np.array(list(one.values()), dtype=np.int64)) for one in held]
    return [(sorted(found["addresses"].tolist()), span) for found, span in batches(keys(*again), slices)]


def test_every_pair_comes_once_with_the_slices_that_have_it():
    assert parted([1, 2, 3], {1: 10, 9: 10}, {1: 10, 2: 10, 3: 10}, {2: 10, 3: 10}) == [([1, 2, 3], range(3))]


def test_a_batch_is_bounded_and_holds_neighbours():
    most = BATCH_OCTETS
    made = parted([1, 2, 3, 4], {1: most, 4: 5}, {1: 5, 2: most, 4: 5}, {2: 5, 3: most, 4: 5}, {3: 5, 4: 5})
    # What lies in many slices comes by itself at the end.
    assert made == [([1], range(2)), ([2], range(1, 3)), ([3], range(2, 4)), ([4], range(4))]


def test_a_pair_larger_than_a_batch_comes_alone():
    assert parted([1, 2], {1: 5 * BATCH_OCTETS, 2: 1}) == [([1], range(1)), ([2], range(1))]


def test_nothing():
    assert parted([]) == []
    assert parted([], {1: 1}) == []

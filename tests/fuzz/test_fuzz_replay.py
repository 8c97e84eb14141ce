"""What a fuzzer begins with, what it has found so far, and some octets by chance, without the fuzzer."""

from importlib import import_module
from random import Random

import pytest
from fuzz.run import CORPUS, NAMES

FOUND = sorted(path for path in CORPUS.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_once(path):
    import_module(f"fuzz.{path.parent.name}").run(path.read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_seeds_and_their_neighbours(name):
    target, random = import_module(f"fuzz.{name}"), Random(name)  # noqa: S311 - a test's dice
    for seed in target.seeds():
        target.run(seed)
        changed = bytearray(seed)
        for _ in range(1 + random.randrange(4)):
            changed[random.randrange(len(changed))] = random.randrange(256)
        target.run(bytes(changed[: random.choice((len(changed), random.randrange(len(changed))))]))


@pytest.mark.parametrize("name", NAMES)
def test_octets_by_chance(name):
    random = Random(1)  # noqa: S311 - a test's dice
    target = import_module(f"fuzz.{name}")
    for size in (0, 1, 2, 9, 40, 200):
        target.run(random.randbytes(size))

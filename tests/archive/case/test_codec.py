"""Values come back from a case as they went in, and nothing else does."""

import json
import pickle
import struct
import zlib
from dataclasses import fields, is_dataclass

import numpy as np
import pytest
from archive.case.cases import CAPTURES

from desync.analysis.options import Options
from desync.archive.captures import events_of, kept_of
from desync.archive.case.codec import Damaged, decode, encode
from desync.archive.scan import scan_archive
from desync.findings.finding import Place
from desync.tcp.pair_keys import KEY


def assert_same(one, other):
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        assert one.shape == other.shape
        assert (one == other).all()
    elif is_dataclass(one):
        for each in fields(one):
            assert_same(getattr(one, each.name), getattr(other, each.name))
    elif isinstance(one, tuple | list):
        assert len(one) == len(other)
        for ours, theirs in zip(one, other, strict=True):
            assert_same(ours, theirs)
    else:
        assert one == other


@pytest.mark.parametrize("path", sorted(CAPTURES.glob("incidents/*cap")), ids=lambda path: path.name)
def test_what_was_found_in_a_sample_comes_back(path):
    archive = scan_archive([str(path)], Options(details=True))
    (capture,) = archive.captures
    values = [capture.quality, capture.times, list(events_of(capture, archive.spool)), capture.interfaces]
    for entry in capture.slices:
        values += [entry.keys, entry.traits, kept_of(entry, archive.spool)]
        values += [
            archive.spool.get(at) for at in (entry.pieces, entry.outcomes, entry.plain, entry.identities)
        ]
    for value in values:
        assert_same(value, decode(encode(value, [0]), [0]))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -1,
        1 << 70,
        0.5,
        "\udcff\x00",
        (),
        [(), [1]],
        {"a": {1: (2,)}},
        b"\x00\xff",
        np.array([(1, 2)], KEY)[0],
        np.zeros((0, 4), np.int64),
        np.zeros((), KEY),
    ],
    ids=repr,
)
def test_other_values_come_back(value):
    assert_same(value, decode(encode(value, [0]), [0]))


def test_the_number_of_the_capture_is_that_of_the_run():
    assert decode(encode((Place(0, 7), {"capture": 0, "frame": 7}), [0]), [5]) == (
        Place(5, 7),
        {"capture": 5, "frame": 7},
    )


@pytest.mark.parametrize("value", [object(), {1}, np.array(["text"]), np.array([object()])], ids=repr)
def test_anything_else_is_refused(value):
    with pytest.raises(TypeError, match="a case holds no"):
        encode(value)


def stored(tree, columns=b""):
    text = json.dumps(tree).encode()
    return zlib.compress(struct.pack("<Q", len(text)) + text + columns)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"no stream",
        zlib.compress(b""),
        zlib.compress(struct.pack("<Q", 1 << 60)),
        pickle.dumps(print),
        stored([]),
        stored([[]]),
        stored({"t": 1}),
        stored(["print", "x"]),
        stored(["os.system", "true"]),
        stored(["Place", 1]),
        stored(["Place", 1, 2, 3]),
        stored(["r", "SYNC999"]),
        stored(["a", "|O", [1], 0], b"12345678"),
        stored(["a", "<i8", [2], 0], b"12345678"),
        stored(["a", "<i8", [1], -8], b"12345678"),
        stored(["a", "<i8", [-1], 0], b"12345678"),
        stored(["a", "<i8", [1 << 70], 0], b"12345678"),
        stored(["k", 1]),
        stored(["k", -1, 1 << 80]),
        stored(["b", "?"]),
        stored(["d", [1]]),
        stored(["Traits", False, ["t"], None, None]),
        encode((1, 2))[:-2],
    ],
)
def test_octets_that_nothing_wrote_are_told(octets):
    with pytest.raises(Damaged):
        decode(octets, [0])


def test_a_tree_without_end_is_told():
    text = b'["t",' * 100_000 + b"1" + b"]" * 100_000
    with pytest.raises(Damaged):
        decode(zlib.compress(struct.pack("<Q", len(text)) + text), [0])

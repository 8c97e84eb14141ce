"""Fourteen of fourteen convict; one of fourteen does not."""

import numpy as np
import pytest

from desync.analysis.record import Brief, Part
from desync.report.client_row import ClientRow
from desync.tcp.endpoint import Endpoint
from desync.tcp.pair_keys import KEY


def brief(**changes):
    fields = {
        "key": np.zeros((), dtype=KEY),
        "parts": (Part(0, 1, 9),),
        "client": Endpoint("192.0.2.17", 1042),
        "server": Endpoint("198.51.100.25", 25),
        "name": "gw",
        "banner": "mx",
        "first_time": 0,
        "last_time": 1,
        "encrypted": False,
        "offers_early_pipelining": False,
        "depends": False,
        "codes": (),
        "clean": True,
        "split": False,
        "misread": False,
        "proved": False,
        "cured": False,
        "identity": None,
    }
    return Brief(**fields | changes)


MISREAD = {"split": True, "misread": True, "proved": True, "models": ("segment",)}
WITHSTOOD = {"split": True}
WHOLE = {"misread": True, "whole_misread": True, "models": ("line",)}


def row(*groups):
    found = ClientRow("gw")
    for count, changes in groups:
        for _ in range(count):
            found.add(brief(**changes))
    return found


@pytest.mark.parametrize(
    ("groups", "model"),
    [
        ([(14, MISREAD), (206, {})], "segment"),
        ([(1, MISREAD), (13, WITHSTOOD)], None),
        ([(13, MISREAD), (1, WITHSTOOD)], "segment"),
        ([(8, MISREAD), (6, WITHSTOOD)], None),
        ([(14, WITHSTOOD), (9, {})], "whole-reply"),
        ([(9, {})], None),
        ([(9, WHOLE)], "line"),
        ([(1, WHOLE), (9, {})], None),
        ([(3, MISREAD), (3, WHOLE)], None),
        ([(9, WHOLE), (9, {"encrypted": True})], "line"),
        ([(2, {"models": ("blind",)})], "blind"),
        ([(2, {"misread": True})], None),
    ],
)
def test_a_model_is_given_only_where_sessions_agree(groups, model):
    assert row(*groups).model == model


def test_candidates_settle_what_verdicts_leave_open():
    doubtful = MISREAD | {"models": ("line", "segment")}
    assert row((3, MISREAD), (2, doubtful)).model == "segment"
    both = MISREAD | {"models": ("segment", "line")}
    assert row((3, both), (2, doubtful)).model is None
    assert row((3, both)).model == "segment"


def test_the_row():
    assert row((14, MISREAD), (206, {})).document("192.0.2.17") == {
        "address": "192.0.2.17",
        "name": "gw",
        "sessions": 220,
        "encrypted": 0,
        "splits_seen": 14,
        "misread": 14,
        "whole_misread": 0,
        "model": "segment",
        "proved": 14,
    }

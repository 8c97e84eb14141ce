"""The timeline's rows have exactly the fields of the schema."""

from copy import deepcopy

import pytest
from jsonschema import Draft202012Validator
from report.timeline.made_up import NEW, OLD, archive, rows_of, session

from desync.report.schema import timeline_schema
from desync.report.schema_timeline import TIMELINE

VALIDATOR = Draft202012Validator(TIMELINE)


def rows():
    timeless = session(700, "192.0.2.9", server="192.0.2.8", banner=None, time=None)
    upgrade = archive(1, 600, lambda n: NEW if n >= 300 else OLD, lambda n: float(n >= 300))
    return rows_of([*upgrade, timeless])


def test_the_schema_is_one():
    Draft202012Validator.check_schema(timeline_schema())


def test_rows_are_valid():
    made = rows()
    VALIDATOR.validate(made)
    assert {row["kind"] for row in made} == {"change", "server", "client"}


@pytest.mark.parametrize("number", range(len(rows())))
def test_every_field_is_required_and_no_other_allowed(number):
    row = rows()[number]
    assert not VALIDATOR.is_valid([row | {"surplus": 1}])
    for name in row:
        less = deepcopy(row)
        del less[name]
        assert not VALIDATOR.is_valid([less]), name
    for name, value in row.items():
        if isinstance(value, dict):
            assert not VALIDATOR.is_valid([row | {name: value | {"surplus": 1}}])

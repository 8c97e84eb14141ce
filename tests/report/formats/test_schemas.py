import csv
import json
from io import StringIO

import pytest
from jsonschema import Draft202012Validator
from report import documents
from report.formats.test_timesketch import CHANGE

from desync.cli.main import main
from desync.cli.schema import DOCUMENTS
from desync.report.formats.registry import RENDERERS
from desync.report.formats.schemas import eve_schema, jsonl_schema, timesketch_schema

LINES = {"jsonl": jsonl_schema, "timesketch": timesketch_schema, "eve": eve_schema}
VALIDATORS = {form: Draft202012Validator(schema()) for form, schema in LINES.items()}


@pytest.mark.parametrize("form", LINES)
def test_the_schema_is_one(form):
    Draft202012Validator.check_schema(LINES[form]())


@pytest.mark.parametrize("form", LINES)
@pytest.mark.parametrize("name", documents.ALL)
def test_lines_are_valid(form, name):
    for line in "".join(RENDERERS[form](documents.ALL[name]())).splitlines():
        VALIDATORS[form].validate(json.loads(line))


@pytest.mark.parametrize("form", LINES)
def test_lines_of_samples_are_valid(form, samples):
    printed = "".join(RENDERERS[form](samples)).splitlines()
    for line in printed if form != "jsonl" else printed[::7]:
        VALIDATORS[form].validate(json.loads(line))


def test_lines_of_changes_are_valid():
    document = documents.document(timeline=[CHANGE])
    (line,) = RENDERERS["timesketch"](document)
    VALIDATORS["timesketch"].validate(json.loads(line))


@pytest.mark.parametrize("form", ["timesketch", "eve"])
def test_a_member_more_or_less_is_not_valid(form):
    line = json.loads(next(RENDERERS[form](documents.incident_1999())))
    assert not VALIDATORS[form].is_valid(line | {"more": 1})
    for name in {*line} & {
        "message",
        "datetime",
        "timestamp",
        "timestamp_desc",
        "event_type",
        "alert",
        "src_ip",
    }:
        assert not VALIDATORS[form].is_valid({each: line[each] for each in line if each != name}), name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_schema_is_printed(document, capsys):
    assert main(["schema", document]) == 0
    assert json.loads(capsys.readouterr().out)


def test_columns_are_those_of_the_file(capsys):
    main(["schema", "csv"])
    described = json.loads(capsys.readouterr().out)["tableSchema"]["columns"]
    header = next(csv.reader(StringIO(next(RENDERERS["csv"](documents.clean())))))
    assert [one["name"] for one in described] == header
    assert all(one["dc:description"] for one in described)

from copy import deepcopy

import pytest
from jsonschema import Draft202012Validator
from report import documents

from desync.findings.catalogue import RULES
from desync.report.schema import report_schema

SCHEMA = report_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def objects(value, path=()):
    """Yield the place of every object inside a document."""
    if isinstance(value, dict):
        yield path
        for name, member in value.items():
            yield from objects(member, (*path, name))
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from objects(member, (*path, number))


def at(value, path):
    for step in path:
        value = value[step]
    return value


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", documents.ALL)
def test_documents_are_valid(name):
    VALIDATOR.validate(documents.ALL[name]())


def test_every_code_of_the_catalogue_is_a_code():
    code = Draft202012Validator(SCHEMA["$defs"]["finding"]["properties"]["code"])
    assert all(code.is_valid(rule.code) for rule in RULES)
    assert not code.is_valid("SYNC1")


@pytest.mark.parametrize("name", ["1999", "damaged", "encrypted", "drifted"])
def test_every_field_is_required_and_no_other_allowed(name):
    document = documents.ALL[name]()
    open_ended = {"details", "by_code"}
    for path in objects(document):
        if path and path[-1] in open_ended:
            continue
        more = deepcopy(document)
        at(more, path)["surplus"] = 1
        assert not VALIDATOR.is_valid(more), path
        for member in at(document, path):
            less = deepcopy(document)
            del at(less, path)[member]
            assert not VALIDATOR.is_valid(less), (*path, member)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), "desync-report/2"),
        (("findings", 0, "severity"), "fatal"),
        (("findings", 0, "certainty"), "likely"),
        (("findings", 0, "blame"), None),
        (("findings", 0, "frame"), 0),
        (("findings", 0, "time"), "1999-11-16 11:05:11"),
        (("findings", 0, "details"), {}),
        (("findings", 0, "details", "cure"), "maybe"),
        (("findings", 0, "details", "held_hex"), "0D0A"),
        (("connections", 0, "exchanges", 1, "octets"), [0]),
        (("connections", 0, "exchanges", 1, "prompt"), "helo"),
        (("connections", 0, "capture_point"), None),
        (("connections", 0, "client", "port"), 65536),
        (("captures", 0, "format"), "erf"),
        (("captures", 0, "sha256"), "00"),
        (("summary", "by_code"), {"sync102": 1}),
    ],
)
def test_a_wrong_value_is_refused(path, value):
    document = documents.incident_1999()
    at(document, path[:-1])[path[-1]] = value
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("reader", "model"), "any-octet"),
        (("reader", "candidates"), ["whole"]),
        (("reader", "support"), 2),
        (("drift", "cause"), "bad luck"),
        (("drift", "onset"), None),
        (("exchanges", 1, "believed", "code"), 1000),
        (("transactions", 0, "verdict"), "gone"),
        (("transactions", 0, "outcome"), None),
        (("transactions", 0, "final_reply"), "554"),
    ],
)
def test_a_wrong_word_about_reading_or_mail_is_refused(path, value):
    document = documents.drifted()
    at(document["connections"][0], path[:-1])[path[-1]] = value
    assert not VALIDATOR.is_valid(document)

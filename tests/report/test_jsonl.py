import json

import pytest
from report import documents

from desync.report.jsonl import json_lines, json_pieces


@pytest.mark.parametrize("name", documents.ALL)
def test_json_is_the_document(name):
    document = documents.ALL[name]()
    printed = "".join(json_pieces(document))
    assert json.loads(printed) == document
    assert list(json.loads(printed)) == list(document)
    assert printed.endswith("}\n")


def test_json_is_ascii_whatever_a_capture_holds():
    document = documents.document([documents.capture(path="\x1b[2J\u202e\udc80ü\x7f")])
    printed = "".join(json_pieces(document)) + "".join(json_lines(document))
    assert printed.isascii()
    assert "\x1b" not in printed
    assert json.loads("".join(json_pieces(document))) == document


def test_each_line_has_a_type_and_is_whole():
    document = documents.damaged()
    printed = "".join(json_lines(document))
    lines = [json.loads(line) for line in printed.splitlines()]
    assert [line["type"] for line in lines] == ["capture", "capture", "connection", "summary"]
    assert printed.endswith("}\n")
    assert lines[0] == {"type": "capture"} | document["captures"][0]
    assert lines[2] == {"type": "connection"} | document["connections"][0]
    assert lines[3]["schema"] == "desync-report/1"
    assert lines[3]["not_analysed"] == document["summary"]["not_analysed"]


HOSTILE = [
    '},{"address":',
    '},{"address',
    "},{",
    '"},{"address":"',
    "\\",
    '\\"},{"address":',
    "",
    None,
    '"',
    "}",
    "{",
]


def test_rows_of_the_summary_are_parted_nowhere_but_between_them():
    row = {"address": "192.0.2.1", "name": None, "sessions": 1, "model": None}
    rows = [row | {"address": first, "name": name} for first in HOSTILE[:-3] for name in HOSTILE] * 5
    document = documents.document([]) | {"summary": {"connections": 1, "clients": rows, "servers": []}}
    printed = "".join(json_pieces(document))
    assert json.loads(printed)["summary"]["clients"] == rows
    assert sum(line.startswith('{"address":') for line in printed.splitlines()) == len(rows) > 256
    lines = "".join(json_lines(document))
    assert json.loads(lines.splitlines()[-1])["clients"] == rows


def test_elements_of_long_lists_stand_on_lines_of_their_own():
    printed = "".join(json_pieces(documents.many(clients=1, each=5)))
    assert sum(line.startswith('{"id":"c0-') for line in printed.splitlines()) == 5 + 7

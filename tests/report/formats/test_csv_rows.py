import csv
from io import StringIO

import pytest
from report import documents
from report.hostile import SIGNS, TEXTS, hostile, unprintable

from desync.report.formats.columns import FINDINGS
from desync.report.formats.csv_rows import cell, csv_rows

NAMES = [column.name for column in FINDINGS]
NUMBERS = {column.name for column in FINDINGS if column.kind == "integer"}
FORMULA = tuple("=+-@\t\r\uff0b\uff0d\uff1d\uff20")


def parsed(document, delimiter=","):
    printed = "".join(csv_rows(document))
    return list(csv.reader(StringIO(printed, newline=""), delimiter=delimiter, strict=delimiter == ","))


@pytest.mark.parametrize("name", documents.ALL)
def test_a_row_for_each_finding(name):
    document = documents.ALL[name]()
    header, *rows = parsed(document)
    assert header == NAMES
    assert [row[0] for row in rows] == [one["id"] for one in document["findings"]]
    assert [row[1] for row in rows] == [one["code"] for one in document["findings"]]


def test_what_a_row_says():
    row = dict(zip(*parsed(documents.incident_1999())[:2], strict=True))
    assert row["time"] == "1999-11-16T11:05:11.150000Z"
    assert (row["client"], row["client_port"], row["client_name"]) == ("192.0.2.17", "1042", "gw.example.net")
    assert (row["capture"], row["stream"], row["frame"]) == ("captures/ccnotes-1999.snoop", "0", "6")
    assert (row["frames"], row["evidence"], row["cure"]) == ("4 6 8", "ack", "yes")
    assert (row["exchange_first"], row["because"]) == ("1", "")


def test_rows_end_in_cr_lf_and_nowhere_else():
    printed = list(csv_rows(hostile(documents.incident_1999(), "a\r\nb\nc\rd")))
    assert all(row.endswith("\r\n") for row in printed)
    assert "".join(printed).count("\n") == "".join(printed).count("\r") == len(printed) == 3


@pytest.mark.parametrize("text", TEXTS)
def test_no_cell_is_a_formula_and_all_can_be_seen(text):
    document = hostile(documents.many(), text)
    assert unprintable(csv_rows(document), "\r\n") == []
    for row in parsed(document)[1:]:
        assert len(row) == len(NAMES)
        assert not [one for one in row if one.lstrip(" \"'").startswith(FORMULA) and not one.startswith("'")]


@pytest.mark.parametrize("text", TEXTS)
def test_no_cell_is_a_formula_where_semicolons_part_cells(text):
    for row in parsed(hostile(documents.incident_1999(), text), ";")[1:]:
        assert not [one for one in row if one.lstrip(' "').startswith(FORMULA)]


@pytest.mark.parametrize("sign", SIGNS)
def test_signs_of_formulas_stand_behind_an_apostrophe(sign):
    written = cell(sign)
    assert "'" in written or written.startswith("\\") or "\\n" in written
    assert cell(written) == written


def test_numbers_stay_numbers(samples):
    header, *rows = parsed(samples)
    assert len(rows) == len(samples["findings"]) > 150
    for row in rows:
        numbers = [one for name, one in zip(header, row, strict=True) if name in NUMBERS]
        assert all(one == "" or one.isdigit() for one in numbers)


def test_rows_come_one_by_one():
    class Few(list):
        def __iter__(self):
            yield from super().__iter__()
            raise AssertionError

    document = documents.many()
    document["connections"] = Few(document["connections"][:1])
    rows = csv_rows(document)
    assert next(rows).startswith("finding,code,")
    assert next(rows).startswith("c0-")

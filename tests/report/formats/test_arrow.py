from io import BytesIO

import pytest
from report import documents
from report.hostile import TEXTS, hostile, unprintable

from desync.errors import UsageError
from desync.report.formats import extras
from desync.report.formats.csv_rows import cell
from desync.report.formats.tables import TABLES, table

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

from desync.report.formats import arrow  # noqa: E402 - needs pyarrow


def written(name, document):
    file = BytesIO()
    arrow.write_parquet(table(name), document, file)
    file.seek(0)
    return pq.read_table(file)


@pytest.mark.parametrize("name", [one.name for one in TABLES])
def test_a_file_has_the_columns_and_says_what_they_are(name, samples):
    found = written(name, samples)
    assert found.column_names == [column.name for column in table(name).columns]
    assert all(field.metadata[b"description"] for field in found.schema)
    assert found.num_rows == len(list(table(name).rows(samples))) > 0


def test_findings_have_types(samples):
    found = written("findings", samples)
    assert found.num_rows == len(samples["findings"])
    assert found.schema.field("time").type == pa.timestamp("ns", "UTC")
    assert found.schema.field("frame").type == pa.int64()
    assert found.schema.field("frames").type.value_type == pa.int64()
    assert found["code"].to_pylist() == [one["code"] for one in samples["findings"]]


def test_times_keep_their_nanoseconds():
    document = documents.incident_1999()
    for one in document["connections"][0]["findings"]:
        one["time"] = "1999-11-16T11:05:11.123456789Z"
    (first, _) = written("findings", document)["time"].cast(pa.int64()).to_pylist()
    assert first == 942_750_311_123_456_789


def test_times_out_of_reach_are_null():
    document = documents.incident_1999()
    for one in document["connections"][0]["findings"]:
        one["time"] = "9999-12-31T23:59:59Z"
    assert written("findings", document)["time"].to_pylist() == [None, None]


def test_batches_make_no_difference(monkeypatch, samples):
    whole = arrow.arrow_table(table("exchanges"), samples)
    monkeypatch.setattr(arrow, "AT_A_TIME", 7)
    parts = list(arrow.batches(table("exchanges"), samples))
    assert max(len(part) for part in parts) == 7
    assert pa.Table.from_batches(parts) == whole


def test_an_empty_report_has_the_columns_too():
    assert written("findings", documents.clean()).num_rows == 0


@pytest.mark.parametrize("text", TEXTS)
def test_nothing_hidden_gets_through(text):
    for one in TABLES:
        found = arrow.arrow_table(one, hostile(documents.drifted(), text))
        for column in found.columns:
            assert unprintable(map(str, column.to_pylist())) == []


def test_the_same_values_as_csv(samples):
    row = next(arrow.batches(table("findings"), samples)).to_pylist()[0]
    event = next(table("findings").rows(samples))
    for column in table("findings").columns:
        if column.kind in {"integer", "text"}:
            assert cell(row[column.name]) == cell(column.value(event))


def test_other_tables_are_none():
    with pytest.raises(UsageError, match="only findings, connections"):
        table("letters")


def test_an_extra_that_is_missing_is_an_import_error_and_a_usage_error(monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda _name: None)
    with pytest.raises(ImportError, match=r"pip install 'desync\[parquet\]'") as caught:
        extras.require("pyarrow", "it")
    assert isinstance(caught.value, UsageError)

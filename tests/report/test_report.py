"""The report as a caller of the library holds it."""

import ast
import json
from pathlib import Path

import pytest

import desync
from desync.errors import UsageError
from desync.report import document_listed
from desync.report.formats import extras
from desync.report.formats.registry import RENDERERS
from desync.report.jsonl import json_pieces

ROOT = Path(__file__).parents[2]
RULES = ROOT / "captures" / "rules"


@pytest.fixture(scope="module")
def report():
    return desync.scan(RULES, options=desync.Options(details=True))


@pytest.fixture
def two_held(monkeypatch):
    monkeypatch.setattr(document_listed, "HELD", 2)


@pytest.mark.parametrize("everything", [False, True])
def test_lists_that_are_made_as_they_are_read_say_the_same(report, everything, monkeypatch):
    whole = report.document(all=everything)
    monkeypatch.setattr(document_listed, "HELD", 2)
    view = report.view(all=everything)
    for name in ("connections", "findings"):
        assert not isinstance(view[name], list)
        assert len(view[name]) == len(whole[name]) > 40
        assert [*view[name]] == [*view[name]] == whole[name]
    assert "".join(json_pieces(view)) == "".join(json_pieces(whole))
    assert report.document(all=everything) == whole


@pytest.mark.usefixtures("two_held")
@pytest.mark.parametrize("form", RENDERERS)
def test_every_format_reads_them(report, form, monkeypatch):
    made_as_read = "".join(report.printed(form))
    monkeypatch.undo()
    assert "".join(report.printed(form)) == made_as_read


def test_findings_and_connections_one_by_one(report):
    document = report.document()
    assert report.findings == document["findings"] == [*report.iter_findings()]
    assert [*report.connections()] == document["connections"]
    assert len([*report.connections(all=True)]) > len(document["connections"])
    assert len([*report.iter_findings(all=True)]) > len(document["findings"])


def test_an_iterator_holds_no_more_than_it_must(report, monkeypatch):
    monkeypatch.setattr(document_listed, "HELD", 0)
    made = []
    part = document_listed.connection_part
    monkeypatch.setattr(document_listed, "connection_part", lambda *rest: made.append(1) or part(*rest))
    connections = report.connections()
    first = next(connections)
    assert made == [1]
    assert first == report.document()["connections"][0]


def test_printed_is_what_the_command_line_prints(report):
    assert json.loads("".join(report.printed("json"))) == report.document()
    assert "".join(report.printed("csv", all=True)).count("\r\n") == 1 + len(
        [*report.iter_findings(all=True)]
    )
    for form in ("text", "parquet", "xml"):
        with pytest.raises(UsageError, match="only json, jsonl, csv"):
            next(report.printed(form))


def test_tables_and_frames(report):
    pytest.importorskip("pyarrow")
    pandas = pytest.importorskip("pandas")
    assert report.to_arrow().num_rows == len(report.findings)
    assert report.to_arrow("exchanges", all=True).num_rows > 300
    frame = report.to_pandas()
    assert [*frame["code"]] == [one["code"] for one in report.findings]
    assert frame["frame"].dtype == pandas.Int64Dtype()
    assert str(frame["time"].dtype) == "datetime64[ns, UTC]"
    assert report.to_pandas("connections").shape[0] == len([*report.connections()])
    with pytest.raises(UsageError, match="there is no table 'letters'"):
        report.to_pandas("letters")


def test_what_is_not_installed_is_said(report, monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "pandas" else name)
    with pytest.raises(ImportError, match=r"to_pandas\(\) needs pandas: pip install 'desync\[pandas\]'"):
        report.to_pandas()
    monkeypatch.setattr(extras, "find_spec", lambda _name: None)
    with pytest.raises(UsageError, match=r"to_arrow\(\) needs pyarrow: pip install 'desync\[parquet\]'"):
        report.to_arrow()


def test_type_checkers_are_told_of_every_name():
    stub = ast.parse((ROOT / "desync" / "__init__.pyi").read_text(encoding="utf-8"))
    names = {
        name.asname: node.module
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    assert sorted(names) == sorted(desync.__all__)
    for name, module in names.items():
        assert getattr(desync, name).__module__ == module

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from desync.report.schema_points import points_schema

SAMPLES = Path(__file__).parents[2] / "captures" / "points"
A, B = SAMPLES / "mask.client.pcap", SAMPLES / "mask.server.pcap"

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def test_formats(run):
    code, out, err = run("compare", "--points", "--format", "json", A, B)
    assert (code, err) == (0, "")
    made = json.loads(out)
    Draft202012Validator(points_schema()).validate(made)
    assert (made["a"]["path"], made["b"]["path"]) == (str(A), str(B))
    code, out, _ = run("compare", "--points", "--format", "jsonl", A, B)
    assert [json.loads(line)["type"] for line in out.splitlines()] == ["connection", "summary"]
    code, out, _ = run("compare", "--points", A, B)
    assert (code, "CHANGED BETWEEN A AND B" in out) == (0, True)


def test_to_a_file(run, tmp_path):
    path = tmp_path / "said.txt"
    assert run("compare", "--points", "-o", path, A, B) == (0, "", "")
    assert "PATH601" in path.read_text(encoding="utf-8")


def test_the_worse_side_decides_the_exit_code(run, tmp_path):
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(B.read_bytes()[:-7])
    assert run("compare", "--points", A, cut)[0] == 3
    code, _, err = run("compare", "--points", A, tmp_path / "nothing.pcap")
    assert code == 4
    assert "desync: nothing could be analysed in B\n" in err


@pytest.mark.parametrize("wrong", ["-", "case"])
def test_what_cannot_be_laid_over_each_other(run, tmp_path, wrong):
    path = wrong
    if wrong == "case":
        path = tmp_path / "a.sqlite"
        path.write_bytes(b"SQLite format 3\0" + bytes(100))
    code, out, err = run("compare", "--points", A, path)
    assert (code, out) == (2, "")
    assert "--points" in err


def test_a_capture_is_not_written_over(run):
    assert run("compare", "--points", "-o", B, A, B)[0] == 2


def test_the_schema_is_printed(run):
    code, out, _ = run("schema", "points")
    assert code == 0
    assert json.loads(out) == points_schema()

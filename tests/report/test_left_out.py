"""A very long connection: its document lists what matters, and everything that prints it says so."""

import io

import pytest
from build import lines, segments_capture
from jsonschema import Draft202012Validator
from report import documents

from desync.analysis import shortened
from desync.analysis.options import Options
from desync.report.ladder import write_ladder
from desync.report.report import scan
from desync.report.schema import report_schema
from desync.report.show import ladder
from desync.report.text import write_text
from desync.report.text_reply import exchange_of, reply_concerned
from desync.report.text_sheet import text_console
from desync.report.text_words import left_out_words

NOOPS = "C: NOOP\nS: 250 ok\n" * 30
DIALOGUE = (
    "S: 220 mx\nC: EHLO gw\nS: 250-mx\n+ 250 SIZE\n"
    + NOOPS
    + "C: NOOP\nS: 250 o\\\nC: VRFY x\nS[unprompted +5ms]: k\nS: 252 x\n"
    + NOOPS
)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    for name, value in (("MOST", 20), ("EDGE", 3), ("RUN", 2), ("NEAR", 1)):
        monkeypatch.setattr(shortened, name, value)


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "pooled.pcap"
    file.write_bytes(segments_capture(lines(DIALOGUE)))
    return str(file)


def printed(write):
    stream = io.StringIO()
    write(text_console(stream, width=100))
    return stream.getvalue()


def test_the_document_lists_what_matters_and_counts_the_rest(path):
    document = scan(path).document()
    assert not list(Draft202012Validator(report_schema()).iter_errors(document))
    (one,) = document["connections"]
    listed = [each["index"] for each in one["exchanges"]]
    assert len(listed) <= 20
    assert listed == sorted(listed)
    assert len(listed) + one["left_out"]["exchanges"] == 64
    assert listed[-1] == 63


def test_a_finding_finds_its_exchange_and_its_reply_in_spite_of_the_holes(path):
    (one,) = scan(path).document()["connections"]
    finding = next(each for each in one["findings"] if each["code"] == "SYNC102")
    assert exchange_of(finding, one)["verb"] == "VRFY"
    assert reply_concerned(finding, one)["text"] == ["250 ok"]


def test_the_text_report_says_what_it_leaves_out(path):
    report = scan(path, options=Options(details=True))
    text = printed(lambda console: write_text(report.document(all=True), console, everything=True))
    left = report.document()["connections"][0]["left_out"]["exchanges"]
    assert f"{left} exchanges of 1 very long connection: counted and judged, not listed" in text
    assert "64 exchanges" in text


def test_the_ladder_says_it_too_and_has_every_segment(path):
    found = ladder(path, 0, Options())
    text = printed(lambda console: write_ladder(found, console))
    assert "left out" in text
    assert text.count("NOOP") >= 61


def test_nothing_is_said_where_nothing_is_left_out():
    text = printed(lambda console: write_text(documents.drifted(), console, everything=True))
    assert "left out" not in text


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((0, 0, 0), ""),
        ((1, 0, 0), "1 exchange"),
        ((1200, 2, 0), "1,200 exchanges and 2 unpaired replies"),
        ((2, 1, 1), "2 exchanges, 1 unpaired reply and 1 message"),
    ],
)
def test_words(counts, words):
    members = ("exchanges", "unpaired_replies", "transactions")
    assert left_out_words(dict(zip(members, counts, strict=True))) == words

"""Hostile octets get through no format and no command: each output is read by a real parser."""

import csv
import io
import json
import re
from functools import cache
from html.parser import HTMLParser

import pytest
from hostile_dialogues import TEXTS, dialogue
from markdown_it import MarkdownIt

from desync import scan
from desync.analysis.options import Options
from desync.cli.main import main
from desync.craft.build import craft
from desync.report.formats.registry import FORMATS, PARQUET, RENDERERS, TEXT, TIMELINE_FORMATS
from desync.report.redacted.pairs import redacted_document
from desync.report.text import write_text
from desync.report.text_sheet import text_console

RAW = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters that no output has; TAB, LF and CR only where a format needs them."""

TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What makes a terminal or a browser show text in another order."""

INVISIBLE = re.compile("[\u200b-\u200d\u2028\u2029\ufeff\u00ad\ufff9-\ufffb\ud800-\udfff]")

ELEMENTS = {"script", "img", "iframe", "object", "embed", "form", "input", "link", "base"}


def plain(text):
    """Check what holds for text of any format."""
    assert RAW.search(text) is None, repr(text[RAW.search(text).start() - 60 :][:90])
    assert TURNING.search(text) is None, repr(text[TURNING.search(text).start() - 60 :][:90])
    assert INVISIBLE.search(text) is None, repr(text[INVISIBLE.search(text).start() - 60 :][:90])
    return text


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    path = tmp_path_factory.mktemp("mail")
    for number, text in enumerate(TEXTS.values()):
        (path / f"{number:02}.pcap").write_bytes(craft(dialogue(text)))
    # A name is hostile too.
    (path / "\x1b[31m<b>=1\u202e'$(id)`.pcap").write_bytes(craft(dialogue("x")))
    return path


@pytest.fixture
def run(capfd):
    def run(*arguments):
        code = main([str(one) for one in arguments])
        out, err = capfd.readouterr()
        plain(err.replace("\r", "").replace("\t", ""))
        return int(code), out

    return run


@pytest.fixture(scope="module")
def printed(directory):
    """The report of the directory in a format, as ``desync scan --all -v`` prints it."""
    document = scan(str(directory), options=Options(details=True, hash=True)).document(all=True)
    assert "SYNC102" in document["summary"]["by_code"]
    documents = {False: document, True: redacted_document(document)}

    @cache
    def printed(form, *, redact=False):
        if form != TEXT:
            return "".join(RENDERERS[form](documents[redact]))
        stream = io.StringIO()
        write_text(documents[redact], text_console(stream, width=100), everything=True)
        return stream.getvalue()

    return printed


def lines_of(text):
    assert text.isascii()
    assert "\t" not in text
    assert "\r" not in text
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("redact", [False, True], ids=["plain", "redacted"])
@pytest.mark.parametrize("form", [form for form in FORMATS if form != PARQUET])
def test_no_raw_octet_gets_through_any_format(printed, form, redact):
    out = plain(printed(form, redact=redact))
    assert len(out) > 10_000
    assert "\t" not in out
    assert "\r" not in out.replace("\r\n", "")
    assert "\r" not in out or form == "csv"


def test_the_attacks_are_shown_for_what_they_are(printed):
    out = printed("text").replace("\n", "").replace(" ", "")
    for escaped in (
        "\\x1b[31mred",
        "\\u202egnp.exe",
        "\\x9b31m",
        "<script>alert(1)</script>",
        "=cmd|",
        "\\x00",
    ):
        assert escaped in out


def test_json_is_json(printed):
    out = printed("json")
    assert out.isascii()
    assert len(json.loads(out)["connections"]) == len(TEXTS) + 1


@pytest.mark.parametrize("form", ["jsonl", "timesketch", "eve"])
def test_each_line_is_json(printed, form):
    assert len(lines_of(printed(form))) > len(TEXTS)


def test_no_cell_is_a_formula(printed):
    rows = list(csv.reader(io.StringIO(printed("csv"), newline=""), strict=True))
    assert len({len(row) for row in rows}) == 1
    assert [cell for row in rows for cell in row if re.match(r"\s*[=+@\t\r]|\s*-(?!\d+\Z)", cell)] == []


class Page(HTMLParser):
    """Remembers the elements and addresses of a page."""

    def __init__(self):
        super().__init__()
        self.elements, self.targets, self.handlers = set(), set(), set()

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.targets |= {value for name, value in attrs if name in {"href", "src", "action", "xlink:href"}}
        self.handlers |= {name for name, _ in attrs if name.startswith("on")}


def page_of(text):
    page = Page()
    page.feed(text)
    page.close()
    return page


def test_no_element_comes_from_a_capture(printed):
    page = page_of(printed("html"))
    assert page.elements & ELEMENTS == set()
    assert page.handlers == set()
    assert [one for one in page.targets if not re.match(r"#|https://", one)] == []
    assert [one for one in page.targets if "evil" in one] == []


def test_markdown_holds_no_markup_of_a_capture(printed):
    # Raw HTML and bare addresses are read as such, the way issue trackers do.
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = parser.parse(printed("markdown"))
    flat = [one for token in tokens for one in (token, *(token.children or ()))]
    assert [one.content for one in flat if one.type in {"html_block", "html_inline"}] == []
    targets = [
        str(one.attrGet("href") or one.attrGet("src")) for one in flat if one.type in {"link_open", "image"}
    ]
    assert [one for one in targets if "evil" in one or one.startswith("javascript")] == []


def test_parquet_holds_printable_text(run, directory, tmp_path):
    pq = pytest.importorskip("pyarrow.parquet")
    output = tmp_path / "findings.parquet"
    code, _ = run("scan", "--all", "--jobs", 1, "--format", "parquet", "-q", "--output", output, directory)
    assert code in {0, 3}
    for row in pq.read_table(output).to_pylist():
        for value in row.values():
            if isinstance(value, str):
                assert "\n" not in plain(value)


@pytest.mark.parametrize("form", TIMELINE_FORMATS)
def test_the_timeline_is_safe(run, directory, form):
    code, out = run("timeline", "--all", "--jobs", 1, "--format", form, directory)
    assert code in {0, 3}
    assert "\t" not in plain(out)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_comparison_is_safe(run, directory, form):
    code, out = run("compare", "--all", "--jobs", 1, "--format", form, directory, directory)
    assert code in {0, 3}
    assert "\t" not in plain(out)


@pytest.mark.parametrize("number", range(len(TEXTS)), ids=list(TEXTS))
def test_ladder_and_letters_are_safe(run, directory, number):
    path = directory / f"{number:02}.pcap"
    for arguments in (
        ("show", path, "--stream", 0),
        ("show", path, "--stream", 0, "--redact-addresses"),
        ("letter", path, "--stream", 0, "--to", "client"),
        ("letter", path, "--stream", 0, "--to", "server", "--redact-addresses"),
        ("compare", "--points", "--all", path, path),
    ):
        code, out = run(*arguments)
        assert code == 0
        assert "\t" not in plain(out)
        assert "\r" not in out


def test_a_case_prints_as_safely(run, directory, tmp_path):
    case = tmp_path / "mail.sqlite"
    run("scan", "--all", "--jobs", 1, "-q", "--case", case, "--output", tmp_path / "x", directory)
    for form in ("text", "csv"):
        code, out = run("report", case, "-v", "--format", form)
        assert code in {0, 3}
        assert "\t" not in plain(out)

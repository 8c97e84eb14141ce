"""A report with pseudonyms: no name is left, and nothing else has changed."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from build import capture_file

from desync import scan
from desync.analysis.options import Options
from desync.report.compare.comparison import compare_documents
from desync.report.jsonl import json_pieces
from desync.report.points.report import compare_points
from desync.report.redacted.document import Redaction
from desync.report.redacted.pairs import redacted_document
from desync.report.schema import compare_schema, report_schema
from desync.report.schema_points import points_schema

CAPTURES = Path(__file__).parents[3] / "captures"
SAMPLES = sorted(path for path in CAPTURES.rglob("*") if path.suffix in {".pcap", ".snoop"})
NAMED = re.compile(r"[\w-]+(?:\.[\w-]+)+")
TEXTS = {
    "address",
    "name",
    "banner",
    "text",
    "held_hex",
    "sender",
    "path",
    "community_id",
    "client",
    "server",
    "server_name",
    "queue_id",
    "comments",
    "redact",
    "reason",
    "recipients",
    "interfaces",
    "hosts",
}


def document_of(*paths):
    return scan([str(path) for path in paths], options=Options(details=True)).document(all=True)


def said(document):
    """Everything with a dot or an "@" in it that the ends of connections said, and their addresses."""
    found = set()
    for one in document["connections"]:
        texts = [
            one["client"]["address"],
            one["server"]["address"],
            one["client"]["name"],
            one["server"]["banner"],
        ]
        for each in one["exchanges"]:
            texts += [each["text"], *(each["reply"] or {"text": ()})["text"]]
        for text in filter(None, texts):
            found |= {word for word in NAMED.findall(text) if not re.fullmatch(r"[\d.]+|.*\.\d+\.?", word)}
            found |= set(re.findall(r"(?<![\d.])\d+\.\d+\.\d+\.\d+(?![\d.])", text))
            found |= set(re.findall(r"([\w.+-]+)@", text)) - {"postmaster"}
    return found


def rest(value):
    """A document without what is replaced."""
    if isinstance(value, dict):
        return {name: rest(each) for name, each in value.items() if name not in TEXTS}
    return [rest(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_no_name_is_left_and_nothing_else_changed(path):
    document = document_of(path)
    shown = Redaction().document(document)
    words = set(NAMED.findall("\n".join(texts_of(shown))))
    # Samples use addresses and domains for examples, as pseudonyms do: the same word may be both.
    pseudonyms = {
        word for word in words if re.match(r"(?:host|h|user|u)?\d+\.|192\.0\.2\.[1-9]$|.*octets", word)
    }
    assert said(document) & (words - pseudonyms) == set()
    assert rest(shown) == rest(document)
    assert shown["options"]["redact"] is True
    jsonschema.validate(json.loads("".join(json_pieces(shown))), report_schema())


def texts_of(value):
    if isinstance(value, dict):
        for each in value.values():
            yield from texts_of(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_of(each)
    elif isinstance(value, str):
        yield value


CUT = """
    client: 10.1.2.3:4000
    server: 10.9.8.7:25
    rtt: client 40ms server 0ms
    ---
    handshake
    S: 220 mail.secret.fi ESMTP ready
    C: EHLO laptop-of-carol
    S: 250-mail.sec\\
    C: MAIL FROM:<carol@secret.fi>
    S[unprompted +10ms]: ret.fi Hello laptop-of-carol [10.1.2.3]
    + 250 PIPELINING
    S: 250 2.1.0 <carol@secret.fi>... Sender ok
    C: RCPT TO:<dave@secret.fi>
    S: 550 5.1.1 dave: nobody here; ask carol at 10.9.8.7
    C: QUIT
    S: 221 mail.secret.fi closing
    fin client
    fin server
"""
MARKS = ("secret", "ecret", "secre", "mail.s", "ret.fi", "carol", "dave", "laptop", "10.1.2.3", "10.9.8.7")


def hexed(text):
    return "".join(texts_of(text)) + "".join(
        bytes.fromhex(one["details"]["held_hex"]).decode("latin-1")
        for one in text["findings"]
        if "held_hex" in one["details"]
    )


def test_names_that_a_segment_cuts_are_found(tmp_path):
    document = document_of(capture_file(tmp_path, CUT, "carol.pcap"))
    assert "SYNC102" in {one["code"] for one in document["findings"]}
    assert [mark for mark in MARKS if mark in hexed(document)] != []
    shown = redacted_document(document)
    assert [mark for mark in MARKS if mark in hexed(shown)] == []
    assert shown["captures"][0]["path"] == "capture-1.pcap"
    (held,) = [one["details"]["held_hex"] for one in shown["findings"] if one["code"] == "SYNC102"]
    (greeting,) = {one["server"]["banner"] for one in shown["connections"]}
    name = greeting.split()[1]
    assert bytes.fromhex(held) == b"250-" + name[:8].encode()


def test_the_same_report_has_the_same_pseudonyms(tmp_path):
    path = capture_file(tmp_path, CUT)
    pieces = ["".join(json_pieces(redacted_document(document_of(path)))) for _ in range(2)]
    report = scan(str(path), options=Options(details=True, slice_octets=400))
    pieces.append("".join(json_pieces(redacted_document(report.view(all=True)))))
    assert pieces[0] == pieces[1] == pieces[2]


def test_long_lists_stay_lists_that_are_made_as_they_are_read(tmp_path):
    view = redacted_document(scan(str(capture_file(tmp_path, CUT))).view())
    first = list(view["summary"]["clients"])
    assert first == list(view["summary"]["clients"])
    assert first[0]["address"] == "192.0.2.1"


def test_what_was_not_analysed_is_named_by_a_pseudonym(tmp_path):
    path = tmp_path / "carol.txt"
    path.write_text("no capture at all")
    shown = redacted_document(document_of(path))
    (refused,) = shown["summary"]["not_analysed"]
    assert refused["path"].startswith("capture-1")
    assert "carol" not in "".join(texts_of(shown))


def test_a_comparison_is_redacted(tmp_path):
    path = str(capture_file(tmp_path, CUT, "carol.pcap"))
    documents = [scan(path).view() for _ in "ab"]
    shown = redacted_document(compare_documents((path, path), documents, everything=True))
    jsonschema.validate(shown, compare_schema())
    assert [mark for mark in MARKS if mark in "".join(texts_of(shown))] == []


def test_two_points_are_redacted():
    paths = [str(CAPTURES / "points" / f"mask.{side}.pcap") for side in ("client", "server")]
    document = compare_points(*paths, Options()).document(everything=True)
    shown = redacted_document(document)
    jsonschema.validate(shown, points_schema())
    names = {one[side]["name"] for one in document["connections"] for side in "ab"}
    assert names
    assert [name for name in names if name in "".join(texts_of(shown))] == []

"""The samples of captures/points, laid over each other: the document, and how it is told."""

import io
import json
import re
from pathlib import Path

import pytest
from archive.points.meeting import FAR, NEAR, quiet, two
from jsonschema import Draft202012Validator

from desync.report.jsonl import points_lines, points_pieces
from desync.report.points.report import compare_points
from desync.report.points.text import write_points
from desync.report.schema_points import points_schema
from desync.report.text_sheet import text_console

SAMPLES = Path(__file__).parents[3] / "captures" / "points"
NAMES = sorted({path.name.partition(".")[0] for path in SAMPLES.iterdir()})
VALIDATOR = Draft202012Validator(points_schema())


def document(a, b, *, everything=False):
    with quiet():
        return compare_points(str(a), str(b)).document(everything=everything)


def sample(name, *, swapped=False):
    paths = [SAMPLES / f"{name}.{side}.pcap" for side in ("client", "server")]
    return document(*(paths[::-1] if swapped else paths))


def told(made, width=100, **keys):
    stream = io.StringIO()
    write_points(made, text_console(stream, width=width), **keys)
    return stream.getvalue()


def said(made, **keys):
    return " ".join(told(made, **keys).split())


def test_the_schema_is_one():
    Draft202012Validator.check_schema(points_schema())


@pytest.mark.parametrize("name", NAMES)
class TestSamples:
    def test_the_document_is_valid(self, name):
        for swapped in (False, True):
            VALIDATOR.validate(sample(name, swapped=swapped))

    def test_as_json_and_as_lines_it_says_the_same(self, name):
        made = sample(name)
        assert json.loads("".join(points_pieces(made))) == made
        lines = [json.loads(line) for line in points_lines(made)]
        assert [line.pop("type") for line in lines] == ["connection", "summary"]
        assert lines[0] == made["connections"][0]
        assert lines[1]["summary"] == made["summary"]

    @pytest.mark.parametrize("width", [80, 140])
    def test_no_line_of_prose_is_wider_than_the_terminal(self, name, width):
        assert all(len(line) <= width for line in told(sample(name), width).splitlines())

    def test_no_message_text_is_shown(self, name):
        made = sample(name)
        assert "Bert." not in json.dumps(made) + told(made)


def test_masked_on_the_way():
    made = sample("mask")
    (row,) = made["connections"]
    assert (row["verdict"], made["nearer_client"]) == ("changed", "a")
    assert [(one["what"], one["part"], one["verb"], one["certainty"]) for one in row["deeds"]] == [
        ("changed", "command", "EHLO", "proved"),
        ("changed", "greeting", None, "proved"),
    ]
    assert row["deeds"][0]["text"] == {
        "a": ["EHLO gw.example.net\\r\\n"],
        "b": ["XXXX gw.example.net\\r\\n"],
    }
    assert row["deeds"][1]["filters"] == {"a": "frame.number in {4}", "b": "frame.number in {4}"}
    assert [(one["code"], one["a"], one["b"], one["result"]) for one in row["findings"]] == [
        ("PATH601", True, False, "between"),
        ("PATH602", True, True, "between"),
    ]
    text = said(made)
    assert "The greeting was overwritten, 36 octets at the same length" in text
    assert "B, sent 220 mx.example.org ESMTP Sendmail 8.20.1\\r\\n" in text
    assert "PATH601 banner-masked at A only: what it rests on was changed between A and B: the path" in text


def test_named_the_wrong_way_round():
    right, wrong = sample("mask"), sample("mask", swapped=True)
    assert (right["nearer_client"], wrong["nearer_client"]) == ("a", "b")
    for one, other in zip(right["connections"][0]["deeds"], wrong["connections"][0]["deeds"], strict=True):
        assert (one["text"]["a"], one["frames"]["b"]) == (other["text"]["b"], other["frames"]["a"])
    assert right["connections"][0]["clock"]["b_ahead_ns"] == -wrong["connections"][0]["clock"]["b_ahead_ns"]
    assert "they were named the other way round" in said(wrong)
    assert "A, arrived XXXX gw.example.net" in said(wrong)


def test_a_box_that_takes_connections_itself():
    made = sample("relay")
    (row,) = made["connections"]
    assert (row["matched_by"], row["renumbered"]) == ("octets", {"client": True, "server": True})
    assert [(one["what"], one["sender"], one["part"]) for one in row["deeds"]] == [
        ("missing", "server", "reply"),
        ("inserted", "client", "mail-data"),
        ("acknowledged", "server", None),
        ("cut", "client", None),
    ]
    assert row["deeds"][0]["text"]["b"] == ["250-STARTTLS\\r\\n"]
    assert row["deeds"][1]["text"] == {"a": None, "b": ["<83 octets>"]}
    assert [one["option"] for one in row["options"]] == ["MSS", "MSS"]
    text = said(made)
    assert "14 octets of the reply to EHLO never came to A; so the client was offered no TLS" in text
    assert "No handshake tells which is nearer the client" in text
    assert "something between the points takes and acknowledges the octets itself" in text


def test_a_reset_in_the_server_s_name():
    made = sample("reset")
    (row,) = made["connections"]
    assert [(one["what"], one["sender"], one["flags"], one["certainty"]) for one in row["deeds"]] == [
        ("made", "server", ["RST"], "proved"),
        ("lost", "client", [], "proved"),
        ("lost", "client", [], "proved"),
    ]
    assert row["deeds"][0]["hops"] == {"made_up": 250, "usual": 53}
    assert ("PATH605", "answered") in [(one["code"], one["result"]) for one in row["findings"]]
    assert "A RST came to A in the server's name and never left B" in said(made)


class TestPrivate:
    TALK = r"""
S: 220 mx.example.org ESMTP
C: EHLO gw.example.net
S: 250-mx.example.org
+ 250 AUTH PLAIN
C: AUTH PLAIN AGFubmEAc2VjcmV0
S: 535 5.7.8 no AGFubmEAc2VjcmV0
C: Xenon my cat told me
S: 500 what
C: QUIT
S: 221 2.0.0 bye
close
"""

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("AUTH PLAIN AGF", "XXXX PLAIN AGF"),
            ("AUTH PLAIN AGF", "NOOP PLAIN AGF"),
            ("AGFubmEAc2VjcmV0\nS", "AGFubmEAc2VjcmV9\nS"),
            ("C: AUTH PLAIN AGF", "C: NOOP AGF"),
            ("no AGF", "XX AGF"),
            ("cat", "dog"),
            ("C: Xenon my cat told me", "C: Xenon my cat"),
        ],
    )
    def test_credentials_and_unknown_lines_stay_hidden(self, tmp_path, old, new):
        far = FAR + self.TALK.replace(old, new)
        for paths in (two(tmp_path, NEAR + self.TALK, far),):
            made = document(*paths)
            assert made["summary"]["verdicts"]["changed"] == 1
            everything = json.dumps(made) + told(made, everything=True)
            for secret in ("AGFub", "c2VjcmV0", "cat", "dog", "Xenon"):
                assert secret not in everything

    def test_what_a_box_wrote_over_it_is_shown(self, tmp_path):
        far = FAR + self.TALK.replace("AUTH PLAIN AGF", "XXXX PLAIN AGF")
        (row,) = document(*two(tmp_path, NEAR + self.TALK, far))["connections"]
        texts = row["deeds"][0]["text"]
        assert texts["a"] == ["AUTH PLAIN< 17 octets>".replace("< ", "<") + "\\r\\n"]
        assert texts["b"][0].startswith("XXXX PLAIN<17 octets>")

    def test_of_mail_data_nothing_is_shown_whatever_a_box_wrote_over_it(self, tmp_path):
        talk = self.TALK.partition("C: AUTH")[0] + "C: DATA\nS: 354 go\nC: pay 10 to Anna\n+ .\nS: 250 ok"
        for text in ("pay 20 to Anna", "pay XX to Anna", "pay ** to ****", "pay 10 to Anna, yes"):
            far = FAR + talk.replace("pay 10 to Anna", text)
            (row,) = document(*two(tmp_path, NEAR + talk, far))["connections"]
            assert row["deeds"][0]["part"] == "mail-data"
            shown = "".join(line for lines in row["deeds"][0]["text"].values() for line in lines)
            assert re.sub(r"<[0-9]+ octets?>", "", shown) == ""


def test_of_connections_that_are_the_same_only_the_number_is_told(tmp_path):
    talk = "S: 220 mx\nC: QUIT\nS: 221 bye\nclose"
    paths = two(tmp_path, NEAR + talk, FAR + talk)
    made = document(*paths)
    assert (made["connections"], made["summary"]["verdicts"]["same"]) == ([], 1)
    assert "1 mail connection in both A and B: 1 the same at both points." in said(made)
    assert len(document(*paths, everything=True)["connections"]) == 1


def test_nothing_in_common(tmp_path):
    far = FAR.replace("192.0.2.17", "192.0.2.99").replace("client 1000 server 5000", "client 7 server 8")
    made = document(*two(tmp_path, NEAR + "S: 220 mx\nclose", far + "S: 220 other\nclose"))
    VALIDATOR.validate(made)
    assert [row["in"] for row in made["unmatched"]] == ["a", "b"]
    assert "there is nothing to lay over each other" in said(made)
    assert "B: 192.0.2.99:41022 to 198.51.100.25:25" in said(made)

"""The letter to the other side: what it says, whom it is for, and what is never in it."""

import re
from pathlib import Path

import pytest
from build import capture_file

from desync import scan
from desync.analysis.options import Options
from desync.findings.catalogue import RULES
from desync.report.letter.from_capture import letter_of
from desync.report.letter.letter import Source, letter
from desync.report.letter.lines import WIDTH
from desync.report.redacted.names import Names

CAPTURES = Path(__file__).parents[3] / "captures"
SAMPLES = sorted(path for path in CAPTURES.rglob("*") if path.suffix in {".pcap", ".snoop"})
ORIGINAL = CAPTURES / "ccnotes-1999.snoop"
SIDES = ("client", "server")


def connections_of(path):
    return scan(str(path), options=Options(details=True)).document(all=True)["connections"]


def letters(path):
    """The letters about each connection of a capture, as (connection, side, text or None)."""
    return [
        (one, side, letter(one, side, Source(path.name, None, one["stream"])))
        for one in connections_of(path)
        for side in SIDES
    ]


@pytest.fixture(scope="module")
def original():
    return {side: text for _, side, text in letters(ORIGINAL)}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_letters_hold_to_the_width_and_name_nobodys_mail(path):
    for one, _, text in letters(path):
        if text is None:
            continue
        boxes = [each["sender"] for each in one["transactions"]]
        boxes += [box["address"] for each in one["transactions"] for box in each["recipients"]]
        assert [box for box in boxes if box and "@" in box and box in text] == []
        assert [line for line in text.splitlines() if len(line) > WIDTH and "frame.number" not in line] == []
        assert text.isprintable() or text.replace("\n", "").isprintable()
        assert text.startswith("Subject: SMTP ")
        assert not re.search(r"desync (?:is|explain)|captures/|\bNone\b|  \n", text)


@pytest.mark.parametrize(
    "path", [path for path in SAMPLES if ".clean" in path.name], ids=lambda path: path.stem
)
def test_nothing_is_written_to_whom_the_clean_twin_acquits(path):
    code = path.name.partition("-")[0]
    name = next(rule.name for rule in RULES if rule.code == code).replace("-", " ")
    assert [
        text for _, _, text in letters(path) if text is not None and f"What happened: {name}" in text
    ] == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_nobody_is_told_what_is_another_ones_doing(path):
    for one, side, text in letters(path):
        told = [finding for finding in one["findings"] if text and f"Here: {finding['message'][:20]}" in text]
        assert all(finding["certainty"] != "inconclusive" for finding in told)
        for finding in told:
            unsolicited = finding["code"] == "SYNC201" and one["drift"]["cause"] == "unsolicited-reply"
            assert finding["blame"] in {side, "path", "configuration"} or (unsolicited and side == "client")


def test_the_client_of_1999_is_told_why_and_what_to_do(original):
    text = " ".join(original["client"].split())
    assert "HELO sent on 17 octets of the greeting, in the middle of a line." in text
    assert (
        "Frame 6, which carries HELO, acknowledges 17 octets of the server; the greeting ends at 39." in text
    )
    assert 'What it had of it is "220 smtp.tele.fi ".' in text
    assert "frame.number in {4,5,6}" in text
    assert "Use one function to read every reply" in text
    assert "- RFC 5321, section 4.3.1" in text
    assert text.count("A segment always carries the newest acknowledgment") == 1


def test_what_followed_stands_under_its_cause(original):
    followed = original["client"].partition("From it followed:")[2].partition("How sure:")[0]
    assert "replies were taken for the answers to other commands" in followed
    assert "mail data sent before the reply to DATA had arrived (proved)" in followed
    assert original["client"].count("What happened:") == 1


def test_the_server_of_1999_is_told_that_it_is_lawful(original):
    text = " ".join(original["server"].split())
    assert "The server's reply is lawful." in text
    assert "10 ms later. One write for the whole reply would have prevented the misreading." in text
    assert "began on your side" not in text


def test_a_box_in_the_path_is_not_laid_at_the_readers_door():
    for _, _, text in letters(CAPTURES / "rules" / "PATH601-banner-masked.fires.pcap"):
        assert "one capture cannot tell" in " ".join(text.split())
        assert "began on your side" not in " ".join(text.split())


def test_a_lawful_421_is_not_laid_at_the_servers_door():
    found = letters(CAPTURES / "incidents" / "unsolicited-421-drifts.pcap")
    assert [side for _, side, text in found if text] == ["client"]


def test_lost_mail_is_counted():
    texts = [text for _, _, text in letters(CAPTURES / "incidents" / "line-reader-loses-mail.pcap") if text]
    assert "Lost, though the client believes that the server took it: 1 message." in texts[0]
    assert "the message drew 554; taken for it: octets 100-124, 250" in texts[0]


def test_pseudonyms_stand_for_the_ends():
    text, _ = letter_of(str(ORIGINAL), 0, "client", Options(), Names())
    assert text is not None
    for name in ("192.0.2.17", "198.51.100.25", "gw.example.net", "smtp.tele.fi", "ccnotes"):
        assert name not in text
    assert 'greets with "220 h001.example rest of' in text
    assert "capture-1.snoop" in text


def test_the_capture_is_named_by_its_hash():
    text, _ = letter_of(str(ORIGINAL), 0, "client", Options(hash=True))
    assert text is not None
    assert re.search(r"^SHA-256 [0-9a-f]{64}$", text, re.MULTILINE)
    assert "ccnotes-1999.snoop, tcp.stream 0" in text
    assert str(CAPTURES) not in text


def test_hostile_names_stay_text(tmp_path):
    path = capture_file(
        tmp_path,
        r"""
        rtt: client 40ms server 0ms
        ---
        handshake
        S: 220 \x1b]0;owned\x07\xe2\x80\xaebad.example.org \
        C: HELO \x1b[31m\xff<b>
        S[unprompted +10ms]: ESMTP
        S: 250 ok
        C: QUIT
        S: 221 bye
        fin client
        fin server
        """,
    )
    texts = [text for _, _, text in letters(path) if text]
    assert texts
    for text in texts:
        assert text.replace("\n", "").isprintable()
        assert "\\x1b" in text

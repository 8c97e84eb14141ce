import io
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report import documents

from desync.report.text import write_text
from desync.report.text_sheet import text_console


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def printed(document, width=80, stream=None, **options):
    stream = io.StringIO() if stream is None else stream
    write_text(document, text_console(stream, width=width), **options)
    return stream.getvalue()


def flat(text):
    return " ".join(text.split())


def in_order(text, *parts):
    places = [text.index(part) for part in parts]
    return all(before < after for before, after in pairwise(places))


@pytest.mark.parametrize("width", [80, 120, 200])
def test_the_1999_case_says_all_that_an_administrator_asks(width):
    text = flat(printed(documents.incident_1999(), width))
    assert "1 client spoke out of turn, in 1 of 1 mail connection." in text
    assert "192.0.2.17 says it is gw.example.net" in text
    assert "1 of 1 to 198.51.100.25" in text
    assert "command-on-reply-fragment, 1 time in 1 session: proved" in text
    assert "proved (ack: the command's own segment acknowledges less than the whole reply)" in text
    assert "captures/ccnotes-1999.snoop, tcp.stream 0, frames 4, 6, 8" in text
    assert '17 octets, "220 smtp.tele.fi "' in text
    assert "32 32 30 20 73 6d 74 70 2e 74 65 6c 65 2e 66 69 220 smtp.tele.fi 20" in text
    assert "no CR LF (0d 0a) at their end" in text
    assert '22 octets, "rest of the greeting\\r\\n"' in text
    assert 'frame 6: "HELO gw.example.net"' in text
    assert "the server wrote the reply in more than one piece, the rest 250 ms later" in text
    assert "would have prevented it: the whole greeting (39 octets) fits one segment" in text
    assert "frame.number in {4,6,8}" in text
    assert "desync show captures/ccnotes-1999.snoop --stream 0" in text
    assert "Read every reply, the greeting too, with one single function." in text
    assert "One write per reply would have prevented 1 of 1 misread." in text


def test_the_answer_comes_first_then_the_cure_then_the_evidence():
    text = printed(documents.incident_1999())
    headings = ("CLIENTS THAT SPOKE OUT OF TURN", "WHAT TO DO", "EVIDENCE", "COUNTS", "CAPTURES")
    assert in_order(text, "1 client spoke out of turn", *headings)


@pytest.mark.parametrize("name", documents.ALL)
@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_keep_to_the_width_but_for_what_people_copy(name, width):
    for line in printed(documents.ALL[name](), width, everything=True).splitlines():
        copied = ("frame.number in", "desync show")
        assert len(line) <= width or any(part in line for part in copied), line
        assert line == line.rstrip()


@pytest.mark.parametrize("name", documents.ALL)
def test_no_escape_sequences_without_a_terminal(name):
    assert "\x1b" not in printed(documents.ALL[name](), everything=True)


def test_colour_only_where_it_is_wanted(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;31m" in printed(documents.incident_1999(), stream=Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "31m" not in printed(documents.incident_1999(), stream=Terminal())
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in printed(documents.incident_1999(), stream=Terminal())


def test_a_clean_capture_takes_three_lines():
    text = printed(documents.clean(), 120)
    assert len(text.splitlines()) == 3
    assert "No client spoke out of turn in 12 mail connections; nothing hidden: 0 octets missing." in text


def test_captures_without_mail_say_so():
    assert "No mail: 3 TCP connections, none of them SMTP or LMTP" in printed(documents.no_mail())


def test_nothing_analysed_is_no_clean_bill():
    refused = [{"path": "a.txt", "reason": "is no capture"}]
    text = printed(documents.document([], not_analysed=refused))
    assert "Nothing could be analysed." in text
    assert "a.txt: is no capture" in text
    assert "No client" not in text


def test_files_met_in_directories_that_are_no_captures_are_counted():
    refused = [{"path": name, "reason": "is no capture"} for name in ("a.txt", "b.txt", "mail.pcap")]
    document = documents.document(not_analysed=refused)
    text = printed(document, errors=["mail.pcap"])
    assert "mail.pcap: is no capture" in text
    assert "2 other files are no captures; --all lists them." in text
    assert "a.txt" not in text
    assert "a.txt: is no capture" in printed(document, errors=["mail.pcap"], everything=True)
    assert "NOT ANALYSED" not in printed(document, errors=[])


def test_what_is_encrypted_is_not_called_clean():
    text = flat(printed(documents.encrypted()))
    assert "1 connection is encrypted, wholly or from STARTTLS on" in text
    assert "1 note (CAP912 1); --all shows them." in text


def test_a_damaged_capture_is_explained():
    text = flat(printed(documents.damaged()))
    assert (
        "No client spoke out of turn in 1 mail connection; but the capture is not whole (2 problems" in text
    )
    assert "The file ends in the middle of a frame. Everything before it was analysed." in text
    assert "record of frame 21 at offset 1048552 needs 1514 octets, the file has 24 left" in text
    assert "spool/second.pcap.gz: pcap in gzip" in text
    assert "spool/notes.txt: is no capture" in text


def test_undecided_is_not_accused():
    text = flat(printed(documents.inconclusive()))
    assert "No client is shown to have spoken out of turn in 1 mail connection" in text
    assert "NOT DECIDED" in text
    assert "CLIENTS THAT SPOKE" not in text
    assert "because the first copy of HELO is not in the capture" in text
    assert "WHAT TO DO" not in text


def test_many_findings_are_grouped_and_three_shown():
    document = documents.many(clients=3, each=40)
    text = printed(document)
    assert "3 clients spoke out of turn, in 120 of 120 mail connections." in text
    assert "40 of 50 to 198.51.100.25" in text
    assert "command-on-reply-fragment, 40 times in 40 sessions: proved" in text
    assert text.count("and 37 more like it; --all shows them.") == 3
    assert text.count("frame.number in") == 3 * 3 + 3 * 3
    whole = printed(document, everything=True)
    assert whole.count("frame.number in") == 120 + 30
    assert "more like it" not in whole
    assert whole.count("tcp.stream 39: 192.0.2.") == 3


def test_many_clients_are_cut_to_ten():
    text = printed(documents.many(clients=14, each=1))
    assert "and 4 more; --all shows them." in text
    assert "8 more kinds of findings; --all shows them." in text


def test_what_comes_first_in_the_dialogue_comes_first_in_the_report():
    later = [
        documents.finding("SYNC104", "pipelining-not-offered", id=f"x{number}", exchanges=[number, number])
        for number in (2, 3, 4)
    ]
    one = documents.connection("c0", *later, documents.finding(details=documents.FRAGMENT))
    text = printed(documents.document(connections=[one]))
    assert in_order(
        text, "SYNC102     command", "SYNC104     pipelining", "EVIDENCE", "SYNC102 c", "SYNC104 p"
    )


def test_one_connection_seen_twice_is_one_session():
    first = documents.connection("c0", documents.finding(details=documents.FRAGMENT), same_as=["c1"])
    again = documents.finding(connection="c1", id="c1-1", details=documents.FRAGMENT)
    second = documents.connection("c1", again, same_as=["c0"])
    text = printed(
        documents.document(connections=[first, second], mail=1, clients=[documents.client_entry()])
    )
    assert "in 1 of 1 mail connection." in text
    assert "2 times in 1 session: proved" in text
    assert "one write per reply would have prevented 1 of 1\n" in text


def test_other_findings_stand_apart_from_clients_out_of_turn():
    changes = {"severity": "error", "blame": "server", "certainty": "proved", "exchanges": [1, 1]}
    bad = documents.finding("REPLY304", "mixed-reply-codes", **changes)
    text = printed(documents.document(connections=[documents.connection("c0", bad)]))
    assert in_order(text, "No client spoke out of turn", "OTHER FINDINGS", "198.51.100.25", "WHAT TO DO")
    assert "Mend the reply" in text


def test_a_terminal_without_unicode_gets_ascii():
    class Old(io.StringIO):
        encoding = "iso-8859-1"

    one = documents.connection("c0", documents.finding(message="sagt Grüße", details=documents.FRAGMENT))
    text = printed(documents.document(connections=[one]), stream=Old())
    assert text.isascii()
    assert "sagt Gr\\xfc\\xdfe" in text


def test_a_cut_that_cannot_be_placed_shows_the_reply_whole():
    document = documents.incident_1999()
    greeting = document["connections"][0]["exchanges"][0]["reply"]
    greeting["text"] = ["220 smtp.tele.fi rest of the gr\u00fcting"]
    greeting["octets"] = [0, 40]
    text = flat(printed(document))
    assert '"220 smtp.tele.fi rest of the grüting\\r\\n"' in text
    assert "held 17 octets 32 32" in text


HOSTILE = st.text(
    st.sampled_from("\x00\x07\x08\n\r\t\x1b[31m]0;\x7f\x9b\u202e\u2028\u200b\ud800\udc80üa {}/")
)


def poisoned(value, texts):
    """Replace every text of a document."""
    if isinstance(value, str):
        return texts(value)
    if isinstance(value, dict):
        return {name: poisoned(member, texts) for name, member in value.items()}
    if isinstance(value, list):
        return [poisoned(member, texts) for member in value]
    return value


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(documents.ALL)), st.lists(HOSTILE, min_size=1, max_size=8), st.booleans())
def test_hostile_text_in_any_field_never_comes_out_raw(name, texts, keep):
    document = documents.ALL["1999" if name == "many" else name]()
    turn = iter(range(10**6))
    document = poisoned(
        document, lambda old: (old if keep and old.isprintable() else "") + texts[next(turn) % len(texts)]
    )
    for everything in (False, True):
        text = printed(document, everything=everything)
        assert all(line.isprintable() for line in text.split("\n"))


def test_markup_is_never_read():
    one = documents.connection("c0", documents.finding(message="[red]x[/red] :smile: [link=http://a]b"))
    assert "[red]x[/red] :smile: [link=http://a]b" in printed(documents.document(connections=[one]))

import io

from hypothesis import given, settings
from hypothesis import strategies as st
from report import documents

from desync.report.ladder import write_ladder
from desync.report.rungs import Ladder, Rung
from desync.report.text_sheet import text_console

BEGIN = 942_750_311_000_000_000


def rung(milliseconds=0.0, frame=1, sender="client", **changes):
    fields = {
        "time": BEGIN + int(milliseconds * 1_000_000),
        "capture": 0,
        "frame": frame,
        "sender": sender,
        "octets": None,
        "acknowledged": None,
        "text": (),
        "note": "",
        "exchange": None,
        "findings": (),
    }
    return Rung(**fields | changes)


RUNGS = (
    rung(0, 1, note="SYN"),
    rung(40, 2, "server", acknowledged=0, note="SYN ACK"),
    rung(40.1, 3, acknowledged=0),
    rung(100, 4, "server", octets=(0, 17), acknowledged=0, text=("220 smtp.tele.fi ",)),
    rung(150, 6, octets=(0, 21), acknowledged=17, text=("HELO gw.example.net\\r\\n",), findings=("SYNC102",)),
    rung(350, 8, "server", octets=(17, 39), acknowledged=21, text=("rest of the greeting\\r\\n",)),
    rung(
        390,
        9,
        "server",
        octets=(39, 70),
        acknowledged=21,
        text=("250-one\\r\\n", "250 two\\r\\n"),
        note="retransmission",
    ),
    rung(400, 10, octets=(21, 1481), acknowledged=70, text=("<1460 octets>",)),
)


def drawn(rungs=RUNGS, width=80, stream=None, **changes):
    stream = io.StringIO() if stream is None else stream
    one = documents.incident_1999()["connections"][0] | changes
    write_ladder(Ladder(rungs, one, {0: "captures/ccnotes-1999.snoop"}), text_console(stream, width=width))
    return stream.getvalue()


def line_of(text, part):
    return next(line for line in text.splitlines() if part in line)


def test_a_rung_says_when_who_what_and_what_was_acknowledged():
    text = drawn()
    assert line_of(text, "HELO").split() == [
        "0.150000",
        "6",
        "──▶",
        "0-21",
        "17",
        "HELO",
        "gw.example.net\\r\\n",
    ]
    assert line_of(text, "rest of the greeting\\r").split()[:5] == ["0.350000", "8", "◀──", "17-39", "21"]
    assert line_of(text, "SYN ACK").split() == ["0.040000", "2", "◀──", "0", "[SYN", "ACK]"]
    assert line_of(text, " 3 ").endswith("[ACK]")


def test_a_segment_that_ends_inside_a_line_is_marked():
    text = drawn()
    assert line_of(text, "220 smtp.tele.fi ┃").endswith("220 smtp.tele.fi ┃")
    assert line_of(text, "rest of the greeting\\r").endswith("\\r\\n")
    assert line_of(text, "<1460 octets>").endswith("octets>")


def test_findings_stand_below_their_rung_and_are_explained_at_the_end():
    lines = drawn().splitlines()
    at = next(number for number, line in enumerate(lines) if "HELO gw" in line)
    assert lines[at + 1].strip() == "▲ SYNC102 command-on-reply-fragment"
    footer = "\n".join(lines[at:])
    assert "SYNC102 command-on-reply-fragment  error: proved" in footer
    assert "17 of the 39 octets of the greeting" in footer
    assert "frame.number in {4,6,8}" in footer


def test_the_header_names_both_ends_the_capture_point_and_the_file():
    text = drawn()
    assert "192.0.2.17 port 1042" in text
    assert "198.51.100.25 port 25" in text
    assert "captures/ccnotes-1999.snoop, tcp.stream 0, frames 1 to 17" in text
    assert "at the client" in text


def test_eighty_columns_are_enough():
    long = rung(1, octets=(0, 500), acknowledged=0, text=("x" * 490 + "\\r\\n", "word " * 50 + "\\r\\n"))
    for width in (60, 80, 100, 200):
        assert max(len(line) for line in drawn((*RUNGS, long), width).splitlines()) <= width


def test_lines_of_one_segment_stand_below_each_other():
    text = drawn()
    first, second = line_of(text, "250-one"), line_of(text, "250 two")
    assert first.index("250-one") == second.index("250 two")
    assert second.endswith("250 two\\r\\n  [retransmission]")


def test_without_unicode_arrows_are_ascii():
    class Old(io.StringIO):
        encoding = "us-ascii"

    text = drawn(stream=Old())
    assert text.isascii()
    assert "-->" in text
    assert "220 smtp.tele.fi |" in text


def test_unknown_times_and_steps_back_are_shown_as_such():
    text = drawn((rung(10, 1), rung(5, 2), rung(0, 3, time=None)))
    assert line_of(text, " 2 ").split()[0] == "-0.005000"
    assert line_of(text, " 3 ").split()[0] == "-"


def test_several_captures_are_told_apart():
    text = drawn((rung(0, 7), rung(1, 7, capture=1)))
    assert "0:7" in text
    assert "1:7" in text


def test_holes_are_counted():
    tcp = documents.connection()["tcp"] | {"gaps": [{"side": "server", "octets": [39, 79], "kind": "loss"}]}
    assert "40 octets in 1 hole" in drawn(tcp=tcp)


TURN = (
    rung(0, 1, note="SYN"),
    rung(100, 4, "server", octets=(0, 17), acknowledged=0, text=("220 smtp.tele.fi ",)),
    rung(150, 5, octets=(0, 21), acknowledged=17, text=("HELO gw.example.net\\r\\n",)),
    rung(200, 6, "server", octets=(17, 39), acknowledged=0, text=("rest of the greeting\\r\\n",)),
    rung(250, 7, "server", octets=(39, 63), acknowledged=21, text=("250 smtp.tele.fi Hello\\r\\n",)),
    rung(300, 8, "server", octets=(124, 130), acknowledged=21, text=("more\\r\\n",)),
)


def turned(width, **changes):
    stream = io.StringIO()
    one = documents.drifted()["connections"][0] | changes
    write_ladder(Ladder(TURN, one, {0: "captures/ccnotes-1999.snoop"}), text_console(stream, width=width))
    return stream.getvalue()


def test_from_the_onset_on_there_are_two_columns():
    text = turned(110)
    titles = line_of(text, "what was true")
    right = titles.index("what the client believed")
    assert line_of(text, "220 smtp.tele.fi ┃").index("the whole greeting") == right
    assert line_of(text, "rest of the greeting\\r").index("the reply to HELO") == right
    assert line_of(text, "250 smtp.tele.fi Hello").index("the reply to MAIL") == right
    assert line_of(text, "= part of the greeting")
    assert line_of(text, "= the reply to HELO")
    assert line_of(text, "HELO gw").endswith("HELO gw.example.net\\r\\n")
    assert text.index("[SYN]") < text.index("what was true")
    assert "true:" not in line_of(text, "more\\r")


def test_where_there_is_no_room_they_stand_below_each_other():
    lines = turned(70).splitlines()
    at = next(number for number, line in enumerate(lines) if "rest of the greeting\\r" in line)
    assert lines[at + 1].strip() == "true: part of the greeting"
    assert lines[at + 2].strip() == "believed: the reply to HELO"
    for width in (60, 70, 100, 140):
        assert max(len(line) for line in turned(width).splitlines()) <= width


def test_the_header_says_how_the_client_reads_and_where_it_lost_step():
    text = turned(100)
    assert "reader      takes each segment for a reply" in text
    assert "out of step from HELO (exchange 1) to the end of the connection" in text
    assert "here it lost step" in text


def test_octets_taken_over_two_segments_are_named():
    exchanges = documents.drifted()["connections"][0]["exchanges"]
    exchanges[1]["believed"]["octets"] = [17, 63]
    assert "the reply to HELO (octets" in turned(140, exchanges=exchanges)


def test_without_drift_there_is_one_column():
    assert "what was true" not in turned(100, drift=None)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(st.sampled_from("\x1b[31m\r\n\x00\u202e\x9b\udc90a ")), max_size=4), st.text())
def test_hostile_text_never_comes_out_raw(texts, note):
    text = drawn((rung(0, 1, octets=(0, 9), text=tuple(texts), note=note),))
    assert all(line.isprintable() for line in text.split("\n"))

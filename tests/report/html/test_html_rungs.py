from report import documents

from desync.report.html.rungs import CUT, rungs_of


def split_greeting():
    """The greeting in two segments, and HELO between them."""
    greeting = documents.reply(220, "220 smtp.tele.fi rest of the greeting")
    times = [f"1999-11-16T11:05:11.{number}00000Z" for number in (1, 3)]
    greeting["segments"] = [
        {"capture": 0, "frame": 4, "time": times[0], "octets": [0, 17]},
        {"capture": 0, "frame": 8, "time": times[1], "octets": [17, 39]},
    ]
    helo = documents.exchange(1, "HELO", time="1999-11-16T11:05:11.200000Z")
    exchanges = [documents.exchange(0, reply=greeting), helo]
    return documents.connection("c0", documents.finding(), exchanges=exchanges)


def test_segments_stand_in_the_order_of_time():
    rungs = rungs_of(split_greeting())
    assert [(rung.sender, rung.frame) for rung in rungs] == [("server", 4), ("client", 6), ("server", 8)]


def test_a_reply_is_cut_where_its_segment_ends():
    first, _, last = rungs_of(split_greeting())
    assert first.text == (f"220 smtp.tele.fi {CUT}",)
    assert last.text == ("rest of the greeting\\r\\n",)


def test_the_end_of_a_line_may_be_cut_too():
    one = split_greeting()
    one["exchanges"][0]["reply"]["segments"][0]["octets"][1] = 38
    one["exchanges"][0]["reply"]["segments"][1]["octets"][0] = 38
    first, _, last = rungs_of(one)
    assert first.text == (f"220 smtp.tele.fi rest of the greeting\\r{CUT}",)
    assert last.text == ("\\n",)


def test_a_text_that_is_not_its_octets_is_not_cut():
    one = split_greeting()
    one["exchanges"][0]["reply"]["text"] = ["<37 octets>"]
    first, _, last = rungs_of(one)
    assert first.text == last.text == ("<37 octets>",)


def test_findings_are_marked_at_their_frame():
    assert [rung.findings for rung in rungs_of(split_greeting())] == [(), ("SYNC102",), ()]


def test_commands_of_one_segment_are_one_rung():
    several = [
        documents.exchange(number, verb, octets=[number * 6 - 6, number * 6], text=verb)
        for number, verb in enumerate(("MAIL", "RCPT", "DATA"), 1)
    ]
    (rung,) = rungs_of(documents.connection(exchanges=several))
    assert rung.text == ("MAIL", "RCPT", "DATA")
    assert rung.octets == (0, 18)


def test_a_prompt_with_several_replies_was_sent_once():
    several = [
        documents.exchange(number, "DATA", prompt="mail-data", text="<90 octets>", octets=[0, 90])
        for number in (1, 2)
    ]
    (rung,) = rungs_of(documents.connection(exchanges=several))
    assert rung.text == ("the message: <90 octets>",)


def test_without_times_frames_are_the_order():
    one = split_greeting()
    one["exchanges"][1]["time"] = None
    assert [rung.frame for rung in rungs_of(one)] == [4, 6, 8]


def test_a_reply_that_nobody_asked_for_says_so():
    one = documents.connection(exchanges=[], unpaired_replies=[documents.reply(421, "421 bye")])
    (rung,) = rungs_of(one)
    assert rung.text == ("421 bye\\r\\n",)
    assert "no command asked for" in rung.note

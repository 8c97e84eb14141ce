import io

import pytest
from report import documents

from desync.report.text import write_text
from desync.report.text_sheet import Sheet, text_console
from desync.report.text_turn import drift_words, reader_words, write_turn


def turn(width=100, *, whole=True, stream=None, **changes):
    stream = io.StringIO() if stream is None else stream
    sheet = Sheet(text_console(stream, width=width))
    write_turn(sheet, documents.drifted()["connections"][0] | changes, whole=whole)
    return stream.getvalue()


def line_of(text, part):
    return next(line for line in text.splitlines() if part in line)


def test_both_pairings_stand_side_by_side():
    text = turn(120)
    line = line_of(text, "220 smtp.tele.fi rest of the greeting\\r\\n")
    assert line.endswith("  220 smtp.tele.fi ┃")
    line = line_of(text, "250 smtp.tele.fi Hello\\r\\n  ")
    assert line.endswith("  rest of the greeting\\r\\n")
    assert "octets 17-39: part of the greeting, 1 reply behind" in text
    assert "octets 39-63: the reply to HELO, 1 reply behind" in text
    assert line_of(text, "1  HELO").endswith("here it lost step")


def test_below_each_other_where_the_terminal_is_narrow():
    lines = turn(60).splitlines()
    at = next(number for number, line in enumerate(lines) if "1  HELO" in line)
    assert lines[at + 1].split() == ["true", "250", "smtp.tele.fi", "Hello\\r\\n"]
    assert lines[at + 3].strip() == "believed  rest of the greeting\\r\\n"


@pytest.mark.parametrize("width", [30, 60, 80, 100, 140, 200])
def test_lines_keep_to_the_width(width):
    assert max(len(line) for line in turn(width).splitlines()) <= width


def test_the_turn_alone_is_four_exchanges():
    text = turn(whole=False)
    assert "RCPT" in text
    assert "DATA gw" not in text
    assert "and 2 more exchanges out of step" in text


def test_what_the_document_leaves_out_is_counted():
    exchanges = [
        one for one in documents.drifted()["connections"][0]["exchanges"] if one["index"] not in (2, 3)
    ]
    text = turn(exchanges=exchanges)
    assert "2 exchanges left out: the connection is very long" in text
    assert text.index("1  HELO") < text.index("left out") < text.index("4  DATA")
    assert "RCPT" not in text
    assert "and 2 more exchanges out of step" in turn(exchanges=exchanges, whole=False)


def test_recovery_is_named():
    drift = {"onset": 1, "recovered": 3, "cause": "split-reply"}
    assert line_of(turn(drift=drift), "3  RCPT").endswith("in step again")
    assert "DATA gw" not in turn(drift=drift)
    one = documents.drifted()["connections"][0]
    assert drift_words(one | {"drift": drift}) == (
        "from HELO (exchange 1) until RCPT (exchange 3), where it was in step again; set off by a reply "
        "that came in pieces"
    )
    assert "to the end of the connection" in drift_words(one)


def test_what_is_not_known_is_said():
    exchanges = documents.drifted()["connections"][0]["exchanges"]
    exchanges[2]["believed"] = None
    exchanges[3]["reply"] = None
    exchanges[4]["believed"]["octets"] = [78, 78]
    text = turn(exchanges=exchanges)
    assert "not known" in text
    assert "no reply" in text
    assert "nothing: it did not wait" in text


def test_without_unicode_all_is_ascii():
    class Old(io.StringIO):
        encoding = "us-ascii"

    text = turn(stream=Old())
    assert text.isascii()
    assert "220 smtp.tele.fi |" in text


def test_a_connection_without_drift_has_no_turn():
    assert turn(drift=None) == ""


def test_how_a_client_reads_in_words():
    reader = {"model": "line", "candidates": ["segment"], "support": 0.9, "exception": None}
    assert reader_words(reader) == (
        "takes each line for a reply; or it takes each segment for a reply: cannot be told apart"
    )
    early = {"model": "whole-reply", "candidates": [], "support": 1.0, "exception": "sent 2 things ahead"}
    assert reader_words(early) == "reads whole replies, sent 2 things ahead"
    assert (
        reader_words(None) == reader_words(reader | {"model": None}) == "cannot be told from this connection"
    )


def printed(document, **options):
    stream = io.StringIO()
    write_text(document, text_console(stream, width=100), **options)
    return stream.getvalue()


def flat(text):
    return " ".join(text.split())


def test_the_report_says_that_a_client_lost_step_and_shows_where():
    text = printed(documents.drifted())
    assert "In 1 of 1 mail connection a client took replies for the answers to other commands" in flat(text)
    assert "reader      takes each segment for a reply" in text
    assert "a split reply in 1 of 1 session that had one, a whole reply in 0 of 1 session" in flat(text)
    assert "one write per reply would have prevented 1 of 1" in text
    evidence = text[text.index("SYNC201 reply-drift") :]
    assert "here it lost step" in evidence
    assert "and 2 more exchanges out of step" in evidence


def test_one_that_lost_step_but_never_spoke_early_is_not_said_to_have():
    document = documents.drifted()
    (one,) = document["connections"]
    one["findings"] = [each for each in one["findings"] if each["code"] == "SYNC201"]
    document["findings"] = one["findings"]
    text = printed(document)
    assert "out of turn" not in text
    assert "CLIENTS THAT LOST STEP" in text
    assert text.count("SYNC201     reply-drift") == 1


def test_a_drift_that_is_the_servers_doing_stands_under_the_server():
    document = documents.drifted()
    (one,) = document["connections"]
    one["findings"] = [each | {"blame": "server"} for each in one["findings"] if each["code"] == "SYNC201"]
    document["findings"] = one["findings"]
    text = printed(document)
    assert "CLIENTS THAT LOST STEP" not in text
    assert text.index("OTHER FINDINGS") < text.index("SYNC201     reply-drift")


def test_what_one_write_would_have_prevented_is_said_once():
    text = flat(printed(documents.drifted()))
    assert text.count("One write per reply would have prevented 1 of 1 misread.") == 1


def test_fourteen_of_fourteen_and_one_of_fourteen():
    document = documents.incident_1999()
    entry = documents.client_entry(sessions=220, splits_seen=14, misread=14, proved=14, model="segment")
    document["summary"]["clients"] = [entry]
    text = flat(printed(document))
    assert "reader takes each segment for a reply" in text
    said = "a split reply in 14 of 14 sessions that had one, a whole reply in 0 of 220 sessions, proved in 14"
    assert said in text
    document["summary"]["clients"] = [entry | {"misread": 1, "proved": 1, "model": None}]
    text = flat(printed(document))
    assert "reader its sessions do not agree on how it reads" in text
    assert "a split reply in 1 of 14 sessions that had one" in text


def test_mail_that_was_lost_is_named():
    text = printed(documents.drifted())
    assert "1 message was lost, though the sending side believes that it was delivered." in flat(text)
    assert "MAIL LOST OR AT RISK" in text
    part = flat(text[text.index("MAIL LOST") :])
    assert "lost: from <notes@gw.example.net> to <user0@example.org>, <user1@example.org>" in part
    assert (
        "and 2 more recipients truly refused (554), 131 octets believed accepted why the client took" in part
    )
    assert "tcp.stream 0" in part


def test_mail_of_one_connection_seen_twice_is_named_once():
    document = documents.drifted()
    (one,) = document["connections"]
    document["connections"] = [one | {"same_as": ["c1"]}, one | {"id": "c1", "same_as": ["c0"]}]
    assert printed(document).count("lost: from") == 1


def test_mail_that_was_delivered_is_not_named():
    document = documents.drifted()
    document["connections"][0]["transactions"] = [
        documents.transaction(verdict=verdict, sender=None)
        for verdict in ("delivered", "refused", "abandoned")
    ]
    assert "MAIL LOST" not in printed(document)
    document["connections"][0]["transactions"] = [
        documents.transaction(number, verdict="duplicate-risk", sender="", recipients=[], because=None)
        for number in range(12)
    ]
    text = printed(document)
    assert "12 messages may come twice." in flat(text)
    assert text.count("may come twice: from <>") == 10
    assert "and 2 more; --all shows them." in text
    assert printed(document, everything=True).count("may come twice: from <>") == 12

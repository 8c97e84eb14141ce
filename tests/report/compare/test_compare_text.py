"""A comparison as text: what an administrator asks first, then client by client."""

import io

import pytest
from report.compare.two_archives import client, compared, misreads, patched, report, server_row
from rich.cells import cell_len

from desync.report.compare.text import write_comparison
from desync.report.compare.verdict import VERDICTS
from desync.report.compare.words import chance_words
from desync.report.text_sheet import text_console


def printed(document, *, width=100, encoding="utf-8", **options):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    write_comparison(document, text_console(stream, width=width), **options)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


def words(text):
    return " ".join(text.split())


@pytest.mark.parametrize("width", [80, 100, 140])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_it_says_who_is_out_of_step_and_who_no_more(width, encoding):
    text = printed(patched(), width=width, encoding=encoding)
    assert all(cell_len(line) <= width for line in text.splitlines())
    assert "\x1b" not in text
    said = words(text)
    for sentence in (
        "Clients were out of step in 47 of 79 sessions (59 %) in A, in 19 of 97 sessions (20 %) in B.",
        "Of 2 clients out of step in A: 1 spared (their replies came whole), 1 still out of step.",
        "Out of step in B and not in A: 1 client, 1 not known before.",
        "1 client seen in both, never out of step.",
        "A 40 sessions, 38 with a split reply: out of step in 38, proved",
        "verdict no reply to it was split in B: how it would read one now is not known;",
        "chance alone shows as much less than 1 time in a billion",
        "why in B it sends before the greeting; it waits for no reply",
        "192.0.2.4 says it is \\x1b[31mnew",
        "verdict not in A: whether that is new is not known",
        'B 97 sessions, split reply in 8 (8 %), misread in 7 (7 %) "220 mx ESMTP 1.1"',
        "at most 1 time in 100 (Fisher's exact test), with at least 5 sessions on each side",
    ):
        assert sentence in said


def test_who_is_out_of_step_now_comes_first():
    text = printed(patched())
    headings = [line for line in text.splitlines() if line.isupper()]
    assert headings == [
        "STILL OUT OF STEP",
        "OUT OF STEP IN B, NOT KNOWN BEFORE",
        "SPARED",
        "SERVERS",
        "HOW SURE",
    ]


def test_nobody():
    said = words(
        printed(
            compared(report([client("192.0.2.1", 9)]), report([client("192.0.2.1", 8)], day="1999-08-09"))
        )
    )
    assert said.endswith("No client was out of step, in 0 of 9 sessions in A and 0 of 8 sessions in B.")


@pytest.mark.parametrize(("b", "said"), [(report(), "in B"), (report([client("192.0.2.1", 9)]), "in A")])
def test_an_archive_without_mail_is_compared_with_nothing(b, said):
    a = report([client("192.0.2.1", 20, 20, 20)] if said == "in B" else [])
    assert words(printed(compared(a, b))).endswith(f"No mail connection {said}: there is nothing to compare.")


def test_what_stands_in_the_way_is_said():
    a = report([client("192.0.2.1", 9)], ports=[2526])
    said = words(printed(compared(a, report([client("192.0.2.1", 8)], day="1999-07-01"))))
    assert "A and B were analysed with different options: ports." in said
    assert "B was captured before A." in said


def test_one_session_without_a_split_reply_is_no_recovery():
    made = compared(report([client("192.0.2.1", 48, 48, 48)]), report([client("192.0.2.1", 1)]))
    text = printed(made)
    assert "NOT KNOWN WHETHER THEY RECOVERED" in text
    assert "verdict     not tested: no reply to it was split in B" in text
    assert "1 not put to the test" in words(text)


def test_many_are_left_out_unless_asked_for():
    clients = [client(f"192.0.2.{number}", 20, 20, number) for number in range(1, 31)]
    made = compared(report(clients), report(clients, servers=[server_row(split=3)]), everything=True)
    text = printed(made)
    assert text.count("says it is") == 10
    assert "and 20 more clients; --all shows them." in text
    # Those most out of step come first.
    assert text.index("192.0.2.30") < text.index("192.0.2.29")
    assert printed(made, everything=True).count("says it is") == 30


def test_all_names_those_that_were_never_out_of_step():
    one = report(
        [client("192.0.2.1", 20, 20, 20), client("192.0.2.2", 7, 2, encrypted=1)], misreads("192.0.2.1", 20)
    )
    text = printed(compared(one, one, everything=True), everything=True)
    assert "192.0.2.2  A: 7 sessions, 1 encrypted, 2 with a split reply; B: 7 sessions" in text


def test_a_client_elsewhere_with_the_same_name():
    a, b = report([client("192.0.2.1", 10, 10, 10)]), report([client("198.51.100.7", 10)])
    said = words(printed(compared(a, b)))
    assert "same name 198.51.100.7 in B; it may be the same client" in said
    assert "verdict not in B: nothing is known of it there" in said


def test_no_verdict_is_without_words_or_place():
    counts = dict.fromkeys(VERDICTS, 0)
    side = {"names": [], "sessions": 9, "encrypted": 0, "split": 5, "misread": 5, "whole_misread": 0}
    side |= {"out_of_step": 5, "proved": 5, "model": None, "why": []}
    one = report([client("192.0.2.1", 9)])
    made = compared(one, one)
    for verdict in VERDICTS:
        if verdict == "in-step":
            continue
        a, b = (None if verdict == f"only-{other}" else side for other in ("b", "a"))
        if verdict in {"recovered", "spared"}:
            b = side | {"out_of_step": 0}
        row = {"address": verdict, "verdict": verdict, "because": None, "chance": 0.004, "same_name": None}
        made["clients"].append(row | {"a": a, "b": b})
        counts[verdict] += 1
    text = printed(made)
    for verdict, count in counts.items():
        assert text.count(f"\n{verdict}\n") == count


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (None, ""),
        (1.0, "chance alone explains it"),
        (0.25, "chance alone shows as much 1 time in 4"),
        (0.0076, "chance alone shows as much 1 time in 130"),
        (0.0, "chance alone shows as much less than 1 time in a billion"),
    ],
)
def test_chance_in_words(chance, said):
    assert chance_words(chance) == said

import pytest
from report import documents

from desync.report.html.choice import MOST, Skipped, choose
from desync.report.html.layout import MOST_LINES, Pause, Step, lay_out
from desync.report.html.rungs import rungs_of


def dialogue(times, wrong=(), drift=None, **changes):
    """A connection of commands with their replies, a command at each of some times in milliseconds."""
    exchanges, findings = [], []
    for index, time in enumerate(times, 1):
        moment = f"1999-11-16T11:{5 + time // 60_000:02}:{time // 1000 % 60:02}.{time % 1000:03}000Z"
        answer = documents.reply(250, "250 ok", start=8 * index, frame=2 * index + 1)
        answer["segments"][0]["time"] = moment
        exchanges.append(
            documents.exchange(
                index,
                "NOOP",
                text="NOOP",
                time=moment,
                frame=2 * index,
                frames=[{"capture": 0, "frame": 2 * index}],
                octets=[6 * index, 6 * index + 6],
                in_step=index not in wrong,
                reply=answer,
            )
        )
        if index in wrong:
            findings.append(documents.finding("SYNC104", "pipelining-not-offered", frame=2 * index))
    return documents.connection("c0", *findings, exchanges=exchanges, drift=drift, **changes)


def test_a_short_connection_is_drawn_whole():
    one = dialogue(range(0, 100, 10))
    assert len(choose(one, rungs_of(one))) == 20


def test_of_a_long_one_the_edges_and_what_went_wrong_are_drawn():
    one = dialogue(range(0, 5000, 10), wrong={100, 400})
    chosen = choose(one, rungs_of(one))
    rungs = [each for each in chosen if not isinstance(each, Skipped)]
    assert len(rungs) <= MOST
    assert {200, 800} <= {rung.frame for rung in rungs}
    assert {rungs[0].frame, rungs[-1].frame} == {2, 1001}
    drawn = len(rungs)
    skipped = [each.words for each in chosen if isinstance(each, Skipped)]
    assert drawn + sum(int(words.split()[0].replace(",", "")) for words in skipped) == 1000
    assert all("in step not drawn" in words for words in skipped)


def test_what_goes_wrong_everywhere_does_not_make_a_ladder_endless():
    one = dialogue(range(0, 5000, 10), wrong=range(1, 500))
    chosen = choose(one, rungs_of(one))
    assert sum(not isinstance(each, Skipped) for each in chosen) <= MOST
    assert not any("in step" in each.words for each in chosen if isinstance(each, Skipped))


def test_rungs_stand_below_each_other_without_touching():
    layout = lay_out(dialogue(range(0, 300, 10), wrong={3, 4}))
    for before, after in zip(layout.steps, layout.steps[1:], strict=False):
        assert after.top >= before.bottom
    assert layout.height == layout.steps[-1].bottom


def test_more_time_is_more_room():
    steps = [one for one in lay_out(dialogue([0, 10, 20, 30, 70, 80])).steps if isinstance(one, Step)]
    gaps = [after.top - before.bottom for before, after in zip(steps[1::2], steps[2::2], strict=False)]
    assert gaps[0] == pytest.approx(gaps[1])
    assert gaps[3] > gaps[0]


def test_a_long_silence_is_a_break_that_says_how_long():
    layout = lay_out(dialogue([0, 10, 30_010, 30_020]))
    assert [one.words for one in layout.steps if isinstance(one, Pause)] == ["30 s of silence"]


def test_a_clock_that_steps_back_is_no_silence():
    steps = lay_out(dialogue([5000, 0, 10])).steps
    tops = [one.top for one in steps]
    assert tops == sorted(tops)


def test_what_was_acknowledged_too_little_is_said():
    helo = documents.connection()["exchanges"][1] | {"in_step": False}
    (step,) = lay_out(documents.connection(exchanges=[helo | {"reply": None}])).steps
    assert step.early
    assert step.below == "octets 0-21, acknowledges 17 of 39 needed"


def test_of_a_segment_of_many_lines_a_few_are_drawn():
    many = [f"250-{number}" for number in range(20)]
    one = documents.connection(exchanges=[documents.exchange(0, reply=documents.reply(250, *many))])
    (step,) = lay_out(one).steps
    assert len(step.said) == MOST_LINES
    assert step.said[-1] == f"and {20 - MOST_LINES + 1} more lines"


def test_truth_and_belief_stand_beside_the_replies_of_a_drift():
    layout = lay_out(documents.drifted()["connections"][0])
    assert layout.sides
    steps = [one for one in layout.steps if isinstance(one, Step) and one.rung.sender == "server"]
    assert steps[1].true == ("the reply to HELO",)
    assert steps[1].believed == (("✗ the reply to MAIL", True),)


def test_a_connection_of_which_nothing_is_known_has_no_ladder():
    assert lay_out(documents.connection(exchanges=[])).steps == ()

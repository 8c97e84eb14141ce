"""Judging by all rules: order, and what every finding must be."""

import re

import pytest
from build import segments_capture
from judged import conversations, findings, found, played, said

from desync.capture.problems import Problem
from desync.findings.finding import Facts, Place
from desync.findings.judge import judge, judge_capture, order
from desync.findings.quality import CaptureQuality, Clock

SOUND = Clock(known=5, first_step=None, steps=0, largest=0, still=False)

FAULTY = {
    "1999": (
        "S: 220 smtp.tele.fi \\\nC: HELO gw\nS[unprompted +10ms]: rest\nC: MAIL FROM:<a@b>\n"
        "S[after HELO]: 250 hi\nC: QUIT\nS: 250 ok\nS[unprompted]: 221 bye"
    ),
    "blast": "C: HELO gw\n+ MAIL FROM:<a@b>\n+ QUIT\n+ x\nS: 220 mx\n+ 250 a\n+ 250 b\n+ 221 c",
    "odd server": (
        "S: 220 mx\nC: NOOP\nS: 354 what\n+ 2x0 x\nC: RSET\nS: 250-ok\n+ 550 no\nC: QUIT\n"
        "S: 221 bye\n+ 250 one more"
    ),
    "hole": "S: 220 mx\nC: HELO gw\nS[lost]: 250 mx\nC: QUIT\nS: 221 bye",
    "ill words": "S: 220 mx\nC: HELO <script>\nS: 250-\\x1b[31m\\\nC: NOOP\nS[unprompted +10ms]: x\n+ 250 ok",
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_finding_is_whole(name):
    one = said(FAULTY[name])
    rows = one.connection.rows
    known = {Place(capture, frame) for capture, frame in zip(rows.capture, rows.frame, strict=True)}
    assert findings(one)
    for each in findings(one):
        assert each.frame in each.frames
        assert list(each.frames) == sorted(set(each.frames))
        assert set(each.frames) <= known
        assert each.time == dict(zip(rows.frame, rows.time, strict=True))[each.frame.frame]
        assert each.exchanges is None or 0 <= each.exchanges[0] <= each.exchanges[1] < len(one.exchanges)
        assert not re.search(r"[\x00-\x1f\x7f]", each.message)
        assert (
            each.certainty != "inconclusive"
            or each.details.get("reasons")
            or not each.rule.code.startswith("SYNC")
        )


@pytest.mark.parametrize("name", FAULTY)
def test_findings_come_in_the_order_of_their_frames(name):
    keys = [order(each) for each in findings(said(FAULTY[name]))]
    assert keys == sorted(keys)


@pytest.mark.parametrize("name", FAULTY)
def test_judging_twice_gives_the_same(name):
    one = said(FAULTY[name])
    assert judge(one, Facts()) == judge(one, Facts())


def test_the_frame_is_that_of_the_deed():
    one = found(said(FAULTY["1999"]), "SYNC102")
    assert one.frame == Place(0, 5)
    assert {place.frame for place in one.frames} == {4, 5, 6}


def test_a_clean_dialogue_has_no_finding():
    assert findings(said("S: 220 mx\nC: EHLO gw\nS: 250 mx\nC: QUIT\nS: 221 bye\nclose")) == []


def test_a_connection_that_says_nothing_has_none_either():
    assert [each.severity for each in findings(said("")) if each.severity != "note"] == []


def test_what_follows_from_a_fragment_names_it():
    one = said(FAULTY["1999"])
    later = [each for each in findings(one) if each.rule.code in ("SYNC104", "SYNC105", "SYNC106")]
    assert later
    assert all(each.details["because"] == "SYNC102" for each in later)
    assert all(each.details["because_exchange"] == 1 for each in later)


def test_a_surplus_reply_is_consistent_where_another_could_be_the_surplus_one():
    """The page of REPLY306: proved where nothing speaks against the pairing, else consistent."""
    text = (
        "S: 220 mx\nC: NOOP\nS: 354 what\nC: RSET\nS: 250-ok\n+ 550 no\nC: NOOP\nS: 250 a\n"
        "+ 250 b\nC: QUIT\nS: 221 bye"
    )
    one = said(text)
    assert found(one, "REPLY306").certainty == "consistent"


def test_frames_are_those_of_the_file():
    text = played(FAULTY["1999"])
    alone = segments_capture(text)
    other = segments_capture(played(""), client=("192.0.2.99", 9))
    (_, moved) = conversations(other + alone[24:])
    shift = len(played(""))
    assert found(moved, "SYNC102").frame == Place(0, 5 + shift)


class TestCapture:
    def test_a_sound_capture_has_no_finding(self):
        assert judge_capture(CaptureQuality(0, 5, (), SOUND, ())) == []

    def test_problems_are_found_in_the_order_of_the_file(self):
        problems = (Problem("damaged", 100, 20, 3, "rubbish"), Problem("truncated", 400, 24, 9, "cut short"))
        made = judge_capture(CaptureQuality(2, 9, problems, SOUND, ()))
        assert sorted((one.rule.code, one.frame, one.details["offset"]) for one in made) == [
            ("CAP901", Place(2, 9), 400),
            ("CAP902", Place(2, 3), 100),
        ]

    @pytest.mark.parametrize(
        ("clock", "steps"),
        [
            (Clock(known=5, first_step=None, steps=0, largest=0, still=True), 0),
            (Clock(known=5, first_step=4, steps=1, largest=3 * 10**9, still=False), 1),
            (Clock(known=0, first_step=None, steps=0, largest=0, still=False), 0),
        ],
    )
    def test_an_unsound_clock(self, clock, steps):
        (one,) = judge_capture(CaptureQuality(0, 5, (), clock, ()))
        assert (one.rule.code, one.details["steps"]) == ("CAP909", steps)

    def test_one_frame_has_no_clock(self):
        assert judge_capture(CaptureQuality(0, 1, (), Clock(1, None, 0, 0, still=False), ())) == []

    def test_frames_that_could_not_be_decoded_are_counted(self):
        (one,) = judge_capture(CaptureQuality(0, 5, (), SOUND, ((147, "no such link type", 3),)))
        assert (one.rule.code, one.details["frames"], one.details["link_type"]) == ("CAP910", 3, 147)

"""What waited for the client's delayed acknowledgment: PATH604."""

import pytest
from build import segments_capture
from judged import codes, found, heard, played, said

from desync.units import MILLISECOND

SIDES = {
    "client": "client 0.1ms server 20ms",
    "server": "client 20ms server 0.1ms",
    "between": "client 8ms server 12.1ms",
}
GROUP = "S: 220 mx\nC: EHLO gw\nS: 250-mx\n+ 250 PIPELINING\nC: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\nS: 250 a\n"
END = "C: QUIT\nS: 221 bye\nclose"


def stalled(pause, *, rtt="client 0.1ms server 20ms", rest="250 b", **keys):
    """Whether a reply that left so much later than the one before is said to have waited."""
    return "PATH604" in codes(said(f"{GROUP}S[unprompted +{pause}]: {rest}\n{END}", rtt=rtt, **keys))


@pytest.mark.parametrize("side", SIDES)
def test_it_is_seen_wherever_the_capture_was_made(side):
    text = f"{GROUP}S[unprompted +60.1ms]: 250 b\n{END}"
    one = found(said(text, rtt=SIDES[side]), "PATH604")
    assert (one.severity, one.certainty, one.blame) == ("note", "consistent", "server")
    assert one.details["stalls"] == 1
    assert one.details["waited_ns"] // MILLISECOND == 60
    assert one.details["delays_ns"][0] // MILLISECOND in (39, 40)
    assert len(one.frames) == 3


@pytest.mark.parametrize("delay", [40, 100, 200, 500])
def test_an_acknowledgment_is_put_off_by_different_times(delay):
    assert stalled(f"{delay + 20.1}ms", acks=f"{delay}ms")


@pytest.mark.parametrize("pause", ["10ms", "40ms", "57ms", "63ms", "100ms", "5s"])
def test_a_pause_that_does_not_end_on_it_is_the_server_s_own(pause):
    assert not stalled(pause)


def test_an_acknowledgment_that_came_at_once_cost_nothing():
    assert not stalled("40.1ms", acks="20ms")


def test_a_full_segment_is_not_held_back():
    assert not stalled("60.1ms", rest=f"250 {'x' * 1454}")
    assert stalled("60.1ms", rest=f"250 {'x' * 1400}")


def test_a_server_that_had_something_unacknowledged_before_does_not_wait():
    text = f"{GROUP}S[unprompted +1ms]: 250 b\nS[unprompted +60.1ms]: 250 c\n{END}"
    assert "PATH604" not in codes(said(text, rtt=SIDES["client"]))


def test_a_command_between_them_is_what_the_server_answers():
    text = f"{GROUP}C[+40ms]: RSET\nS[unprompted +60.1ms]: 250 b\n{END}"
    assert "PATH604" not in codes(said(text, rtt=SIDES["client"]))


def test_the_cost_is_summed_up():
    pieces = "".join(f"S[unprompted +60.1ms]: 250-{number}\n" for number in range(12))
    one = found(said(f"{GROUP}{pieces}S[unprompted]: 250 b\n{END}", rtt=SIDES["client"]), "PATH604")
    assert (one.details["stalls"], one.details["waited_ns"] // MILLISECOND) == (12, 721)
    assert one.message.endswith("waited 12 times for the client's delayed acknowledgment: 721 ms in all")


def test_a_server_that_pauses_just_as_often_otherwise_is_not_said_to_wait():
    own = "S[unprompted +90ms]: 250-x\nS[unprompted +80ms]: 250-y\n"
    assert "PATH604" not in codes(
        said(f"{GROUP}{own}S[unprompted +60.1ms]: 250 b\n{END}", rtt=SIDES["client"])
    )


def test_without_a_clock_or_a_handshake_nothing_is_said():
    sent = played(f"{GROUP}S[unprompted +60.1ms]: 250 b\n{END}", rtt=SIDES["client"])
    for changed in ([one._replace(time=0) for one in sent], sent[3:]):
        assert "PATH604" not in codes(heard(segments_capture(changed)))

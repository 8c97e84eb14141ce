"""The samples in captures/incidents as segments, so that tests can cut, drop and move them."""

import re
from functools import cache
from pathlib import Path

from build import Sent, segments_capture
from judged import conversations

from desync.craft.acknowledge import acknowledge
from desync.craft.dialogue import read_dialogue
from desync.craft.sends import send_all

CAPTURES = Path(__file__).parent.parent / "captures"
DIALOGUES = {
    path.name.removesuffix(".dialogue"): path
    for path in sorted([*CAPTURES.glob("*.dialogue"), *(CAPTURES / "incidents").glob("*.dialogue")])
}
"""By name: the incidents, and the case of 1999 that stands beside their folder."""

SAMPLES = sorted(DIALOGUES)
_ROUND_TRIPS = re.compile(r"^rtt: client ([0-9.]+)ms server ([0-9.]+)ms$", re.MULTILINE)


def captured(name, *, near=None):
    """The segments of each connection of a sample, in order of time.

    ``near`` moves the capture to the ``client``, the ``server``, or ``between`` them: what each side
    does and when it does it stays as it was, only when a segment passes the capture changes.
    """
    text = DIALOGUES[name].read_text(encoding="utf-8")
    if near is not None:
        text, found = _ROUND_TRIPS.subn(lambda match: _moved(match, near), text)
        assert found, f"{name} does not say how far the capture is from each side"
    return [_sent(one) for one in read_dialogue(text).connections]


def _moved(match, near):
    whole = float(match[1]) + float(match[2])
    client = {"client": 0, "server": whole, "between": whole / 2}[near]
    return f"rtt: client {client:.3f}ms server {whole - client:.3f}ms"


def _sent(connection):
    sends = acknowledge(send_all(connection)[0], connection)
    return [_written(one) for one in sends if not one.step.options.lost and one.side in one.step.watch]


def _written(one):
    """A segment with the flags that its line gives it: without A it acknowledges nothing."""
    flags = one.step.options.flags
    if flags is None:
        return Sent(one.side, one.start, one.octets, one.acknowledged, one.time, one.flags)
    acknowledged = one.acknowledged if "A" in flags else None
    return Sent(one.side, one.start, one.octets, acknowledged, one.time, flags.replace("A", ""))


def talk(sent):
    """What desync makes of the segments of one connection, or None where that is no mail."""
    found = conversations(segments_capture(sent))
    assert len(found) <= 1
    return found[0] if found else None


@cache
def conversation(name, number=0):
    """What desync makes of a connection of a sample."""
    return talk(captured(name)[number])

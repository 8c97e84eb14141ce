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
FIRST_PORT = 41025
EMPTY = segments_capture([])
_ROUND_TRIPS = re.compile(r"^rtt: client ([0-9.]+)ms server ([0-9.]+)ms$", re.MULTILINE)


def captured(name, *, near=None, away=None):
    """The segments of each connection of a sample, in order of time.

    ``near`` moves the capture to the ``client``, the ``server``, or ``between`` them: what each side
    does and when it does it stays as it was, only when a segment passes the capture changes.
    ``away`` gives other round trips to the client and to the server instead, in milliseconds.
    """
    text = DIALOGUES[name].read_text(encoding="utf-8")
    if near is not None or away is not None:
        text, found = _ROUND_TRIPS.subn(lambda match: _moved(match, near, away), text)
        assert found, f"{name} does not say how far the capture is from each side"
    return [_sent(one) for one in read_dialogue(text).connections]


def _moved(match, near, away):
    if away is not None:
        return f"rtt: client {away[0]:.3f}ms server {away[1]:.3f}ms"
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
    """What desync makes of the segments of one connection, or None where there is nothing."""
    return talks([sent])[0]


def talks(parts):
    """The same of many connections at once: they follow each other in one capture."""
    octets, time = EMPTY, 0
    for number, sent in enumerate(parts):
        late = max(0, time - min((one.time for one in sent), default=0))
        moved = [one._replace(time=one.time + late) for one in sent]
        time = max((one.time for one in moved), default=time) + 10**9
        octets += segments_capture(moved, client=("192.0.2.17", FIRST_PORT + number))[len(EMPTY) :]
    found = {one.connection.client.port: one for one in conversations(octets)}
    assert all(FIRST_PORT <= port < FIRST_PORT + len(parts) for port in found)
    return [found.get(FIRST_PORT + number) for number in range(len(parts))]


@cache
def conversation(name, number=0):
    """What desync makes of a connection of a sample."""
    return talk(captured(name)[number])

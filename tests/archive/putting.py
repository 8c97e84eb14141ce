"""Captures that the archive's tests put into a folder."""

import json
from pathlib import Path

from build import segments_capture
from judged import played

DIALOGUE = r"""
    S: 220 smtp.tele.fi \
    C: HELO gw
    S[unprompted +10ms]: rest
    C: MAIL FROM:<a@b>
    S[after HELO]: 250 hi
    C: QUIT
    S[after MAIL]: 250 ok
    S[after QUIT]: 221 bye
    close
"""
CLEAN = "S: 220 mx\nC: EHLO gw\nS: 250 mx\nC: QUIT\nS: 221 bye\nclose"
EARLY = "C[unprompted]: EHLO gw\nS: 220 mx\nS[unprompted]: 250-mx\n+ 250 SIZE\nC: QUIT\nS: 221 bye\nclose"
AGREED = EARLY.replace("SIZE", "PIPE_CONNECT")
AWAY = {"rtt": "client 40ms server 0ms"}
SENT = played(DIALOGUE, **AWAY)


def put(name, sent=SENT, **keys):
    octets = segments_capture(sent, **keys)
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(octets)
    return octets


def found(made):
    return [(one["code"], one["certainty"]) for one in made["findings"] if one["severity"] == "error"]


def spoken(made):
    """What a report says of its connections, without where it was read from."""
    return json.dumps([made["connections"], made["findings"], made["summary"]["by_code"]], sort_keys=True)

"""Two captures of one written dialogue, for tests: what each point saw."""

from contextlib import contextmanager
from warnings import catch_warnings, simplefilter

from build import capture_file

from desync.analysis.options import Options
from desync.archive.points.points import look

NEAR = """
client: 192.0.2.17:41022
server: 198.51.100.25:25
start: 2026-11-16T09:05:11Z
rtt: client 0ms server 24ms
isn: client 1000 server 5000
---
handshake
"""
FAR = """
client: 192.0.2.17:41022
server: 198.51.100.25:25
start: 2026-11-16T09:05:12Z
rtt: client 24ms server 0ms
isn: client 1000 server 5000
---
handshake
"""
TALK = r"""
S: 220 mx.example.org ESMTP
C: EHLO gw.example.net
S: 250 mx.example.org
C: MAIL FROM:<anna@example.net>
S: 250 2.1.0 Sender ok
C: QUIT
S: 221 2.0.0 bye
close
"""


@contextmanager
def quiet():
    """Who closes a scan's temporary file is asked elsewhere."""
    with catch_warnings():
        simplefilter("ignore", ResourceWarning)
        yield


def two(tmp_path, near, far):
    """Write two dialogues into captures, and give their paths."""
    return tuple(
        str(capture_file(tmp_path, text, f"{name}.pcap")) for name, text in (("a", near), ("b", far))
    )


def looked(tmp_path, near, far):
    with quiet():
        return look(two(tmp_path, near, far), Options())


def laid(tmp_path, near, far):
    """The one connection that both captures hold, laid over itself."""
    with quiet():
        (one,) = looked(tmp_path, near, far).laid()
    return one


def what(one):
    """What happened, in short."""
    return [(deed.what, deed.sender, deed.certainty) for deed in one.deeds]

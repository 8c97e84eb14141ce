"""Which connections go into an annotated capture, and those that they must have beside them."""

from io import BytesIO

import pytest
from build import capture_file
from report.evidence import reading

from desync.analysis.options import Options
from desync.archive.scan import scan_archive
from desync.errors import UsageError
from desync.report.evidence.annotated import Annotated, Redaction
from desync.report.evidence.choice import Wanted, choose
from desync.report.evidence.comments import COMPANION

HEAD = "client: 192.0.2.17:41025\nserver: 198.51.100.25:25\nrtt: client 40ms server 1ms\n---\nhandshake\n"
DELIVERY = """
S: 220 mx.example.org ESMTP
C: EHLO gw.example.net
S: 250 mx.example.org
C: MAIL FROM:<a@example.net>
S: 250 Ok
C: RCPT TO:<b@example.org>
S: 250 Ok
C: DATA
S: 354 Go ahead
C: Subject: once
+
+ Once.
+ .
"""
AT_RISK = f"""{HEAD}{DELIVERY}
fin client [unprompted +60s]
S[after Once +75s]: 250 kept
reset client [flags R]
===
client: 192.0.2.17:41026
start: +200s
---
handshake
{DELIVERY}
S: 250 kept
C: QUIT
S: 221 Bye
close
===
client: 192.0.2.19:41026
start: +300s
---
handshake
S: 220 mx.example.org ESMTP
C: QUIT
S: 221 Bye
close
"""
EARLY = f"""{HEAD}
C[unprompted +0.1ms]: EHLO gw.example.net
S[after EHLO +60ms]: 220 mx.example.org ESMTP
+ 250 mx.example.org
C: QUIT
S: 221 Bye
close
===
client: 192.0.2.18:41026
start: +10s
---
handshake
S: 220 mx.example.org ESMTP
C: EHLO gw.example.net
S: 250-mx.example.org
+ 250 PIPE_CONNECT
C: QUIT
S: 221 Bye
close
"""


def chosen(path, tmp_path, **wanted):
    archive = scan_archive([str(path)], Options(details=True))
    choice = choose(archive, Wanted(**wanted))
    evidence = tmp_path / "evidence.pcapng"
    stream = BytesIO()
    Annotated(archive, choice, Redaction()).write(stream)
    evidence.write_bytes(stream.getvalue())
    return choice, evidence


@pytest.mark.parametrize(("text", "streams"), [(AT_RISK, 2), (EARLY, 2)])
def test_what_a_verdict_rests_on_comes_with_it(text, streams, tmp_path):
    path = capture_file(tmp_path, text)
    choice, evidence = chosen(path, tmp_path, streams=[0])
    assert (len(choice.outcomes), len(choice.companions)) == (1, streams - 1)
    before, after = reading.connections(path), reading.connections(evidence)
    assert after == before[:streams]
    firsts = [texts[0] for frame, texts in reading.comments(evidence).items() if frame]
    assert firsts.count(COMPANION) == 1


def test_what_is_chosen_itself_is_no_companion(tmp_path):
    choice, _ = chosen(capture_file(tmp_path, EARLY), tmp_path, streams=[0, 1])
    assert (len(choice.outcomes), choice.companions) == (2, [])


def test_a_message_names_the_frame_in_the_file_it_stands_in(tmp_path):
    _, evidence = chosen(capture_file(tmp_path, AT_RISK), tmp_path, codes=["SYNC205"])
    numbers = {
        frame for frame, texts in reading.comments(evidence).items() if frame and "SYNC205" in texts[0]
    }
    assert numbers
    origins = reading.origins(evidence)
    assert sorted(origins.values()) == list(origins.values())


@pytest.mark.parametrize(
    "wanted", [{"streams": [9]}, {"codes": ["TLS501"]}, {"streams": [1], "codes": ["CAP903"]}]
)
def test_what_is_not_there_cannot_be_chosen(wanted, tmp_path):
    archive = scan_archive([str(capture_file(tmp_path, EARLY))], Options(details=True))
    with pytest.raises(UsageError):
        choose(archive, Wanted(**wanted))

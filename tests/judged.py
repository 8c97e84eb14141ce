"""What the tests read and judge captures with, below the report."""

from pathlib import Path
from tempfile import TemporaryDirectory
from warnings import catch_warnings, simplefilter

from build import lines, segments_capture

import desync
from desync.archive.connections import connections
from desync.exchanges.conversation import converse
from desync.findings.finding import Facts
from desync.findings.judge import judge

ORDERED = {f"SYNC10{number}" for number in range(1, 8)}
"""The codes that accuse a client of having spoken out of turn."""

NO_FACTS = Facts()


def conversations(octets):
    """The dialogues of a capture, in order."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "x.pcap")
        path.write_bytes(octets)
        return [converse(one, implicit_tls=one.server.port == 465) for one in connections(path)]


def heard(octets):
    """The one dialogue of a capture."""
    (one,) = conversations(octets)
    return one


def played(text, *, handshake=True, **keys):
    """Play a written dialogue, its lines indented in any way."""
    flat = "\n".join(line.lstrip() for line in text.split("\n"))
    return lines(flat, handshake=handshake, **keys)


def said(text, *, handshake=True, **keys):
    """Play a written dialogue and read it."""
    return heard(segments_capture(played(text, handshake=handshake, **keys)))


def findings(conversation, facts=NO_FACTS):
    return judge(conversation, facts)


def codes(conversation, facts=NO_FACTS):
    return [one.rule.code for one in judge(conversation, facts)]


def found(conversation, code, facts=NO_FACTS):
    """The one finding with a code."""
    (one,) = [one for one in judge(conversation, facts) if one.rule.code == code]
    return one


def accusations(conversation, facts=NO_FACTS):
    """Codes of SYNC findings of severity error that blame the client."""
    return [
        one.rule.code
        for one in judge(conversation, facts)
        if one.rule.code.startswith("SYNC") and one.severity == "error" and one.blame == "client"
    ]


def script(conversation):
    """Verb (or kind) and code of each exchange: ``EHLO 250``, ``mail-data 250``, ``RSET -``."""
    return [
        f"{one.prompt.verb if one.prompt.kind == 'command' else one.prompt.kind} {one.reply_code or '-'}"
        for one in conversation.exchanges
    ]


def document(path, **options):
    """The whole document of one or several captures."""
    with catch_warnings():
        # Who closes a scan's temporary file is asked once, in archive/test_spool.py.
        simplefilter("ignore", ResourceWarning)
        return desync.scan(path, options=desync.Options(details=True, **options)).document(all=True)

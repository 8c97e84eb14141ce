"""What a scan of a small capture imports: nearly all that it takes is to start."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

CAPTURES = Path(__file__).parents[2] / "captures"

SCRIPT = """
import json, os, sys
from desync.cli.main import main
code = main(["scan", "--format", "json", "--output", os.devnull, "--jobs", "2", sys.argv[1]])
print(json.dumps([code, sorted(sys.modules)]))
"""

NEVER = {
    *("scapy", "dpkt", "rich", "dask", "distributed", "fsspec", "lz4", "zstandard", "sqlite3"),
    *("multiprocessing", "concurrent", "asyncio", "subprocess", "tempfile", "shutil"),
    *("decimal", "statistics", "random", "email", "importlib.metadata"),
    *("numpy.ma", "numpy.random", "numpy.fft", "numpy.polynomial", "numpy.testing"),
    *("desync.craft", "desync.archive.case.case", "desync.archive.processes", "desync.archive.cluster"),
    *("desync.report.compare", "desync.report.ladder", "desync.report.schema", "desync.report.text"),
}
"""What such a scan does not need, whatever it finds."""

FOR_FINDINGS = {
    *("hashlib", "logging", "communityid"),
    *("desync.analysis.examine", "desync.exchanges.conversation", "desync.exchanges.readers"),
    *("desync.findings.catalogue", "desync.findings.rules", "desync.tcp.streams", "desync.archive.repeats"),
}
"""What it does not need either where there is nothing to judge."""


def imported(capture):
    command = [sys.executable, "-c", SCRIPT, CAPTURES / capture]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    code, modules = json.loads(done.stdout)
    assert code == 0
    return set(modules)


def test_a_clean_capture_needs_little():
    modules = imported("rules/CAP901-truncated-capture.clean.pcap")
    assert sorted(modules & (NEVER | FOR_FINDINGS)) == []
    own = [name for name in modules if name.partition(".")[0] == "desync"]
    assert len(own) < 215
    assert len(modules) < 480


@pytest.mark.parametrize(
    "capture", ["rules/SYNC102-command-on-reply-fragment.fires.pcap", "ccnotes-1999.snoop"]
)
def test_findings_need_the_rules_and_no_more(capture):
    modules = imported(capture)
    assert sorted(modules & NEVER) == []
    assert modules >= FOR_FINDINGS - {"desync.archive.repeats"}

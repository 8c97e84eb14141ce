"""A run that is killed at any moment goes on, and ends as an undisturbed one does."""

import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from archive.case.cases import CAPTURES
from putting import SENT, put

from desync.analysis.options import Options
from desync.archive.case import database
from desync.archive.case.case import Case
from desync.cli.main import main

pytestmark = pytest.mark.usefixtures("folder")


def archive():
    for path in sorted(CAPTURES.glob("incidents/*cap"))[:24]:
        Path("in").mkdir(exist_ok=True)
        shutil.copy(path, "in")
    for part, at in enumerate(range(0, len(SENT), 3)):
        put(f"in/set.pcap{part}", SENT[at : at + 3])


def scan(case):
    return ["scan", "-q", "--jobs", "2", "--format", "json", "--case", case, "in"]


@contextmanager
def forked(*arguments):
    """Run desync in a process that is forked: starting Python takes longer than the run."""
    child = os.fork()
    if not child:
        sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - it ends with the process
        os._exit(main(list(arguments)))
    try:
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_ten_kills(capfd):
    archive()
    began = time.monotonic()
    main(scan("whole.sqlite"))
    took = time.monotonic() - began
    wanted = capfd.readouterr().out
    assert wanted
    chance = random.Random(1999)  # noqa: S311 - the same moments in every run
    for _ in range(10):
        with forked(*scan("case.sqlite")):
            time.sleep(chance.uniform(0.02, 0.9) * took)
    main(scan("case.sqlite"))
    assert capfd.readouterr().out == wanted
    main(["report", "-q", "--format", "json", "case.sqlite"])
    assert capfd.readouterr().out == wanted


def test_the_second_of_two_runs_is_refused(capfd):
    put("in/a.pcap")
    os.mkfifo("slow.pcap")
    # It opens the case, and then waits for somebody to write into the pipe.
    with forked(*scan("case.sqlite"), "slow.pcap"), Path("slow.pcap").open("wb"):
        assert main(["scan", "--case", "case.sqlite", "in"]) == 2
        assert capfd.readouterr() == (
            "",
            "desync: case.sqlite: another run is writing this case; wait until it has ended\n",
        )
    assert main(["scan", "-q", "--case", "case.sqlite", "in"]) == 0


def test_the_lock_does_not_stay_with_a_forked_process():
    reader, writer = os.pipe()
    with Case("case.sqlite", Options()):
        child = os.fork()
        if not child:
            os.close(writer)
            os.read(reader, 1)
            os._exit(0)
    with Case("case.sqlite", Options()):
        pass
    os.close(writer)
    os.close(reader)
    assert os.waitpid(child, 0)[1] == 0


def test_kills_inside_of_transactions(capfd):
    """Each run is killed as it begins one of its statements: most of them lie inside of a transaction."""
    archive()
    main(scan("whole.sqlite"))
    wanted = capfd.readouterr().out
    chance = random.Random(1999)  # noqa: S311 - the same moments in every run
    killed = 0
    for _ in range(8):
        left = chance.randrange(10, 160)

        def count(_statement):
            nonlocal left
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

        child = os.fork()
        if not child:
            sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - it ends with the process
            real = database.connect

            def connect(path, real=real):
                made = real(path)
                made.set_trace_callback(count)
                return made

            database.connect = connect
            os._exit(main(scan("case.sqlite")))
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert killed > 4
    main(scan("case.sqlite"))
    assert capfd.readouterr().out == wanted
    assert contents("case.sqlite") == contents("whole.sqlite")


def contents(path):
    """All that a case holds, but for the clocks of its runs."""
    case = sqlite3.connect(path)
    names = [name for (name,) in case.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: case.execute(f"SELECT * FROM {name}").fetchall() for name in names if name != "runs"}  # noqa: S608 - our own names
    case.close()
    return found

"""The report is the same for any number of processes; none of them outlives the scan."""

import gzip
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from build import segments_capture
from judged import played
from putting import AGREED, CLEAN, EARLY, SENT, put

import desync
from desync.archive import workers as workers_module
from desync.archive.processes import WorkerLost
from desync.archive.workers import Workers
from desync.craft.build import craft
from desync.report.jsonl import json_pieces

SAMPLES = Path(__file__).parents[2] / "captures"
PLAIN, LATE = ("198.51.100.25", 25), ("198.51.100.25", 4025)


def report(paths, jobs, octets):
    options = desync.Options(details=True, jobs=jobs, slice_octets=octets)
    return "".join(json_pieces(desync.scan(paths, options=options).document(all=True)))


@pytest.fixture
def processes_at_once(monkeypatch):
    """Start processes however little there is to do."""
    monkeypatch.setattr(workers_module.Workers.__init__, "__defaults__", (0,))


def several():
    """Five connections that take turns, one of them on a port where only its hello tells."""
    sent = [SENT, played(CLEAN), played(EARLY), played(AGREED), played("S: 220 x\nC: EHLO y\nS: 250 x")]
    parts = [
        segments_capture(
            one, client=(f"192.0.2.{at}", 41025), client_isn=at, server=LATE if at == 4 else PLAIN
        )
        for at, one in enumerate(sent)
    ]
    records = [records_of(part) for part in parts]
    longest = max(map(len, records))
    turns = [part[at] for at in range(longest) for part in records if at < len(part)]
    return parts[0][:24] + b"".join(turns)


def records_of(octets):
    found, at = [], 24
    while at < len(octets):
        end = at + 16 + int.from_bytes(octets[at + 8 : at + 12], "little")
        found.append(octets[at:end])
        at = end
    return found


def a_plain_one():
    Path("mail.pcap").write_bytes(several())
    return ["mail.pcap"]


def a_compressed_one():
    octets = several()
    Path("mail.gz").write_bytes(gzip.compress(octets[:900]) + gzip.compress(octets[900:]))
    return ["mail.gz"]


def a_rotation():
    put("mail.pcap0", SENT[:6])
    put("mail.pcap1", SENT[6:])
    return ["mail.pcap0", "mail.pcap1"]


def a_directory():
    for at, sent in enumerate((EARLY, AGREED, CLEAN, EARLY)):
        put(f"spool/{'abcd'[at]}.pcap", played(sent), client=(f"192.0.2.{at}", 41025), client_isn=at)
    Path("spool/notes.txt").write_text("no capture")
    return ["spool"]


def sections():
    said = "---\nhandshake\nS: 220 mx\nC: EHLO gw\nS: 250 mx\nclose\n"
    made = [craft(f"capture: pcapng\nclient: 192.0.2.{at}:1025\n{said}") for at in (1, 2)]
    Path("mail.pcapng").write_bytes(made[0] + made[1] + made[0])
    return ["mail.pcapng"]


def fragments():
    whole = put("whole.pcap")
    pieces = [whole[:24]]
    for at, record in enumerate(records_of(whole)):
        pieces += fragmented(record, at) if len(record) > 16 + 14 + 40 + 16 else [record]
    Path("parts.pcap").write_bytes(b"".join(pieces))
    return ["parts.pcap"]


def fragmented(record, identification):
    """Cut the datagram of a record in two, 24 octets behind its IP header."""
    head, frame = record[:8], record[16:]
    link, header, payload = frame[:14], frame[14:34], frame[34:]
    found = []
    for begin, end in ((0, 24), (24, len(payload))):
        field = begin // 8 | (0x2000 if end < len(payload) else 0)
        size = (20 + end - begin).to_bytes(2, "big")
        ip = header[:2] + size + identification.to_bytes(2, "big") + field.to_bytes(2, "big") + header[8:]
        octets = link + ip + payload[begin:end]
        found.append(head + len(octets).to_bytes(4, "little") * 2 + octets)
    return found


@pytest.mark.usefixtures("folder", "processes_at_once")
class TestTheSameReport:
    @pytest.mark.parametrize(
        "make", [a_plain_one, a_compressed_one, a_rotation, a_directory, sections, fragments]
    )
    def test_for_any_number_of_processes_and_any_slice(self, make):
        paths = make()
        wanted = report(paths, 1, 1 << 26)
        assert len(wanted) > 1000
        for jobs in (1, 2, 3):
            for octets in (1, 300, 1500, 1 << 26):
                assert report(paths, jobs, octets) == wanted, (jobs, octets)

    def test_without_details_too(self):
        paths = a_plain_one()
        for octets in (1, 1000):
            made = [
                desync.scan(paths, options=desync.Options(jobs=jobs, slice_octets=octets)).document()
                for jobs in (1, 3)
            ]
            assert made[0] == made[1]

    def test_a_sample(self):
        paths = [str(SAMPLES / "ccnotes-1999.snoop")]
        assert report(paths, 2, 200) == report(paths, 1, 1 << 26)


class TestWorkers:
    def test_results_are_taken_in_order(self):
        taken = []
        with Workers(2, start_weight=0) as workers:
            for number in range(20):
                workers.put(partial(pow, number, 2), taken.append, 1)
                workers.then(partial(taken.append, -number))
            workers.drain()
        assert taken == [each for number in range(20) for each in (number * number, -number)]

    def test_little_work_starts_no_process(self):
        taken = []
        with Workers(4) as workers:
            workers.put(os.getpid, taken.append, 1 << 30)
            workers.drain()
            for _ in range(10):
                workers.put(os.getpid, taken.append, 100)
            workers.drain()
        assert len(set(taken[:1])) == 1
        assert taken[0] == os.getpid()

    def test_more_work_is_done_elsewhere(self):
        taken = []
        with Workers(2) as workers:
            for _ in range(4):
                workers.put(os.getpid, taken.append, 1 << 24)
            asked = workers.ask(os.getpid)
            assert asked() != os.getpid()
            workers.drain()
        assert os.getpid() not in taken
        assert not [pid for pid in taken if Path(f"/proc/{pid}").exists()]

    def test_what_is_in_flight_is_bounded(self):
        taken = []
        with Workers(2, start_weight=0) as workers:
            for number in range(10):
                workers.put(partial(abs, number), taken.append, 1 << 26)
                assert number - len(taken) < 2
            workers.drain()

    def test_an_exception_of_the_work_comes_here(self):
        with Workers(2, start_weight=0) as workers:
            workers.put(partial(int, "1"), print, 1)
            workers.put(partial(int, "x"), print, 1)
            with pytest.raises(ValueError, match="invalid literal"):
                workers.drain()

    @pytest.mark.parametrize("answer", [b"", b"x" * (1 << 22)])
    def test_a_killed_process_is_an_error(self, answer):
        def work():
            with Workers(2, start_weight=0) as workers:
                workers.put(os.getpid, len_of, 1)
                workers.put(partial(die, answer), len_of, 1)
                workers.put(os.getpid, len_of, 1)
                workers.drain()

        with pytest.raises(WorkerLost, match="signal 9"):
            work()

    def test_an_idle_process_that_was_killed_is_an_error_too(self):
        pids = []
        with Workers(1, start_weight=0) as workers:
            workers.jobs = 2
            for _ in range(8):
                workers.put(os.getpid, pids.append, 1)
            workers.drain()
            for pid in set(pids):
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)
            with pytest.raises(WorkerLost, match="signal 9"):
                workers.ask(os.getpid)()

    def test_beside_a_thread_they_are_spawned(self):
        code = (
            "import os, threading\n"
            "from desync.archive.workers import Workers\n"
            "if __name__ == '__main__':\n"
            "    threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
            "    taken = []\n"
            "    with Workers(2, start_weight=0) as workers:\n"
            "        for _ in range(3):\n"
            "            workers.put(os.getpid, taken.append, 1)\n"
            "        workers.drain()\n"
            "    assert os.getpid() not in taken, taken\n"
        )
        subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=20)


def len_of(pid):
    assert pid


def die(answer):
    """End before the answer, or in the middle of it."""
    if not answer:
        os.kill(os.getpid(), signal.SIGKILL)
    # The parent reads no more than one pipe at a time: it has not taken all of this in when the end comes.
    threading.Timer(0.005, os.kill, (os.getpid(), signal.SIGKILL)).start()
    return answer * 64


@pytest.fixture
def endless(folder):
    """A scan that waits for more of its standard input, with processes at work."""
    (folder / "tmp").mkdir()
    octets = several()
    code = (
        "import signal, sys, time, desync.analysis.slice as slices\n"
        # A process that was started in the background inherits that it ignores SIGINT.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from desync.cli.main import main\n"
        "from desync.archive.workers import Workers\n"
        "Workers.__init__.__defaults__ = (0,)\n"
        "slices.read_frames = lambda *_: time.sleep(60)\n"
        "sys.exit(main(['scan', '--jobs', '2', 'big.pcap', 'big2.pcap', 'big3.pcap']))\n"
    )
    for name in ("big.pcap", "big2.pcap", "big3.pcap"):
        Path(name).write_bytes(octets)
    scan = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, "TMPDIR": str(folder / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    yield scan
    if scan.poll() is None:
        os.killpg(scan.pid, signal.SIGKILL)
    scan.communicate()


def children(pid):
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def two_children(scan):
    for _ in range(200):
        found = children(scan.pid)
        if len(found) == 2:
            time.sleep(0.1)
            return found
        time.sleep(0.05)
    raise AssertionError(scan.poll())


def alive(pids):
    """Which of the processes are still there; zombies of another parent do not count."""
    found = []
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state not in "ZX":
            found.append(pid)
    return found


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at /proc")
class TestTheEnd:
    @pytest.mark.parametrize("whole_group", [True, False])
    def test_interrupted_it_stops_at_once_and_leaves_nothing(self, endless, folder, whole_group):
        pids = two_children(endless)
        begun = time.monotonic()
        # A terminal sends it to every process; `kill -INT` to one.
        (os.killpg if whole_group else os.kill)(endless.pid, signal.SIGINT)
        _, said = endless.communicate(timeout=10)
        assert endless.returncode == 130
        assert time.monotonic() - begun < 2
        assert b"Traceback" not in said
        assert alive(pids) == []
        assert list((folder / "tmp").iterdir()) == []

    def test_a_worker_that_is_killed_is_said_and_the_exit_code_tells(self, endless):
        pids = two_children(endless)
        os.kill(pids[0], signal.SIGKILL)
        out, said = endless.communicate(timeout=10)
        assert endless.returncode == 4
        assert (out, said.count(b"\n")) == (b"", 1)
        assert b"a worker process was ended by signal 9" in said
        assert alive(pids) == []

    def test_processes_whose_parent_was_killed_end_by_themselves(self):
        code = (
            "import os, signal\n"
            "from desync.archive.workers import Workers\n"
            "workers = Workers(3, start_weight=0)\n"
            "for _ in range(3): workers.put(os.getpid, lambda pid: print(pid, flush=True), 1)\n"
            "workers.drain()\n"
            "os.kill(os.getpid(), signal.SIGKILL)\n"
        )
        out = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, timeout=20, check=False
        ).stdout
        pids = [int(each) for each in out.split()]
        for _ in range(100):
            if not alive(pids):
                break
            time.sleep(0.02)
        assert alive(pids) == []

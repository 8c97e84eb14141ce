"""On a Dask cluster of real processes the report is that of one local process, whoever dies."""

import gzip
import os
import signal
from functools import partial
from pathlib import Path

import pytest
from dask_processes import Dask
from putting import SENT, put

import desync
from desync.archive import shared
from desync.archive.executor import ClusterLost
from desync.archive.workers import Workers
from desync.cli.main import main
from desync.errors import UsageError
from desync.report.jsonl import json_pieces

pytest.importorskip("distributed")

cluster = pytest.importorskip("desync.archive.cluster")

SAMPLES = Path(__file__).parents[2] / "captures"


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    """A scheduler and two workers that nobody kills."""
    processes = Dask(tmp_path_factory.mktemp("dask"), 2)
    processes.await_workers()
    yield processes
    processes.end()


@pytest.fixture
def mortal(tmp_path_factory):
    """Gives a scheduler and workers that may be killed."""
    started = []

    def start(workers, **keys):
        processes = Dask(tmp_path_factory.mktemp("dask"), workers, **keys)
        started.append(processes)
        processes.await_workers()
        return processes

    yield start
    for processes in started:
        processes.end()


def scan(paths, progress=None, octets=4000, **keys):
    options = desync.Options(details=True, slice_octets=octets, **keys)
    return desync.scan(paths, options=options, progress=progress)


def text(report):
    return "".join(json_pieces(report.document(all=True)))


@pytest.mark.usefixtures("folder")
class TestTheSameReport:
    def test_of_all_samples_in_small_slices(self, dask):
        paths = [str(SAMPLES / "incidents"), str(SAMPLES / "ccnotes-1999.snoop")]
        wanted = text(scan(paths))
        assert len(wanted) > 100_000
        assert text(scan(paths, octets=1000, cluster=dask.address)) == wanted

    def test_of_paths_that_are_relative_compressed_and_rotated(self, dask):
        whole = put("mail.pcap0", SENT[:6])
        put("mail.pcap1", SENT[6:])
        Path("packed.pcap.gz").write_bytes(gzip.compress(whole))
        paths = ["mail.pcap0", "mail.pcap1", "packed.pcap.gz"]
        assert text(scan(paths, octets=300, cluster=dask.address)) == text(scan(paths))

    def test_when_a_worker_is_killed_in_the_middle(self, mortal):
        processes = mortal(2)
        told = []

        def progress(*_):
            told.append(1)
            if len(told) == 5:
                os.kill(processes.workers[0].pid, signal.SIGKILL)

        paths = [str(SAMPLES / "incidents")]
        found = text(scan(paths, progress, octets=1000, cluster=processes.address))
        assert processes.workers[0].wait(10) == -signal.SIGKILL
        assert processes.workers[1].poll() is None
        assert found == text(scan(paths))


@pytest.mark.usefixtures("folder")
class TestWorkThatKills:
    def test_is_said_with_its_file_and_its_place_and_the_rest_goes_on(self, mortal):
        processes = mortal(3, allowed=1)
        put("deadly.pcap")
        put("sound.pcap", client=("192.0.2.99", 41025), client_isn=7)
        report = scan(["deadly.pcap", "sound.pcap"], octets=700, cluster=processes.address)
        (lost,) = [one for one in report.findings if one["code"] == "CAP902"]
        assert lost["capture"] == 0
        assert "were not analysed: 2 workers of the cluster took it, and each died of it" in lost["message"]
        assert lost["details"]["offset"] > 24
        assert "SYNC102" in [one["code"] for one in report.findings if one["capture"] == 1]
        assert sum(one.poll() is None for one in processes.workers) == 1


@pytest.mark.usefixtures("folder")
class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("address", "said"),
        [
            ("nonsense", "missing port number"),
            ("carrier-pigeon://192.0.2.1:1", "unknown address scheme 'carrier-pigeon'"),
            ("127.0.0.1:1", "Timed out trying to connect to tcp://127.0.0.1:1"),
        ],
    )
    def test_an_address_without_a_scheduler_is_wrong_usage(self, address, said, monkeypatch, capsys):
        monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
        assert main(["scan", "--cluster", address, str(SAMPLES / "ccnotes-1999.snoop")]) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert err.startswith("desync: no Dask scheduler answers at ")
        assert said in err

    def test_nobody_is_waited_for_for_ever(self, mortal, monkeypatch):
        monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
        monkeypatch.setattr(cluster, "LOOK_SECONDS", 0.1)
        monkeypatch.setattr(cluster, "WITHOUT_WORKER_SECONDS", 0.5)
        processes = mortal(0)
        with Workers(1, cluster=processes.address) as workers:
            with pytest.raises(ClusterLost, match=r"has had no worker for 0\.5 seconds"):
                workers.ask(partial(pow, 2, 3))()
            processes.end()
            with pytest.raises(ClusterLost, match=f"scheduler at {processes.address} went away"):
                workers.ask(partial(pow, 2, 4))()

    def test_another_version_is_refused_before_anything_is_read(self, dask, monkeypatch):
        monkeypatch.setattr(cluster, "VERSION", "0.0.1")
        with pytest.raises(UsageError, match=r"the scheduler at tcp://.* has desync .*, here it is 0\.0\.1"):
            scan(["nowhere.pcap"], cluster=dask.address)

    def test_and_by_a_worker_that_comes_later(self):
        with pytest.raises(cluster.OtherVersion, match=r"the work comes from 0\.0\.1"):
            cluster.perform("0.0.1", b"")

    def test_a_file_that_workers_do_not_find_is_said_with_its_name(self, dask, monkeypatch, capsys):
        put("mail.pcap")
        monkeypatch.setattr(shared, "shared_path", lambda path, _: f"/nowhere/{path}")
        assert main(["scan", "--cluster", dask.address, "--format", "json", "mail.pcap"]) == 3
        out = capsys.readouterr().out
        assert "could not be read again: No such file or directory; each worker of the cluster" in out

    def test_a_file_that_is_shorter_for_workers_is_said_too(self, dask, monkeypatch):
        octets = put("mail.pcap")
        Path("short.pcap").write_bytes(octets[:900])
        monkeypatch.setattr(shared, "shared_path", lambda _, __: str(Path("short.pcap").absolute()))
        report = scan(["mail.pcap"], cluster=dask.address)
        (said,) = [one for one in report.findings if one["code"] == "CAP902"]
        assert "its file is shorter" in said["message"]

    def test_what_the_work_raises_comes_here(self, dask):
        with Workers(1, cluster=dask.address) as workers, pytest.raises(ValueError, match="invalid literal"):
            workers.ask(partial(int, "x"))()

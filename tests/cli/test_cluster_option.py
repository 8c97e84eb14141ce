"""``--cluster`` reaches the library, and a cluster that cannot be used is wrong usage."""

import pytest

from desync.cli import library
from desync.errors import UsageError

ADDRESS = "tcp://192.0.2.1:8786"


@pytest.mark.parametrize("command", ["scan", "timeline"])
def test_it_reaches_the_library(run, fake, capture, command):
    assert run(command, "--cluster", ADDRESS, capture)[0] == 0
    assert fake.options.cluster == ADDRESS
    assert run(command, capture)[0] == 0
    assert fake.options.cluster is None


@pytest.mark.parametrize("command", ["scan", "timeline"])
def test_one_that_cannot_be_used_is_wrong_usage(run, monkeypatch, capture, command):
    def refuse(*_):
        msg = f"no Dask scheduler answers at {ADDRESS}"
        raise UsageError(msg)

    monkeypatch.setattr(library, "scan", refuse)
    assert run(command, "--cluster", ADDRESS, capture) == (
        2,
        "",
        f"desync: no Dask scheduler answers at {ADDRESS}\n",
    )


@pytest.mark.parametrize("command", ["scan", "timeline"])
def test_its_help_says_whom_to_trust(run, command):
    said = " ".join(run(command, "--help")[1].split())
    assert "Dask runs whatever code is sent to it: trusted schedulers only" in said

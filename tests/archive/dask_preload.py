"""What the tests' Dask workers have besides desync: captures named ``deadly`` kill whoever analyses them."""

import os
import signal

from desync.archive import tasks

_analyse = tasks.analyse_slices


def analyse_slices(pieces, terms):
    if "deadly" in pieces[0].path and pieces[0].start > 24:
        die()
    return _analyse(pieces, terms)


def die():
    """End the process as the kernel does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


def dask_setup(_worker):
    """Called by Dask when the worker starts."""
    tasks.analyse_slices = analyse_slices

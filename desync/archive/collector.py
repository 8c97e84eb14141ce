"""Python's collector of cyclic garbage, and when it need not run.

May know the collector; must not know what the work is.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the collector of cyclic garbage from running.

    Analysing makes many small objects and no cycles: each run of the collector looks at all of them and
    frees nothing. Measured on a file of broken connections: a sixth of the time, no more memory without.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()

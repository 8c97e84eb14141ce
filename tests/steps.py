"""How much work something is, counted and not timed: the same on every machine."""

import sys


def steps(work) -> int:
    """Lines of Python that a call runs through, all functions included."""
    count = 0

    def trace(_frame, _event, _argument):
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count

"""Where two copies of the same octets differ.

May know octets; must not know where they come from.
"""


def differing(one: memoryview, other: memoryview) -> tuple[int, int]:
    """Find the half-open range from the first to the last octet in which two copies differ.

    Halves are compared as wholes: hostile captures hold very many copies.

    Args:
        one: A copy.
        other: Another, as long, that is not equal.
    """
    low, high = 0, len(one)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle)
    first, high = low, len(one)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if one[middle:high] == other[middle:high] else (middle, high)
    return first, high

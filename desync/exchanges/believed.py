"""What a client took for the reply to a message.

May know beliefs and exchanges; must not know how the client was found to read.
"""

from collections.abc import Sequence

from desync.exchanges.attempts import Attempt
from desync.exchanges.exchange import Exchange
from desync.exchanges.fates import TrueOutcome
from desync.exchanges.reading import Belief, Reading


def believed_of_text(first: int, last: int, exchanges: Sequence[Exchange], reading: Reading) -> TrueOutcome:
    """What a client took for the reply to a message that ran as commands."""
    if reading.drift is None:
        # A client that reads one reply for its message takes the one to the first line.
        return outcome_of(exchanges[first].reply_code)
    found = belief_of(reading, first) or belief_of(reading, last)
    return outcome_of(found.code) if found is not None else "unknown"


def belief_of(reading: Reading, index: int) -> Belief | None:
    """What the client took for the reply of an exchange, or None where that is not known."""
    if reading.drift is not None and not reading.drift.agreed:
        return None
    return reading.beliefs[index] if index < len(reading.beliefs) else None


def shift_of(reading: Reading, index: int) -> int | None:
    """By how many replies the client was off at an exchange, or None where that is not known."""
    return reading.shifts[index] if index < len(reading.shifts) else None


def took_for_positive(reading: Reading, one: Exchange) -> bool:
    """Whether the client took a reply that accepts for that of an exchange."""
    belief = belief_of(reading, one.index)
    return belief is not None and outcome_of(belief.code) == "accepted"


def is_lax(attempt: Attempt, exchanges: Sequence[Exchange], reading: Reading) -> bool:
    """Whether a client takes any 2yz or 3yz for success: on something else than 354 it sent its message."""
    first = attempt.finals[0].index
    data = belief_of(reading, first - 1) if exchanges[first - 1].prompt.verb == "DATA" else None
    return data is not None and data.code is not None and 200 <= data.code < 300


def outcome_of(code: int | None, *, lax: bool = False) -> TrueOutcome:
    """What a code says of a message to a client that takes it for the reply to that."""
    if code is None or (300 <= code < 400 and not lax):
        return "unknown"
    return "accepted" if code < 400 else "refused"

"""How far a drift goes, what it pairs with what, and what stands against taking it for sure.

May know readings; must not know which rule asks.
"""

from typing import Final

from desync.exchanges.conversation import Conversation
from desync.exchanges.reading import Cause, Reading
from desync.findings.certainty import DIFFER
from desync.findings.finding import Detail

MOST_PAIRINGS: Final = 20
"""Pairings listed in a finding; the report has all of them at the exchanges."""

SURE: Final[dict[Cause, str]] = {
    "surplus-reply": "REPLY306",
    "missing-reply": "REPLY307",
    "unsolicited-reply": "REPLY308",
    "mail-data-as-commands": "SYNC202",
    "chunk-as-commands": "DATA404",
}
"""Causes that have a finding of their own."""


def last_drifted(reading: Reading) -> int:
    """Index of the last exchange of a drift.

    Raises:
        ValueError: There is no drift.
    """
    if reading.drift is None:
        reason = "a reading without drift has no last drifted exchange"
        raise ValueError(reason)
    onset, recovered = reading.drift.onset, reading.drift.recovered
    stop = min(recovered if recovered is not None else len(reading.shifts), len(reading.shifts))
    return next((index for index in range(stop - 1, onset, -1) if reading.shifts[index]), onset)


def pairings(conversation: Conversation) -> list[Detail]:
    """What was true and what the client believed, from the onset on: codes and octets only."""
    reading = conversation.reading
    if reading.drift is None:
        return []
    found: list[Detail] = []
    last = last_drifted(reading)
    for one in conversation.exchanges[reading.drift.onset : last + 1][:MOST_PAIRINGS]:
        belief = reading.beliefs[one.index]
        found.append(
            {
                "exchange": one.index,
                "true": one.reply_code,
                "believed": belief.code if belief is not None else None,
                "octets": [belief.start, belief.end] if belief is not None else None,
            }
        )
    return found


def doubts_of_drift(conversation: Conversation) -> list[str]:
    """What stands against a drift; empty where nothing does."""
    return list(conversation.once(_doubts_of_drift))


def _doubts_of_drift(conversation: Conversation) -> list[str]:
    connection, reading = conversation.connection, conversation.reading
    found = []
    if not connection.complete:
        found.append("octets of this connection are not in the capture")
    if connection.disputed:
        found.append(DIFFER)
    if not connection.times_sound:
        found.append("the capture's times cannot be used")
    if reading.drift is not None and not reading.drift.agreed:
        found.append("reader models that cannot be told apart disagree on where the drift begins")
    last = last_drifted(reading) if reading.drift is not None else 0
    if any(one.pairing == "ambiguous" for one in conversation.exchanges[: last + 1]):
        found.append("which reply answers which command is not certain")
    return found

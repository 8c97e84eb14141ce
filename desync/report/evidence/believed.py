"""What a client that was out of step took for the answer, beside each of its commands.

May know records and places; must not know how a belief was found out.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import chain

from desync.analysis.record import ExchangeRecord, Record
from desync.findings.finding import Place
from desync.report.beliefs import prompt_name


def beliefs_of(record: Record, numbers: Mapping[Place, int]) -> Iterator[tuple[Place, str]]:
    """Say of each command whose answer the client took from elsewhere what answered it and what it took.

    Args:
        record: A connection.
        numbers: The number that each frame has in the annotated capture.
    """
    if not any(one.shift for one in record.exchanges):
        return
    replies = (one.reply for one in record.exchanges if one.reply is not None)
    parts = sorted(
        (part.octets[0], part.place) for each in chain(replies, record.unpaired) for part in each.segments
    )
    for one in record.exchanges:
        if one.shift and one.frames:
            yield one.frames[0], f"{_name(one)}: {_truth(one, numbers)}; {_belief(one, parts, numbers)}"


def _name(one: ExchangeRecord) -> str:
    return prompt_name({"prompt": one.prompt, "verb": one.verb})


def _truth(one: ExchangeRecord, numbers: Mapping[Place, int]) -> str:
    if one.reply is None:
        return "nothing answered it"
    code = one.reply.code if one.reply.code is not None else "a reply without a code"
    segments = one.reply.segments
    return f"answered {code}" + (_where(segments[-1].place, numbers) if segments else "")


def _belief(one: ExchangeRecord, parts: list[tuple[int, Place]], numbers: Mapping[Place, int]) -> str:
    believed = one.believed
    if believed is None:
        return "what the client took for the answer is not known"
    start, end = believed.octets
    what = (
        str(believed.code) if believed.code is not None else f"{end - start} octet{'s' * (end - start != 1)}"
    )
    at = bisect_right(parts, start, key=lambda part: part[0]) - 1
    return f"the client took {what}{_where(parts[at][1], numbers) if at >= 0 else ''} for the answer"


def _where(place: Place, numbers: Mapping[Place, int]) -> str:
    return f" in frame {numbers[place]}" if place in numbers else ""

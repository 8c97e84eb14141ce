"""The findings about replies that were cut into segments: one for each run of neighbours.

A tarpit cuts every reply, and is to be named once. May know cuts; must not decide which count.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Finding
from desync.findings.making import of_exchanges
from desync.findings.rule import Rule
from desync.findings.splits import Split
from desync.findings.wording import split_details, split_message


def of_cuts(
    rule: Rule, conversation: Conversation, cuts: Mapping[int, list[Split]], what: str
) -> Iterator[Finding]:
    """Make the findings about cuts.

    Args:
        rule: The rule that makes them.
        conversation: The connection.
        cuts: For each exchange, by its index, the cuts that count.
        what: What was cut, for the message.
    """
    for split, group in groupby(conversation.exchanges, key=lambda one: bool(cuts.get(one.index))):
        if not split:
            continue
        run = list(group)
        every = [cut for one in run for cut in cuts[one.index]]
        yield of_exchanges(
            rule,
            run,
            message=split_message(run, every, what),
            certainty="proved",
            segments=[segment for cut in every for segment in (cut.before, cut.after)],
            details=split_details(conversation, run[0], every),
            at=every[0].after,
        )

"""Where a reader of whole replies did not wait, in words.

May know what a model says was waited for; must not judge.
"""

from desync.exchanges.exchange import Exchange
from desync.exchanges.readers.path import Link
from desync.exchanges.readers.sends import Send


def exception_of(links: list[Link], sends: list[Send], exchanges: tuple[Exchange, ...]) -> str | None:
    """Say what a client that reads whole replies sent without having waited for one."""
    ahead = [
        sends[number + 1]
        for number, link in enumerate(links[: len(sends) - 1])
        if link.ahead and not sends[number + 1].lawful
    ]
    gave_up = sum(1 for link in links[: len(sends) - 1] if link.end is None and not link.ahead)
    said = []
    if ahead:
        first = exchanges[ahead[0].exchange].prompt
        name = first.verb or ("mail data" if first.kind == "mail-data" else "a line")
        more = f" and {len(ahead) - 1} more" if len(ahead) > 1 else ""
        said.append(f"sent {name}{more} ahead of the reply")
    if gave_up:
        said.append(f"gave up waiting for {gave_up} {'reply' if gave_up == 1 else 'replies'}")
    return "; ".join(said) or None

"""What set a drift off.

May know what was taken and what was true; must not know times.
"""

from desync.exchanges.exchange import Exchange
from desync.exchanges.mail_text import chunk_end
from desync.exchanges.readers.drift import Off
from desync.exchanges.readers.fits import Kind
from desync.exchanges.readers.sends import Send
from desync.exchanges.readers.server_side import Said
from desync.exchanges.reading import Cause
from desync.smtp.reply import Reply


def cause_of(
    kind: Kind, found: Off, sends: list[Send], exchanges: tuple[Exchange, ...], words: Said
) -> tuple[Cause, int | None]:
    """Name what set a drift off, and the exchange whose reply it was.

    Args:
        kind: The model.
        found: The drift; it has an onset.
        sends: What the client sent.
        exchanges: The dialogue.
        words: What the server said.
    """
    onset = found.onset or 0
    if kind in ("line", "segment"):
        trigger = next(
            (
                sends[number].exchange
                for number, link in enumerate(found.links[: onset + 1])
                if link.end is not None and not words.is_whole(link.start, link.end)
            ),
            None,
        )
        return ("multiline-reply" if kind == "line" else "split-reply"), trigger
    for number in range(min(onset, len(found.links)) - 1, -1, -1):
        if found.links[number].end is None and not found.links[number].ahead:
            return "late-reply", sends[number].exchange
    return _of_the_server(sends[onset].exchange, exchanges, words)


def _of_the_server(at: int, exchanges: tuple[Exchange, ...], words: Said) -> tuple[Cause, int | None]:
    """What a server did before an exchange that makes a correct reader drift."""
    answers = {id(one.reply): one.index for one in exchanges if one.reply is not None}
    before: int | None = None
    surplus: tuple[Reply, int | None] | None = None
    for reply in words.replies:
        owner = answers.get(id(reply))
        if owner is not None and owner >= at:
            break
        if owner is None and reply.code is not None:
            surplus = (reply, before)
        before = owner if owner is not None else before
    if surplus is not None:
        reply, index = surplus
        unsolicited = reply.code == 421
        return ("unsolicited-reply" if unsolicited else "surplus-reply"), index
    for one in reversed(exchanges[: at + 1]):
        if chunk_end(one):
            return "chunk-as-commands", one.index
        if one.reply is None and one.prompt.kind != "connection":
            return "missing-reply", one.index
        if one.index < at and one.prompt.text == b"." and one.prompt.kind == "command":
            return "mail-data-as-commands", one.index
    return "late-reply", max(at - 1, 0)

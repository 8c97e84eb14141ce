"""Which replies a prompt can draw.

May know prompts and codes; must not know which reply a prompt did draw.
"""

from typing import Final

from desync.smtp.prompt import Prompt

ANSWERS: Final[dict[str, frozenset[int]]] = {
    "EHLO": frozenset({250}),
    "HELO": frozenset({250}),
    "LHLO": frozenset({250}),
    "MAIL": frozenset({250}),
    "SEND": frozenset({250}),
    "SOML": frozenset({250}),
    "SAML": frozenset({250}),
    "RCPT": frozenset({250, 251, 252}),
    "DATA": frozenset({354}),
    "RSET": frozenset({250}),
    "NOOP": frozenset({250, 251}),
    "QUIT": frozenset({221}),
    "VRFY": frozenset({250, 251, 252}),
    "EXPN": frozenset({250, 252}),
    "HELP": frozenset({211, 214}),
    "AUTH": frozenset({235, 334}),
    "STARTTLS": frozenset({220}),
    "XCLIENT": frozenset({220, 250}),
    "XFORWARD": frozenset({250}),
    "ETRN": frozenset({250, 251, 252, 253}),
    "TURN": frozenset({250}),
    "ATRN": frozenset({250}),
    "BDAT": frozenset({250, 353}),
    "BURL": frozenset({250}),
    "XEXCH50": frozenset({354, 250}),
}
"""Positive replies: RFC 5321, section 4.3.2; RFC 3030, 3207, 4954, 1985, 2645, 4468; Postfix XCLIENT;
PRDR says 353 behind the last chunk as behind the end of mail data."""

BY_KIND: Final[dict[str, frozenset[int]]] = {
    "connection": frozenset({220}),
    "auth": frozenset({235, 334}),
    # 353: PRDR says that replies for each recipient follow.
    "mail-data": frozenset({250, 251, 252, 353}),
}

ONLY_ONE_ANSWERS: Final = frozenset({220, 221, 334, 354})
"""Positive codes that an unknown verb cannot draw: each belongs to prompts of its own."""


def is_plausible(prompt: Prompt, code: int | None) -> bool:
    """Whether a prompt can draw a reply with this code.

    Any prompt can be refused (4yz, 5yz; RFC 5321, section 4.2.1, and 421 at any time).
    """
    if code is None or not 200 <= code < 600:
        return False
    if code >= 400:
        return True
    if prompt.kind in BY_KIND:
        return code in BY_KIND[prompt.kind]
    verb = prompt.verb
    return code in ANSWERS[verb] if verb in ANSWERS else code not in ONLY_ONE_ANSWERS

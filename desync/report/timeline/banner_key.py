r"""What of a greeting stays the same from session to session: host, program and version.

    220 mx.example.org ESMTP Sendmail 8.12.3/8.12.3; Mon, 2 Aug 1999 09:14:33 +0300
    220 mx.example.org ESMTP Sendmail 8.12.3/8.12.3

Dates, times, identifiers and counters change by themselves and are left out. A number that looks like a
version stays: a new version is what the key is for. May know how programs greet; must not know
sessions.
"""

import re
from functools import lru_cache
from typing import Final

_DAY: Final = r"\b(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\b,?"
_MONTH: Final = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_CLOCK: Final = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?[AaPp][Mm]\b)?"
_OFFSET: Final = r"(?:\s*(?:Z\b|(?:UTC|GMT)?[+-]\d{2}:?\d{2}\b|\b(?:UTC|GMT|[A-Z]{1,4}S?T)\b))?"
_ZONE: Final = _OFFSET + r"(?:\s*\([^()\d]{1,40}\))?"

_CHANGING: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # An APOP-like stamp: <1896.697170952@dbc.mtview.ca.us>.
        r"<[^<>\s]*\d[^<>\s]*@[^<>\s]*>",
        # RFC 3339; then RFC 5322 and what ctime(3) writes, with the time in front of the year or behind it.
        rf"\b\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]{_CLOCK}{_ZONE})?",
        rf"(?:{_DAY}\s*)?\b\d{{1,2}}[ -]{_MONTH}[ -]\d{{2,4}}\b",
        rf"(?:{_DAY}\s*)?\b{_MONTH}\s+\d{{1,2}}\b,?(?:\s+{_CLOCK}{_ZONE})?(?:\s+\d{{4}}\b)?",
        r"\b\d{1,2}/\d{1,2}/\d{2}(?:\d{2})?\b|\b\d{4}/\d{2}/\d{2}\b",
        rf"\b{_CLOCK}{_ZONE}",
        # Named: pid 4711, id=8f3a, session #12.
        r"(?i:\b(?:pid|sid|tid|id|session|conn(?:ection)?))(?:[ =:#]+)[\w.-]*\d[\w.-]*",
        # In brackets: a process, a client's address, an opaque word with digits in it.
        r"\[[\w:.+/=-]*\d[\w:.+/=-]*\]|\(\d+\)|#\d{3,}\b",
        # A number of nine digits and more: seconds since 1970, a counter.
        r"(?<![\w.])\d{9,}(?:\.\d+)?(?![\w.])",
    )
)

_USUAL_DATE: Final = re.compile(
    r"(?:[MTWFS][a-z]{2},? +)?\d{1,2} (?:[JFMASOND][a-z]{2}) \d{4} \d\d:\d\d:\d\d"
    r"(?: [+-]\d{4}| (?:UTC|[A-Z]{1,4}T)\b)?(?: \([A-Z ]+\))?"
)
"""How most programs write the time (RFC 5322, section 3.3): sought once, where its last colon is."""

_DATE_LENGTH: Final = 28
"""Characters of such a date before its last colon, and a few to spare."""

_VERSION: Final = re.compile(r"(?<![^\W_])[vV]?\d+\.\d+")
_HEXADECIMAL: Final = re.compile(r"(?=[0-9a-fA-F-]*\d)(?=[0-9a-fA-F-]*[a-fA-F])[0-9a-fA-F-]{8,}")
_RUNS: Final = re.compile(r"\d+|[^\W\d_]+")
_EMPTY: Final = re.compile(r"\(\s*\)|\[\s*\]| (?=[;,](?: |$))|[;,] *(?=[;,])")
_LOOSE_END: Final = " ;,:|@-"
_LOOSE_WORDS: Final = (" is ready at", " ready at", " at", " on")
"""What a date at the end leaves behind."""

OPAQUE_LENGTH: Final = 12
"""Characters from which on a word may be an identifier, and"""

OPAQUE_RUNS: Final = 6
"""runs of digits and of letters, taken together, from which on it is no name and no version."""

GREETED: Final = "220"
"""The code of a greeting (RFC 5321, section 4.3.2); 421 and 554 tell of load, not of the program."""

_CODE: Final = 4
"""Characters of a code and what separates it from the text."""


def banner_key(banner: str) -> str:
    """Take what changes by itself out of a greeting's first line; never raises.

    The first word behind the code, the server's name (RFC 5321, section 4.2), stays whatever it looks like.
    """
    date = _USUAL_DATE.search(banner, max(0, banner.rfind(":") - _DATE_LENGTH))
    return _lasting(banner if date is None else f"{banner[: date.start()]} {banner[date.end() :]}")


def skeleton(key: str) -> str:
    """Take every word with a digit out of a key, but for the server's name."""
    name, rest = _named(key)
    return _joined(key, name, " ".join(word for word in rest.split() if not any(map(str.isdigit, word))))


@lru_cache(maxsize=4096)
def _lasting(banner: str) -> str:
    name, rest = _named(banner)
    if any(map(str.isdigit, rest)):
        rest = " ".join(word for word in rest.split() if not _is_opaque(word))
        for pattern in _CHANGING:
            rest = pattern.sub(" ", rest)
    return _joined(banner, name, rest)


def _named(banner: str) -> tuple[str, str]:
    """The server's name, and what stands behind it."""
    name, _, rest = banner[_CODE:].strip().partition(" ")
    return name, rest


def _joined(banner: str, name: str, rest: str) -> str:
    """Put together again what is left."""
    text = " ".join(_EMPTY.sub("", f"{name} {rest}").split())
    text = (banner[:_CODE] + text).rstrip(_LOOSE_END)
    for words in _LOOSE_WORDS:
        text = text.removesuffix(words).rstrip(_LOOSE_END)
    return text


def _is_opaque(word: str) -> bool:
    """Whether a word is an identifier: hexadecimal, or digits and letters mixed without sense."""
    bare = word.strip("()<>[]{},;:\"'")
    if _VERSION.search(bare):
        return False
    if _HEXADECIMAL.fullmatch(bare):
        return True
    return len(bare) >= OPAQUE_LENGTH and len(_RUNS.findall(bare)) >= OPAQUE_RUNS

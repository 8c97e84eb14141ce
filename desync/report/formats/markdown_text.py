"""Make Markdown of texts: the one way from a text to a Markdown report.

May know CommonMark, and what GitHub, GitLab and Jira make of a word; must not know what a text says.

Escaping is not enough: a tracker makes links of words after Markdown has been read (``@name``, ``#12``,
``KEY-12``, a commit's hash, ``www.``, a mail address). Therefore a word stands in the prose only if it is
plainly one; everything else goes into a code span, in which nothing is anything but letters.
"""

import re
from collections.abc import Iterator
from typing import Final

from desync.report.escape import escape

_UNIT: Final = re.compile(r'"[^"]*"|[^\s"]+|"| +')
"""Something in quotation marks, or what stands between blanks and quotation marks, or blanks."""

_MARK: Final = re.compile(r"[,;:]\Z")
"""Ends a clause, and is no part of what stands before it."""

_WORD: Final = re.compile(
    r"""
    ["'(]*
    (?: [A-Za-z]+ (?:['-][A-Za-z0-9]+)*          # a word, or several with hyphens
      | [A-Z]{2,}[1-9][0-9]{2}                   # the code of a finding
      | [0-9]{1,6} | [0-9]{1,3} (?:,[0-9]{3})+   # a number
      | [0-9]+\.[0-9]+                           # with a fraction
      | [0-9]{4}-[0-9]{2}-[0-9]{2}               # a date
      | [0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?  # a time
      | %
    )?
    ["')]* [.,;:?]? ["')]*
    """,
    re.VERBOSE,
)
_LINKED: Final = re.compile(
    r"""
    [A-Za-z][A-Za-z0-9]*-[0-9]+        # the key of an issue
    | [0-9a-f]{7,}                     # the hash of a commit
    """,
    re.VERBOSE,
)
_NUMBERED: Final = re.compile(r"\A([0-9]+)([.)])(?=\s|\Z)")
"""What would begin a list with numbers, at the beginning of a paragraph."""


def code_span(text: str) -> str:
    """Put a text into a code span, as it is but for what cannot be printed."""
    shown = escape(text)
    if not shown:
        return ""
    fence = "`" * (1 + longest_run(shown))
    # One blank on each side is taken off again, where both are there and there is more than blanks.
    room = " " if shown.strip(" ") and (shown[0] in " `" or shown[-1] in " `") else ""
    return f"{fence}{room}{shown}{room}{fence}"


def longest_run(text: str) -> int:
    """How many backticks stand together at most."""
    return max((len(run) for run in re.findall("`+", text)), default=0)


def prose(text: str) -> str:
    """Write a text as prose; what is not plainly a word, and what is quoted, is code.

    No two code spans touch: their backticks would be counted together.
    """
    written: list[str] = []
    odd: list[str] = []
    for word in _words(escape(text)):
        if word.isspace():
            (odd or written).append(word)
        elif _plain(word):
            written += [*_spanned(odd), word]
            odd = []
        else:
            odd.append(word)
            if _MARK.search(word):
                written += _spanned(odd)
                odd = []
    return "".join([*written, *_spanned(odd)])


def paragraph(written: str) -> str:
    """Make sure that prose which begins a paragraph, or an item of a list, begins no other list in it."""
    return _NUMBERED.sub(r"\1\\\2", written.strip(), count=1)


def _words(text: str) -> Iterator[str]:
    """Cut a text into words and blanks; something quoted is one word, with what touches it."""
    word = ""
    for unit in _UNIT.findall(text):
        if unit.isspace():
            yield from filter(None, (word, " "))
            word = ""
        else:
            word += unit
    if word:
        yield word


def _spanned(odd: list[str]) -> list[str]:
    """Make one code span of words, without the blanks and the mark behind it."""
    joined = "".join(odd)
    bare = joined.rstrip(" ")
    mark = bare[-1:] if len(bare) > 1 and _MARK.search(bare) else ""
    return [code_span(bare.removesuffix(mark)), mark, joined[len(bare) :]] if joined else []


def _plain(text: str) -> bool:
    return all(
        _WORD.fullmatch(one) and not _LINKED.fullmatch(one.strip("\"'().,;:?")) for one in text.split()
    )

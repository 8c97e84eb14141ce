"""Text as man pages are written: in roff, with the macros of man(7).

May know roff; must not know what a page says.
"""

import inspect
import re
from collections.abc import Iterator
from typing import Final

_SPECIAL: Final = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"}
_AS_IT_IS: Final = "\b"
"""What a paragraph of a command's help begins with whose lines are not to be filled."""


def written(text: str) -> str:
    """A line of text: what roff would take for a request or an escape is none."""
    line = "".join(_SPECIAL.get(letter, letter) for letter in text)
    return f"\\&{line}" if line.startswith(".") else line


def macro(name: str, *arguments: str) -> str:
    """A line that is a macro with its arguments."""
    return " ".join([f".{name}", *('"' + written(one).replace('"', "\\(dq") + '"' for one in arguments)])


def literal(lines: list[str]) -> Iterator[str]:
    """Lines as they are: an example, a table."""
    yield ".RS 4"
    yield ".nf"
    yield from (written(line) or "\\&" for line in lines)
    yield ".fi"
    yield ".RE"


def prose(text: str) -> Iterator[str]:
    """The paragraphs of a help text, each after the macro for one; examples as they are."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        lines = paragraph.strip("\n").splitlines()
        if lines and lines[0].strip(" ") == _AS_IT_IS:
            title = lines[1] if len(lines) > 1 and lines[1].endswith(":") else ""
            yield ".PP"
            if title:
                yield written(title)
            yield from literal(inspect.cleandoc("\n".join(lines[2 if title else 1 :])).splitlines())
        elif lines:
            yield ".PP"
            yield from (written(line.strip()) for line in lines)

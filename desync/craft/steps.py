"""The lines below the ``---``: who says what, and the statements between.

May know how a line is written; must not know when its segment is sent nor what it acknowledges.
"""

import re
from dataclasses import dataclass, field, replace

from desync.craft.options import read_options
from desync.craft.script import BOTH, Kind, Options, Side, Step
from desync.craft.words import duration, hex_octets, line_octets, side, wrong

_SAID = re.compile(r"([CS])(?:\[([^\]]*)\])?:(?: (.*))?")
_MORE = re.compile(r"\s*\+(?: (.*))?")
_STATEMENT = re.compile(r"([a-z-]+)((?: [^\s\[:]+)*)(?:\s*\[([^\]]*)\])?(?:: (.*))?")

_WATCHES: dict[str, frozenset[Side]] = {
    "both": BOTH,
    "nothing": frozenset(),
    "client": frozenset(("client",)),
    "server": frozenset(("server",)),
}
_SEGMENTS: dict[str, Kind] = {
    "syn": "syn",
    "ack": "ack",
    "fin": "fin",
    "reset": "reset",
    "keep-alive": "keep-alive",
}


@dataclass(slots=True)
class _Script:
    """The steps read so far, and what is captured from here on."""

    steps: list[Step] = field(default_factory=list)
    watch: frozenset[Side] = BOTH

    def add(self, step: Step) -> None:
        self.steps.append(replace(step, watch=self.watch))


def read_steps(lines: list[tuple[int, str]]) -> tuple[Step, ...]:
    """Read the lines of one connection's dialogue.

    Args:
        lines: Line numbers and texts, without empty lines and comments.

    Raises:
        DialogueError: A line is none of the language's.
    """
    script = _Script()
    for line, text in lines:
        if said := _SAID.fullmatch(text):
            script.add(_said(said, line))
        elif more := _MORE.fullmatch(text):
            _join(script, more[1] or "", line)
        else:
            _statement(script, text, line)
    return tuple(script.steps)


def _said(match: re.Match[str], line: int) -> Step:
    """Read ``C[options]: text``."""
    options = read_options(match[2] or "", line)
    text = match[3] or ""
    if options.hex:
        octets = hex_octets(text, line)
    elif options.again and match[3] is None:
        octets = b""
    else:
        octets = line_octets(text, line)
    who: Side = "client" if match[1] == "C" else "server"
    return Step(line, "data", who, octets * options.repeat, text, options=options)


def _join(script: _Script, text: str, line: int) -> None:
    """Add another line to the segment above; ``repeat`` counts for its first line alone."""
    if not script.steps or script.steps[-1].kind != "data":
        raise wrong(line, "a line of C or S above a '+' line", f"+ {text}")
    last = script.steps[-1]
    octets = hex_octets(text, line) if last.options.hex else line_octets(text, line)
    script.steps[-1] = replace(last, octets=last.octets + octets, text=f"{last.text}\n{text}")


def _statement(script: _Script, text: str, line: int) -> None:
    """Read a line that is not said by anybody."""
    match = _STATEMENT.fullmatch(text.partition(" #")[0].rstrip())
    if match is None:
        raise wrong(line, "'C: text', 'S: text', '+ text' or a statement", text)
    word, arguments = match[1], match[2].split()
    options = read_options(match[3] or "", line)
    if word == "handshake" and not arguments:
        _handshake(script, options, line)
    elif word == "close" and len(arguments) <= 1:
        _close(script, side(arguments[0] if arguments else "server", line), options, line)
    elif word in _SEGMENTS and len(arguments) == 1:
        script.add(Step(line, _SEGMENTS[word], side(arguments[0], line), options=options))
    elif word == "frame" and match[4] and not arguments:
        script.add(Step(line, "frame", octets=hex_octets(match[4], line), options=options))
    elif not _is_setting(script, word, arguments, line):
        raise wrong(line, "'C: text', 'S: text', '+ text' or a statement", text)


def _is_setting(script: _Script, word: str, arguments: list[str], line: int) -> bool:
    """Read a statement that sends nothing."""
    if len(arguments) != 1:
        return False
    argument = arguments[0]
    if word == "gap":
        script.add(Step(line, "gap", amount=duration(argument, line)))
    elif word == "clock" and argument[0] in "+-":
        sign = -1 if argument[0] == "-" else 1
        script.add(Step(line, "clock", amount=sign * duration(argument[1:], line)))
    elif word == "capture" and argument in _WATCHES:
        script.watch = _WATCHES[argument]
    else:
        return False
    return True


def _handshake(script: _Script, options: Options, line: int) -> None:
    script.add(Step(line, "syn", "client", options=options))
    script.add(Step(line, "syn", "server", options=replace(options, delay=0)))
    script.add(Step(line, "ack", "client", options=replace(options, delay=0)))


def _close(script: _Script, first: Side, options: Options, line: int) -> None:
    """Let ``first`` send its FIN, the other side its own, and ``first`` acknowledge that."""
    second: Side = "server" if first == "client" else "client"
    script.add(Step(line, "fin", first, options=options))
    script.add(Step(line, "fin", second, options=replace(options, delay=0)))
    script.add(Step(line, "ack", first, options=replace(options, delay=0)))

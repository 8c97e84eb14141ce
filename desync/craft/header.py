"""The keys above the ``---``: what is captured, who talks, and when.

May know each key and its default; must not know the lines of the dialogue below.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from desync.craft.script import ClockKind, Connection, Damage, End, Format, Recording, Side, Step
from desync.craft.words import by_side, duration, endpoint, instant, number, wrong

KEYS_OF_FILE = frozenset(
    ("capture", "link", "snaplen", "clock", "captured", "padding", "truncate", "damage"),
)
"""Keys that concern the file; they stand above the first connection only."""

LINKS = {"null": 0, "ethernet": 1, "raw": 101, "cooked": 113, "cooked2": 276}
"""LINKTYPE numbers by the names that the language gives them."""

_DEFAULTS = {
    "client": "192.0.2.17:41025",
    "server": "198.51.100.25:25",
    "client-mac": "02:00:00:00:00:11",
    "server-mac": "02:00:00:00:00:19",
    "start": "2026-03-02T09:00:00Z",
    "rtt": "client 0.1ms server 20ms",
    "think": "0.3ms",
    "mss": "1460",
    "window": "65535",
    "acks": "40ms",
    "vlan": "none",
    "checksums": "good",
}

KEYS_OF_CONNECTION = frozenset((*_DEFAULTS, "isn"))
"""Keys that concern one connection."""


@dataclass(frozen=True, slots=True)
class Value:
    """The text behind a key, and the line that it stands in (0: nobody wrote it)."""

    line: int
    text: str


Keys = dict[str, Value]


def read_keys(lines: list[tuple[int, str]], allowed: frozenset[str]) -> Keys:
    """Read lines of the form ``key: value``.

    Args:
        lines: Line numbers and texts, without empty lines and comments.
        allowed: The keys that may stand here.

    Raises:
        DialogueError: A line is no such pair, or its key is unknown here or given twice
            (``damage`` may be repeated: the values are joined).
    """
    keys: Keys = {}
    for line, text in lines:
        name, colon, value = text.partition(":")
        name = name.strip()
        if not colon or name not in allowed:
            raise wrong(line, f"'---' or a key of {', '.join(sorted(allowed))}", text)
        if name == "damage" and name in keys:
            value = f"{keys[name].text}; {value}"
        elif name in keys:
            raise wrong(line, "each key once", name)
        keys[name] = Value(line, value.partition(" #")[0].strip())
    return keys


def read_recording(keys: Keys) -> Recording:
    """Read the keys that concern the file."""
    capture = _format(keys.get("capture", Value(0, "pcap")))
    link = keys.get("link", Value(0, "ethernet"))
    clock = keys.get("clock", Value(0, "running"))
    captured = keys.get("captured", Value(0, "once"))
    padding = keys.get("padding", Value(0, "no"))
    recording = Recording(
        format=capture[0],
        big_endian="big-endian" in capture[1],
        nanoseconds="ns" in capture[1],
        link=LINKS[link.text] if link.text in LINKS else number(link.text, link.line, 1 << 16),
        snap_length=_number(keys, "snaplen", 0),
        clock=_clock(clock),
        copies=_choice(captured, ("once", "twice")) + 1,
        padding=bool(_choice(padding, ("no", "yes"))),
        truncate=_number(keys, "truncate", 0),
        damage=_damages(keys["damage"]) if "damage" in keys else (),
    )
    if recording.format == "snoop" and recording.link != LINKS["ethernet"]:
        raise wrong(link.line, "link: ethernet, the only link that snoop is written for", link.text)
    return recording


def read_connection(keys: Keys, index: int, origin: int, steps: tuple[Step, ...]) -> Connection:
    """Read the keys that concern one connection.

    Args:
        keys: Its keys, those of the connections above it included.
        index: Its number in the dialogue, from 0; gives it initial sequence numbers of its own.
        origin: Start of the first connection, which ``start: +2s`` counts from.
        steps: Its dialogue.
    """
    full: Keys = {name: Value(0, text) for name, text in _DEFAULTS.items()} | keys
    acks = full["acks"]
    if (":" in endpoint(full["client"].text, full["client"].line)[0]) != full["server"].text.startswith("["):
        raise wrong(full["server"].line, "both addresses of one IP version", full["server"].text)
    return Connection(
        client=_end(full, "client", 1_000_000 * (index + 1)),
        server=_end(full, "server", 500_000_000 + 3_000_000 * index),
        start=_start(full["start"], origin),
        mss=_number(full, "mss", 0),
        window=number(full["window"].text, full["window"].line, 1 << 16),
        acks=None if acks.text == "none" else duration(acks.text, acks.line),
        steps=steps,
    )


def _start(value: Value, origin: int) -> int:
    if value.text.startswith("+"):
        return origin + duration(value.text[1:], value.line)
    return instant(value.text, value.line)


def _end(keys: Keys, side: Side, isn: int) -> End:
    address, port = endpoint(keys[side].text, keys[side].line)
    if "isn" in keys:
        numbers = by_side(keys["isn"].text, keys["isn"].line)
        isn = number(numbers[side], keys["isn"].line) if side in numbers else isn
    return End(
        address=address,
        port=port,
        mac=_mac(keys[f"{side}-mac"]),
        isn=isn,
        rtt=_side_duration(keys, "rtt", side),
        think=_side_duration(keys, "think", side),
        vlan=_vlan(keys["vlan"], side),
        offload=_offload(keys["checksums"], side),
    )


def _side_duration(keys: Keys, name: str, side: Side) -> int:
    """Read one side's length of time; a side that is not named keeps the default."""
    values = by_side(_DEFAULTS[name], 0) | by_side(keys[name].text, keys[name].line)
    return duration(values[side], keys[name].line)


def _mac(value: Value) -> str:
    parts = value.text.split(":")
    if len(parts) != 6 or any(
        len(part) != 2 or not set(part.lower()) <= set("0123456789abcdef") for part in parts
    ):
        raise wrong(value.line, "a link address such as 02:00:00:00:00:11", value.text)
    return value.text.lower()


def _vlan(value: Value, side: Side) -> tuple[int, ...]:
    if value.text == "none":
        return ()
    tags = by_side(value.text, value.line).get(side, "")
    return tuple(number(tag, value.line, 1 << 12) for tag in tags.split(",") if tag)


def _offload(value: Value, side: Side) -> bool:
    if value.text in ("good", "offload"):
        return value.text == "offload"
    word, _, who = value.text.partition(" ")
    if word != "offload" or who not in ("client", "server"):
        raise wrong(value.line, "good, offload, 'offload client' or 'offload server'", value.text)
    return who == side


def _format(value: Value) -> tuple[Format, frozenset[str]]:
    first, *more = value.text.split() or [""]
    marks = frozenset(more)
    for name in get_args(Format):
        if first == name and marks <= (frozenset() if name == "snoop" else {"ns", "big-endian"}):
            return name, marks
    raise wrong(value.line, "pcap or pcapng (with 'ns', 'big-endian') or snoop", value.text)


def _clock(value: Value) -> ClockKind:
    kinds: tuple[ClockKind, ...] = ("running", "zero", "stopped")
    return kinds[_choice(value, kinds)]


def _choice(value: Value, words: tuple[str, ...]) -> int:
    """Say which of ``words`` was written."""
    if value.text not in words:
        raise wrong(value.line, " or ".join(words), value.text)
    return words.index(value.text)


def _number(keys: Keys, name: str, default: int) -> int:
    return number(keys[name].text, keys[name].line, 1 << 20) if name in keys else default


def _damages(value: Value) -> tuple[Damage, ...]:
    return tuple(_damage(text.split(), value) for text in value.text.split(";"))


def _damage(words: list[str], value: Value) -> Damage:
    if len(words) != 5 or words[2:4] != ["before", "frame"] or words[0] not in ("zeros", "garbage"):
        raise wrong(value.line, "'zeros N before frame K' or 'garbage N before frame K'", value.text)
    kind: Literal["zeros", "garbage"] = "zeros" if words[0] == "zeros" else "garbage"
    return Damage(kind, number(words[1], value.line, 1 << 20), number(words[4], value.line))

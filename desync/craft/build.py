"""A written dialogue becomes a capture.

The one place in ``craft/`` that touches files. May know the stages before it; must not know
their insides.
"""

from collections.abc import Callable
from pathlib import Path

from desync.craft.dialogue import read_dialogue
from desync.craft.pcap_file import pcap_head, pcap_record
from desync.craft.pcapng_file import pcapng_head, pcapng_record
from desync.craft.record import Record, records
from desync.craft.script import Damage, Format, Recording
from desync.craft.snoop_file import snoop_head, snoop_record
from desync.errors import DialogueError

_LAYOUTS: dict[Format, tuple[Callable[[Recording], bytes], Callable[[Record, Recording], bytes]]] = {
    "pcap": (pcap_head, pcap_record),
    "pcapng": (pcapng_head, pcapng_record),
    "snoop": (snoop_head, snoop_record),
}


def craft(text: str) -> bytes:
    """Make a capture from a written dialogue.

    Args:
        text: The dialogue, in the language of ``desync.craft.dialogue``.

    Returns:
        The octets of the capture: the same for the same text, always.

    Raises:
        DialogueError: The dialogue cannot be read or played; the message names the line.
    """
    dialogue = read_dialogue(text)
    head, record = _LAYOUTS[dialogue.recording.format]
    kept = records(dialogue)
    parts = [record(one, dialogue.recording) for one in kept]
    octets = b"".join([head(dialogue.recording), *_damaged(parts, dialogue.recording.damage)])
    return octets[: max(0, len(octets) - dialogue.recording.truncate)]


def craft_file(dialogue_path: Path | str, output_path: Path | str) -> None:
    """Make a capture file from a file that holds a dialogue.

    Raises:
        DialogueError: The dialogue cannot be read or played, or is not UTF-8; names its file.
        OSError: A file cannot be read or written.
    """
    try:
        octets = craft(Path(dialogue_path).read_text(encoding="utf-8"))
    except (DialogueError, UnicodeDecodeError) as error:
        message = f"{dialogue_path}: {error}"
        raise DialogueError(message) from error
    Path(output_path).write_bytes(octets)


def _damaged(parts: list[bytes], damage: tuple[Damage, ...]) -> list[bytes]:
    """Put octets that do not belong there before the records of some frames."""
    damaged = list(parts)
    for one in damage:
        if not 1 <= one.frame <= len(parts):
            message = f"expected damage before a frame from 1 to {len(parts)}, found {one.frame}"
            raise DialogueError(message)
        filling = bytes(one.octets) if one.kind == "zeros" else _garbage(one.octets)
        damaged[one.frame - 1] = filling + damaged[one.frame - 1]
    return damaged


def _garbage(count: int) -> bytes:
    """Make octets that look like nothing in particular, always the same."""
    state, octets = 1, bytearray()
    for _ in range(count):
        state = (state * 1103515245 + 12345) % (1 << 31)
        octets.append(state >> 16 & 0xFF)
    return bytes(octets)

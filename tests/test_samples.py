"""Every capture in captures/ is what the dialogue beside it makes, octet for octet."""

from pathlib import Path

import pytest

from desync.craft.build import craft
from desync.craft.dialogue import read_dialogue

CAPTURES = Path(__file__).parent.parent / "captures"
DIALOGUES = sorted(CAPTURES.rglob("*.dialogue"))
SUFFIXES = (".pcap", ".pcapng", ".snoop")
RULES = [
    *(f"SYNC{number}" for number in range(101, 110)),
    *(f"SYNC{number}" for number in range(202, 206)),
    *(f"REPLY{number}" for number in range(301, 311)),
    "DATA404",
    *(f"TLS{number}" for number in range(501, 504)),
    *(f"PATH{number}" for number in range(601, 606)),
    *(f"CAP{number}" for number in range(901, 913)),
]


def name(path):
    return str(path.relative_to(CAPTURES))


@pytest.mark.parametrize("path", DIALOGUES, ids=name)
def test_a_capture_is_what_its_dialogue_makes(path):
    text = path.read_text(encoding="utf-8")
    capture = path.with_name(f"{path.name.removesuffix('.dialogue')}.{read_dialogue(text).recording.format}")
    assert craft(text) == capture.read_bytes()


@pytest.mark.parametrize("path", DIALOGUES, ids=name)
def test_a_dialogue_opens_with_its_story(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "# desync must say: " in text.partition("---")[0]


def test_no_capture_lies_alone():
    stems = {path.name.removesuffix(".dialogue") for path in DIALOGUES}
    captures = [path for path in CAPTURES.rglob("*") if path.suffix in SUFFIXES]
    assert len(captures) == len(DIALOGUES)
    assert {path.name.removesuffix(path.suffix) for path in captures} == stems


@pytest.mark.parametrize("code", RULES)
def test_each_rule_has_a_capture_that_fires_and_a_clean_twin(code):
    files = [path.name for path in (CAPTURES / "rules").glob(f"{code}-*.pcap")]
    for twin in ("fires", "clean"):
        assert [file for file in files if file.endswith(f".{twin}.pcap")], f"{code} lacks its {twin} twin"

"""The report on a capture with a conversation that a fuzzer writes, in every form that it can be told."""

import json
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any
from zlib import crc32

from build import segments_capture
from capture.reading import read
from fuzz import talk
from fuzz.captures import written
from fuzz.feed import Feed
from jsonschema import Draft202012Validator
from judged import document
from short_way import compare_octets

from desync.cli.main import cli
from desync.report.formats.registry import RENDERERS
from desync.report.jsonl import json_lines, json_pieces
from desync.report.schema import report_schema
from desync.report.text import write_text
from desync.report.text_sheet import text_console

LONGEST = talk.LONGEST
Document = dict[str, Any]
PORTS = (25, 25, 24, 4000, 465)
VALIDATOR = Draft202012Validator(report_schema())


def seeds() -> list[bytes]:
    """The conversations of ``talk``, in slices and on ports of all kinds."""
    return [bytes([at, at % 5]) + seed[1 + seed[0] % 4 :] for at, seed in enumerate(talk.seeds())]


def run(octets: bytes) -> None:
    """A capture is reported by the schema, however it is sliced, with nothing unescaped."""
    feed = Feed(octets)
    slice_octets, port = feed.choice((1, 300, 1000, 5000)), feed.choice(PORTS)
    sent, _ = talk.write_turns(feed)
    capture = segments_capture(sent, server=("198.51.100.25", port))
    with written(capture) as path:
        found = document(path)
        # Each of these takes as long as all the rest: one at a time.
        number = crc32(octets) % (len(CHECKS) + 1)
        if number < len(CHECKS):
            CHECKS[number](found, path)
        else:
            compare_octets(capture)
            assert document(path, slice_octets=slice_octets) == found


def _by_the_schema(found: Document, path: str) -> None:  # noqa: ARG001 - all checks are called alike
    VALIDATOR.validate(found)
    assert json.loads("".join(json_pieces(found))) == found
    assert all(json.loads(line)["type"] for line in "".join(json_lines(found)).split("\n")[:-1])


def _as_text(found: Document, path: str) -> None:
    stream = StringIO()
    write_text(found, text_console(stream), everything=True)
    _is_clean(stream.getvalue(), path)


def _in_every_format(found: Document, path: str) -> None:
    for form, render in RENDERERS.items():
        told = "".join(render(found))
        _is_clean(told.replace("\r\n", "\n") if form == "csv" else told, path)


def _shown(found: Document, path: str) -> None:
    for one in found["connections"][:1]:
        code, told = _command("show", path, "--stream", str(one["stream"]))
        assert code == 0
        _is_clean(told, path)


def _as_a_letter(found: Document, path: str) -> None:
    for one in found["connections"][:1]:
        for side in ("client", "server"):
            _, told = _command("letter", path, "--stream", str(one["stream"]), "--to", side)
            _is_clean(told, path)


def _as_evidence(found: Document, path: str) -> None:
    """What is written can be read, and says the same where nothing was overwritten."""
    for one in found["connections"][:1]:
        output = f"{path}.pcapng"
        chosen = ("--stream", str(one["stream"]), "--jobs", "1", "--quiet", "--output", output)
        code, _ = _command("evidence", path, *chosen)
        assert code in {0, None}
        assert not read(output).kinds
        code, _ = _command("evidence", path, *chosen, "--unredacted")
        again = document(output)["connections"]
        assert [_codes(each) for each in again] == [_codes(one)]


CHECKS = (_by_the_schema, _as_text, _in_every_format, _shown, _as_a_letter, _as_evidence)


def _codes(connection: Document) -> list[tuple[str, str]]:
    return [(one["code"], one["certainty"]) for one in connection["findings"]]


def _command(*arguments: str) -> tuple[int | None, str]:
    """Run a command, and give its exit code and what it wrote."""
    output, errors = StringIO(), StringIO()
    with redirect_stdout(output), redirect_stderr(errors):
        code = cli.main([*arguments], "desync", standalone_mode=False)
    return code, output.getvalue()


def _is_clean(text: str, path: str) -> None:
    """Nothing that a terminal would obey."""
    text = text.replace(str(Path(path).parent), "")
    assert not {one for one in text if one != "\n" and not one.isprintable()}

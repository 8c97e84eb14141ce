import bz2
import gzip
import lzma
import os
import random
import subprocess
import sys
import tarfile
import zipfile
import zlib

import pytest
import zstandard
from archive_octets import ZIP_END, tar, tar_header, zip_member, zipped
from capture_octets import frames, pcap, pcapng, snoop
from reading import opened_all

from desync.capture import archives, budget
from desync.capture.member import Member, named
from desync.capture.open import open_capture
from desync.errors import CaptureError, NotACapture, UnreadableFile

SOME = frames()
OCTETS = [f.octets for f in SOME]
FILES = [
    ("a.pcap", pcap(SOME)),
    ("deep/b.pcapng", pcapng(SOME)),
    ("notes.txt", b"notes\n"),
    ("c.snoop", snoop(SOME)),
]
NAMES = ["a.pcap", "deep/b.pcapng", "c.snoop"]

FORMS = {
    "gnu": tar(FILES, tarfile.GNU_FORMAT),
    "ustar": tar(FILES, tarfile.USTAR_FORMAT),
    "pax": tar(FILES, tarfile.PAX_FORMAT),
    "stored": zipped(FILES, zipfile.ZIP_STORED),
    "deflated": zipped(FILES),
    "bzip2": zipped(FILES, zipfile.ZIP_BZIP2),
    "lzma": zipped(FILES, zipfile.ZIP_LZMA),
    "piped": zipped(FILES, piped=True),
    "piped stored": zipped(FILES, zipfile.ZIP_STORED, piped=True),
    "piped lzma": zipped(FILES, zipfile.ZIP_LZMA, piped=True),
}
FOLDED = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
}

each_form = pytest.mark.parametrize("form", FORMS)


def look(tmp_path, octets):
    """What each member is: its frames, or why it is none."""
    path = tmp_path / "archive"
    path.write_bytes(octets)
    found = opened_all(path)
    return [(name.removeprefix(f"{path}/"), what) for name, what in found]


def captures(found):
    return {name: what.frames for name, what in found if not isinstance(what, CaptureError)}


def complaints(found):
    return [what.reason for _, what in found if isinstance(what, CaptureError)]


@each_form
def test_members_are_captures_of_their_own(tmp_path, form):
    found = look(tmp_path, FORMS[form])
    assert captures(found) == dict.fromkeys(NAMES, OCTETS)
    assert isinstance(dict(found)["notes.txt"], NotACapture)
    assert [one.reader.problems for _, one in found if not isinstance(one, CaptureError)] == [[]] * 3


@pytest.mark.parametrize("fold", FOLDED)
def test_compressed_archives_and_compressed_members(tmp_path, fold):
    inner = [(f"{name}.{fold}", FOLDED[fold](octets)) for name, octets in FILES]
    found = look(tmp_path, FOLDED[fold](tar(inner)))
    assert captures(found) == {f"{name}.{fold}": OCTETS for name in NAMES}


def test_archives_in_archives_up_to_three(tmp_path):
    octets = tar([("a.pcap", pcap(SOME))])
    for depth, wanted in ((1, "1/a.pcap"), (2, "1/1/a.pcap")):
        octets = zipped([("1", octets)]) if depth == 1 else tar([("1", gzip.compress(octets))])
        assert captures(look(tmp_path, octets)) == {wanted: OCTETS}
    found = look(tmp_path, tar([("1", octets)]))
    assert captures(found) == {}
    assert complaints(found) == ["is an archive in 3 others: unpack it first"]


@each_form
def test_a_member_is_opened_by_its_path(tmp_path, form):
    path = tmp_path / "archive"
    path.write_bytes(FORMS[form])
    with open_capture(f"{path}/deep/b.pcapng") as reader:
        assert reader.path == f"{path}/deep/b.pcapng"
        assert sum(len(piece.records) for piece in reader.slices(100)) == len(SOME)
    with pytest.raises(UnreadableFile, match="has no such member"):
        open_capture(f"{path}/none")
    with pytest.raises(NotACapture, match="none of its members was named"):
        open_capture(str(path))


def test_a_folder_of_an_archive_stands_for_what_is_in_it(tmp_path):
    path = tmp_path / "archive"
    path.write_bytes(tar([("x/a.pcap", pcap(SOME)), ("x/b.zip", zipped(FILES[:1])), ("xy", pcap(SOME))]))
    names = [name for name, _ in opened_all(Member(str(path), "x"))]
    assert names == [f"{path}/x/a.pcap", f"{path}/x/b.zip/a.pcap"]


def test_only_a_path_below_a_file_is_a_member(tmp_path):
    (tmp_path / "z.tar").write_bytes(b"")
    member = named(f"{tmp_path}/z.tar/../a b")
    assert (member, member.archive, member.name) == (
        f"{tmp_path}/z.tar/../a b",
        f"{tmp_path}/z.tar",
        "../a b",
    )
    for path in (f"{tmp_path}/z.tar", f"{tmp_path}/z.tar/", f"{tmp_path}/none/a", "-", "a"):
        assert type(named(path)) is str


def test_names_that_come_again_get_a_number(tmp_path):
    members = [("a", pcap(SOME)), ("a", pcap(SOME[:3])), ("a#2", snoop(SOME)), ("a", pcap(SOME[:4]))]
    found = captures(look(tmp_path, tar(members)))
    assert {name: len(octets) for name, octets in found.items()} == {"a": 8, "a#2": 3, "a#2#2": 8, "a#3": 4}
    with open_capture(str(tmp_path / "archive" / "a#3")) as reader:
        assert sum(len(piece.records) for piece in reader.slices(100)) == 4


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "a\nb\x1b[2J\u202e", "n" * 9000, "C:\\x"]
)
def test_a_hostile_name_is_a_name_and_nothing_is_written(tmp_path, name):
    for octets in (tar([(name, pcap(SOME))]), zipped([(name, pcap(SOME))])):
        assert list(captures(look(tmp_path, octets))) == [name[:4096]]
        assert os.listdir(tmp_path) == ["archive"]  # noqa: PTH208 - names alone


def test_links_devices_and_directories_are_passed_over(tmp_path):
    octets = b"".join(tar_header(b"x", 700, kind) for kind in (b"1", b"2", b"3", b"4", b"5", b"6"))
    octets += tar_header(b"old/", 0, b"\0") + tar_header(b"volume", 0, b"V")
    assert list(captures(look(tmp_path, octets + tar(FILES)))) == NAMES
    assert complaints(look(tmp_path, octets + bytes(1024))) == []


def test_the_oldest_tar_has_no_magic_number(tmp_path):
    body = pcap(SOME)
    octets = tar_header(b"a.pcap", len(body), b"\0") + body + bytes(-len(body) % 512) + bytes(1024)
    assert captures(look(tmp_path, octets)) == {"a.pcap": OCTETS}


def test_tar_archives_one_behind_the_other(tmp_path):
    assert list(captures(look(tmp_path, tar(FILES) + tar([("d", pcap(SOME))])))) == [*NAMES, "d"]


class TestSparse:
    """A capture with a hole: 8 frames, 100,000 zeros, 8 frames."""

    def whole(self):
        first = pcap(SOME)
        return first + bytes(-len(first) % 4096 + 102_400) + pcap(SOME)

    def stretches(self):
        octets = self.whole()
        end = len(octets) - len(pcap(SOME))
        return [(0, 4096), (end, len(octets) - end)], octets

    def check(self, tmp_path, octets):
        ((name, found),) = look(tmp_path, octets)
        assert name == "holed.pcap"
        assert found.frames == OCTETS * 2
        assert found.reader.size == len(self.whole())

    def test_gnu(self, tmp_path):
        stretches, octets = self.stretches()
        pairs = b"".join(b"%011o\0" % number for pair in stretches for number in pair)
        rest = (
            b"ustar  \0".ljust(386 - 257, b"\0") + pairs.ljust(96, b"\0") + b"\0" + b"%011o\0" % len(octets)
        )
        body = b"".join(octets[at : at + size] for at, size in stretches)
        made = tar_header(b"holed.pcap", len(body), b"S", rest) + body + bytes(-len(body) % 512) + bytes(1024)
        self.check(tmp_path, made)

    @pytest.mark.parametrize("version", ["0.0", "0.1", "1.0"])
    def test_pax(self, tmp_path, version):
        stretches, octets = self.stretches()
        body = b"".join(octets[at : at + size] for at, size in stretches)
        numbers = [str(number) for pair in stretches for number in pair]
        records = [("GNU.sparse.realsize", str(len(octets))), ("GNU.sparse.name", "holed.pcap")]
        if version == "1.0":
            records += [("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0")]
            listed = "\n".join([str(len(stretches)), *numbers, ""]).encode()
            body = listed + bytes(-len(listed) % 512) + body
        elif version == "0.1":
            records.append(("GNU.sparse.map", ",".join(numbers)))
        else:
            for at, size in stretches:
                records += [("GNU.sparse.offset", str(at)), ("GNU.sparse.numbytes", str(size))]
        text = b"".join(_pax_line(*record) for record in records)
        made = tar_header(b"pax", len(text), b"x") + text + bytes(-len(text) % 512)
        made += (
            tar_header(b"GNUSparseFile.0/holed.pcap", len(body))
            + body
            + bytes(-len(body) % 512)
            + bytes(1024)
        )
        self.check(tmp_path, made)

    def test_a_map_that_cannot_be(self, tmp_path):
        text = _pax_line("GNU.sparse.map", "0,9,5,9") + _pax_line("GNU.sparse.realsize", "99")
        made = tar_header(b"pax", len(text), b"x") + text + bytes(-len(text) % 512)
        made += tar_header(b"holed", 512) + bytes(512) + tar(FILES[:1])
        found = look(tmp_path, made)
        assert complaints(found) == ["is a sparse member of a tar archive whose map is damaged"]
        assert captures(found) == {"a.pcap": OCTETS}


def _pax_line(keyword, value):
    body = f" {keyword}={value}\n".encode()
    length = len(body) + 1
    while len(str(length)) + len(body) != length:
        length += 1
    return str(length).encode() + body


class TestDamage:
    def test_a_damaged_header_costs_its_member(self, tmp_path):
        octets = bytearray(tar(FILES))
        octets[10] ^= 1
        found = look(tmp_path, b"".join([tar([("z", pcap(SOME))])[: -10240 + 1536], octets]))
        assert "a.pcap" not in captures(found)
        assert list(captures(found))[1:] == NAMES[1:]
        assert "octets are no header and no member" in complaints(found)[-1]

    def test_octets_that_are_missing_shift_all_others(self, tmp_path):
        octets = tar(FILES)
        found = look(tmp_path, octets[:700] + octets[737:])
        assert captures(found)["c.snoop"] == OCTETS
        assert len(captures(found)["a.pcap"]) >= 6

    @each_form
    def test_cut_anywhere_it_gives_what_came_before(self, tmp_path, form):
        octets, last = FORMS[form], 0
        for cut in range(600, len(octets), 97):
            found = look(tmp_path, octets[:cut])
            count = sum(map(len, captures(found).values()))
            assert count >= last - 2
            last = max(last, count)
        assert last == 24

    def test_a_cut_member_and_a_cut_archive_are_reported(self, tmp_path):
        found = look(tmp_path, tar(FILES)[:900])
        assert [one.kind for one in dict(found)["a.pcap"].reader.problems] == ["truncated", "truncated"]
        assert "the archive ends inside this member" in dict(found)["a.pcap"].reader.problems[-1].message
        assert complaints(found) == ["the tar archive ends without its end mark: members may be missing"]
        found = look(tmp_path, gzip.compress(tar(FILES))[:-300])
        assert "the gzip stream ends before its end mark" in complaints(found)

    def test_a_wrong_checksum_is_reported_and_loses_nothing(self, tmp_path):
        found = look(tmp_path, zip_member(b"a", pcap(SOME), checksum=1) + ZIP_END)
        assert captures(found) == {"a": OCTETS}
        assert "checksum" in dict(found)["a"].reader.problems[0].message

    def test_damaged_deflate_costs_the_rest_of_its_member(self, tmp_path):
        body = pcap(frames(400))
        squeezed = bytearray(zlib.compress(body)[2:-4])
        squeezed[len(squeezed) // 2] ^= 0xFF
        octets = (
            zip_member(b"a", body, method=8, stored=bytes(squeezed)) + zip_member(b"b", pcap(SOME)) + ZIP_END
        )
        found = look(tmp_path, octets)
        assert 0 < len(dict(found)["a"].frames) < 400
        assert "compression" in dict(found)["a"].kinds
        assert dict(found)["b"].frames == OCTETS

    def test_what_needs_a_password_or_an_unknown_method_is_named(self, tmp_path):
        octets = zip_member(b"secret", b"x" * 40, flags=1) + zip_member(b"odd", b"y" * 40, method=9)
        found = look(tmp_path, octets + zip_member(b"a", pcap(SOME)) + ZIP_END)
        assert captures(found) == {"a": OCTETS}
        assert [reason.partition(":")[0] for reason in complaints(found)] == [
            "is encrypted in its zip archive",
            "is compressed by method 9 of zip, which is not supported",
        ]


class TestLimits:
    def test_members_are_bounded(self, tmp_path, monkeypatch):
        monkeypatch.setattr(archives, "MOST_MEMBERS", 2)
        found = look(tmp_path, tar(FILES))
        assert list(captures(found)) == NAMES[:2]
        assert complaints(found) == ["has more than 2 members: the others were not looked at"]

    @pytest.mark.parametrize("name", ["zeros", "zeros.gz", "inner.zip"])
    def test_a_bomb_is_stopped(self, tmp_path, monkeypatch, name):
        monkeypatch.setattr(budget, "FREE_OCTETS", 1 << 20)
        zeros = bytes(8 << 20)
        body = {
            "zeros": zeros,
            "zeros.gz": gzip.compress(pcap(SOME) + zeros),
            "inner.zip": zipped([("z", zeros)]),
        }[name]
        found = look(tmp_path, gzip.compress(tar([("a", pcap(SOME)), (name, body), ("b", pcap(SOME))])))
        assert "b" not in captures(found)
        assert set(map(tuple, captures(found).values())) == {tuple(OCTETS)}
        assert any("decompression bomb" in reason for reason in complaints(found))

    def test_a_sparse_bomb_is_stopped(self, tmp_path, monkeypatch):
        monkeypatch.setattr(budget, "FREE_OCTETS", 1 << 20)
        text = _pax_line("GNU.sparse.map", "0,0") + _pax_line("GNU.sparse.realsize", str(1 << 60))
        made = tar_header(b"pax", len(text), b"x") + text + bytes(-len(text) % 512)
        found = look(tmp_path, made + tar_header(b"holed", 0) + tar(FILES[:1]))
        assert captures(found) in ({}, {"a.pcap": OCTETS})


@each_form
def test_standard_input(form):
    script = """
from desync.capture.archives import open_members
from desync.capture.open import CaptureReader
from desync.errors import CaptureError
for one in open_members("-"):
    try:
        with CaptureReader(one) as reader:
            print(one.path, sum(len(piece.records) for piece in reader.slices(200)))
    except CaptureError as error:
        print(one.path, 0)
"""
    run = subprocess.run([sys.executable, "-c", script], input=FORMS[form], capture_output=True, check=True)
    assert run.stdout.decode().splitlines() == [
        "-/a.pcap 8",
        "-/deep/b.pcapng 8",
        "-/notes.txt 0",
        "-/c.snoop 8",
    ]


def test_nothing_raises(tmp_path):
    choose = random.Random(3)  # noqa: S311 - the same octets each time
    seeds = [*FORMS.values(), tar([("x.zip", FORMS["deflated"]), ("y", FORMS["pax"])])]
    seeds += [fold(FORMS["gnu"]) for fold in FOLDED.values()]
    for _ in range(400):
        octets = bytearray(choose.choice(seeds))
        for _ in range(choose.randint(1, 5)):
            at, size = choose.randrange(len(octets)), choose.choice([1, 4, 16, 300])
            filling = choose.choice([b"", b"\xff" * size, bytes(size), b"7" * size, choose.randbytes(size)])
            octets[at : at + choose.choice([0, size])] = filling
        look(tmp_path, bytes(octets))

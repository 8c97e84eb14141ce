"""The octets of an input as they are stored."""

from desync.capture.source import StoredFile


def test_octets_are_read_once_more_with_those_behind_them(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(bytes(range(200)))
    file = StoredFile(str(path))
    assert file.again(0, 50) == bytes(range(50))
    assert file.again(10, 20) == bytes(range(40, 70))
    assert file.read(5) == bytes(range(70, 75))
    assert file.again(5, 1 << 20) == bytes(range(70, 200))
    assert (file.taken, file.again(3, 10)) == (200, bytes(range(197, 200)))
    file.close()


def test_of_a_file_that_became_shorter_nothing_is_read_again(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(bytes(200))
    file = StoredFile(str(path))
    assert len(file.read(100)) == 100
    path.write_bytes(bytes(120))
    assert file.again(10, 100) is None
    assert len(file.read(100)) == 20
    file.close()


def test_what_was_looked_at_ahead_is_not_passed_over(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(bytes(range(100)))
    file = StoredFile(str(path))
    assert file.peek(4) == bytes(range(4))
    assert file.again(0, 50) is None
    assert file.read(10) == bytes(range(10))
    file.close()

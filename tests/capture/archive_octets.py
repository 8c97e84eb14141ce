"""Archives of captures, made by the standard library and by hand."""

import io
import tarfile
import zipfile
import zlib


def tar(members, form=tarfile.GNU_FORMAT, mode="w"):
    """A tar archive of (name, octets)."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode, format=form) as archive:
        for name, octets in members:
            about = tarfile.TarInfo(name)
            about.size = len(octets)
            archive.addfile(about, io.BytesIO(octets))
    return made.getvalue()


def zipped(members, method=zipfile.ZIP_DEFLATED, *, piped=False):
    """A zip archive of (name, octets); ``piped``: sizes stand behind each member."""
    made = _Pipe() if piped else io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, octets in members:
            archive.writestr(zipfile.ZipInfo(name), octets, method)
    return made.getvalue()


class _Pipe(io.BytesIO):
    """What cannot be gone back in."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise io.UnsupportedOperation

    def tell(self):
        raise io.UnsupportedOperation


def tar_header(name, size, kind=b"0", rest=b""):
    """One header, made by hand; ``rest`` goes where ustar has its magic and further fields."""
    block = name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2
    block += b"%011o\0" % size + b"%011o\0" % 0 + b" " * 8 + kind + bytes(100)
    block = (block + rest).ljust(512, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def zip_member(name, octets, *, flags=0, method=0, stored=None, checksum=None):
    """One member of a zip archive, made by hand."""
    stored = octets if stored is None else stored
    checksum = zlib.crc32(octets) if checksum is None else checksum
    fields = (20, flags, method, 0, 0, checksum, len(stored), len(octets), len(name), 0)
    widths = (2, 2, 2, 2, 2, 4, 4, 4, 2, 2)
    head = b"".join(value.to_bytes(width, "little") for value, width in zip(fields, widths, strict=True))
    return b"PK\3\4" + head + name + stored


ZIP_END = b"PK\5\6" + bytes(18)

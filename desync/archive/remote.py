"""What a URL stands for: a file, or all files below a directory, or those that fit a pattern.

May know URLs and how fsspec lists; must not know what a capture is.
"""

import glob
from collections.abc import Iterator
from typing import Any, Final

from desync.capture.url import HTTP, Url
from desync.errors import UnreadableFile

MOST_FOLDERS: Final = 10_000
"""Pages of links that are followed at most."""


def expanded(url: Url) -> Iterator[tuple[Url, bool]]:
    """Yield the files that a URL stands for, in sorted order, and whether the caller named each.

    A URL that ends in ``/`` is a directory. Of other URLs the file system says whether they are, but
    for HTTP, which has none: there only links below a page count, and no patterns.
    """
    try:
        system, path = url.file_system()
        if url.scheme in HTTP:
            listed = sorted(_linked(system, url)) if url.endswith("/") else None
        else:
            listed = _listed(system, path, url)
    except Exception:  # noqa: BLE001 - each file system has its own errors; opening it says what is wrong
        yield url, True
        return
    if listed is None:
        yield url, True
        return
    matched = _is_pattern(url)
    for one in listed:
        yield one, matched


def _listed(system: Any, path: str, url: Url) -> list[Url] | None:
    """The files below a directory, or those that fit a pattern; None where it is neither."""
    if _is_pattern(url) and not system.exists(path):
        base = Url(url.written[: min(url.written.index(sign) for sign in "*?[" if sign in url.written)])
        top = Url(base.written.rpartition("/")[0])
        names = [name for name in system.glob(path) if system.isfile(name)]
        if not names:
            raise UnreadableFile(url, "fits no file")
        return [top.below(name, system._strip_protocol(top.written)) for name in sorted(names)]  # noqa: SLF001 - fsspec has no other way
    if not system.isdir(path):
        return None
    return [url.below(name, path) for name in sorted(system.find(path))]


def _is_pattern(url: Url) -> bool:
    return url.scheme not in HTTP and glob.has_magic(url)


def _linked(system: Any, url: Url) -> set[Url]:
    """What the pages below a page link to."""
    found: set[Url] = set()
    pages, seen = [url.written], {url.written}
    while pages and len(seen) <= MOST_FOLDERS:
        page = pages.pop()
        for link in system.ls(page, detail=False):
            # A page sorted otherwise is no other directory, and a link upwards leads nowhere new.
            if not link.startswith(page) or "?" in link[len(page) :] or "/../" in link or link in seen:
                continue
            if link.endswith("/"):
                seen.add(link)
                pages.append(link)
            else:
                found.add(Url(link))
    return found

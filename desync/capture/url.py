"""Captures that are named by URL: what is shown of one, and what file system it leads to.

A URL may carry credentials: a name and password before its host, a signature in its query. What a
``Url`` shows of itself, as the text that it is, has none of these; only opening it uses them. May know
URLs and fsspec; must not know what octets mean.
"""

import re
from typing import Any, Final, Self

from desync.errors import UnreadableFile

_URL: Final = r"(?s)([A-Za-z][A-Za-z0-9+.-]+)://(.*)"
_USER: Final = r"^[^/]*@"
_QUERY: Final = r"(?s)[?#].*"
_SIGNED: Final = r"(?s)\?[^/]*=.*"
"""A query; ``?`` alone may be part of a pattern where URLs have no queries."""
_IN_TEXT: Final = r"""[A-Za-z][A-Za-z0-9+.-]+://[^\s'"<>]+"""

HTTP: Final = frozenset({"http", "https"})

_LOCAL: Final = frozenset({"file", "local"})

_ONE_PROCESS: Final = frozenset({"memory"})
"""File systems that another process does not see."""


class Url(str):
    """A URL; its text is what may be shown of it.

    Args:
        written: As the caller wrote it.

    Attributes:
        written: As the caller wrote it, credentials included; for opening alone.
    """

    __slots__ = ("written",)
    written: str

    def __new__(cls, written: str) -> Self:
        """Take what may be shown."""
        scheme, _, rest = written.partition("://")
        rest = re.sub(_USER, "", rest)
        url = super().__new__(cls, f"{scheme.lower()}://{re.sub(_query(scheme), '', rest)}")
        url.written = written
        return url

    def __reduce__(self) -> tuple[type["Url"], tuple[str]]:
        return Url, (self.written,)

    @property
    def scheme(self) -> str:
        """The word before ``://``."""
        return self.partition("://")[0]

    @property
    def identity(self) -> str:
        """What tells it from others without giving away what is not shown."""
        from hashlib import sha256  # noqa: PLC0415 - wanted only for URLs

        query = re.search(_query(self.scheme), self.written)
        return f"{self}?{sha256(query[0].encode()).hexdigest()}" if query else str(self)

    @property
    def everywhere(self) -> bool:
        """Whether another process can read it too."""
        return self.scheme not in _ONE_PROCESS

    def file_system(self) -> tuple[Any, str]:
        """What fsspec has for it, and the path there.

        Raises:
            UnreadableFile: fsspec is not installed, does not know the scheme, or needs another package.
        """
        try:
            import fsspec  # noqa: PLC0415 - an extra, wanted only for URLs
        except ImportError as error:
            reason = "is a URL: reading one needs fsspec (pip install 'desync[cluster]')"
            raise UnreadableFile(self, reason) from error
        if self.scheme not in fsspec.available_protocols():
            raise UnreadableFile(self, f"fsspec knows no file system for {self.scheme}://")
        try:
            kind = fsspec.get_filesystem_class(self.scheme)
            options = {**kind._get_kwargs_from_urls(self.written), **_options(self.scheme)}  # noqa: SLF001 - fsspec has no other way
            return kind(**options), kind._strip_protocol(self.written)  # noqa: SLF001 - the same
        except Exception as error:
            raise UnreadableFile(self, reason_of(error)) from error

    def below(self, name: str, top: str) -> "Url":
        """The URL of what was found below this one.

        Args:
            name: Its path on the file system.
            top: The path there of this URL.
        """
        written = re.sub(_query(self.scheme), "", self.written)
        return Url(written.rstrip("/") + "/" + name.removeprefix(top.rstrip("/")).lstrip("/"))


def _query(scheme: str) -> str:
    """What a query looks like."""
    return _QUERY if scheme.lower() in HTTP else _SIGNED


def named(path: str) -> str:
    """A path as it is to be handled: a ``Url`` where it is one, else as it is.

    Args:
        path: As the caller wrote it; a file whose name looks like a URL is reached by ``./``.
    """
    if isinstance(path, Url) or "://" not in path:
        return path
    match = re.fullmatch(_URL, path)
    if match is None:
        return path
    if match[1].lower() in _LOCAL:
        return match[2]
    return Url(path)


def reason_of(error: BaseException) -> str:
    """Why a URL could not be read, without credentials."""
    if isinstance(error, FileNotFoundError):
        # Over HTTP that is what all that fails is called; its cause says more.
        return "No such file" if error.__cause__ is None else reason_of(error.__cause__)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = re.sub(_IN_TEXT, lambda match: Url(match[0]), str(error).strip().partition("\n")[0])
    kind = type(error).__name__
    return f"{kind}: {text}" if text else kind


def _options(scheme: str) -> dict[str, Any]:
    if scheme not in HTTP:
        return {}
    import aiohttp  # noqa: PLC0415 - fsspec's file system for HTTP is built on it

    # By default a request ends after five minutes, however much comes.
    return {"client_kwargs": {"timeout": aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=60)}}

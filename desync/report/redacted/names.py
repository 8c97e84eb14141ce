"""What of a report names somebody besides what was said: ends of connections, and files.

May know pseudonyms and how ends and paths are written; must not know a document.
"""

import re
from typing import Final

from desync.report.community import community_id
from desync.report.pseudonyms import Pseudonyms
from desync.tcp.endpoint import Endpoint

_SUFFIX: Final = re.compile(
    r"(?i)(?:\.(?:pcap|pcapng|cap|snoop|dmp|erf|gz|zst|xz|bz2|lz4|lzma|tar|tgz|zip|sqlite))+\Z"
)
_END: Final = re.compile(r"\[(.*)\]:(\d+)|(.*):(\d+)", re.DOTALL)
_INTERFACE: Final = re.compile(r"[a-z]{1,12}[0-9]{0,3}(?:\.[0-9]{1,4})?|any")
"""A name that every host of its kind has: ``eth0``, ``any``, ``em1.20``."""


class Names:
    """The pseudonyms of a report, for files too.

    Attributes:
        words: Those of names and addresses.
    """

    def __init__(self) -> None:
        self.words = Pseudonyms()
        self._paths: dict[str, str] = {}

    def path(self, path: str) -> str:
        """A file's pseudonym: ``capture-1.pcap``. Directories and names of files say whose they are."""
        if path not in self._paths:
            suffix = _SUFFIX.search(path)
            self._paths[path] = f"capture-{len(self._paths) + 1}{suffix[0] if suffix else ''}"
        return self._paths[path]

    def reason(self, text: str, path: str) -> str:
        """A sentence in which a file's path may stand."""
        return self.words.text(text.replace(path, self.path(path)) if path else text)

    def end(self, text: str | None) -> str | None:
        """An end of a connection as ``address:port``."""
        match = _END.fullmatch(text) if text is not None else None
        if match is None:
            return text
        address, port = match[1] or match[3] or "", match[2] or match[4]
        return str(Endpoint(self.words.address(address), int(port)))

    def community(self, client: Endpoint, server: Endpoint) -> str | None:
        """The Community ID of the pseudonyms: that of the addresses could be searched for."""
        return community_id(
            Endpoint(self.words.address(client.address), client.port),
            Endpoint(self.words.address(server.address), server.port),
        )

    def interface(self, name: str | None) -> str | None:
        """An interface's name, where it is one that says nothing of the host."""
        return name if name is None or _INTERFACE.fullmatch(name) else "interface"

"""What is raised where a case cannot be used. May know nothing else."""

from desync.errors import DesyncError


class CaseError(DesyncError):
    """A case cannot be used.

    Args:
        path: The case, as the caller named it.
        reason: What is wrong.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"

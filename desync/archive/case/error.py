"""What is raised where a case cannot be used. May know nothing else."""

from desync.errors import FileError


class CaseError(FileError):
    """A case cannot be used."""

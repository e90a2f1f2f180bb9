"""What an account asks for and a job makes."""

from enum import StrEnum


class AskedState(StrEnum):
    """Where it stands. `asked` is still to be made, by the next job where the maker died; of a deleted one only its
    counts are left."""

    ASKED = "asked"
    DONE = "done"
    FAILED = "failed"
    DELETED = "deleted"

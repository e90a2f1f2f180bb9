"""Errors of search; each has a stable code and advice for a person."""


class SearchError(Exception):
    """Something search could not do. `code` is stable, `advice` says what to do next, `detail` is for the log."""

    code = "search-error"
    advice = "Try again; if it happens again, run `hoso doctor`."

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}: {detail or self.advice}")
        self.detail = detail


class SearchDown(SearchError):
    """The index cannot be reached or opened."""

    code = "search-down"
    advice = "Search does not answer. Records stay readable; what was written waits and is indexed when it is back."


class SearchBusy(SearchError):
    """Another process is writing the embedded index and did not finish in the time that was allowed."""

    code = "search-busy"
    advice = "Another worker is writing the index; it will take this work too."


class SearchOutdated(SearchError):
    """The index was made with another declaration of fields, without what says who may see which document."""

    code = "search-outdated"
    advice = "The index was made by another version of the program and is written anew by itself (or `hoso reindex`)."


class SearchDamaged(SearchError):
    """The index answered something that cannot be true (a refused write, counts that do not add up)."""

    code = "search-damaged"
    advice = "Run `hoso audit`, then `hoso reindex` if it reports differences."


class RebuildRunning(SearchError):
    """A rebuild is under way in another process."""

    code = "search-rebuild-running"
    advice = "Wait for the running rebuild to end."


class CursorInvalid(SearchError):
    """A page cursor was not made by this program, or for another sort order."""

    code = "search-cursor-invalid"
    advice = "Begin again at the first page."

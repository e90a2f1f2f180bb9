"""Search by list: one question for each line, the answers as a table of found, several and none (job LIST).

Each line is asked as its owner would ask it, with the scope of that moment; what is shown of a document is checked
again when it is shown. A maker that dies goes on where it stopped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any

import structlog
from sqlalchemy import or_, select

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.errors import HosoError, NotFound, WrongState
from app.jobs import Job
from app.models import AskedState, Document, Identity, ListSearch, Person, PersonName, User, in_use
from app.services.access import Act, index_filter, owned_in, require, scope_of, visible_documents
from app.services.asked_rows import asked_row, begin_try, due, outdated, still_asked
from app.services.list_lines import LineKind, kind_of, question_of
from app.services.naming import persons_by_words, persons_named
from app.services.past_queries import keep_query
from app.services.purpose import require_purpose
from app.services.searching import checked, pending_access
from indexer import SearchRequest
from indexer.errors import SearchError
from indexer.folding import fold, folded_tokens

log = structlog.get_logger()

AT_ONCE = 50  # lines of one part: progress is told after each
SHORT = 100  # lines that are answered at once; longer lists are a job
A_TURN = 5  # parts, about two seconds: then other jobs of the queue have theirs
MOST_NAMESAKES = 1_000  # persons of one name that are counted


@dataclass(frozen=True, slots=True)
class Answer:
    """What one line found: how many documents, the only one (where it may be seen now), persons in the same way."""

    place: int
    line: str
    documents: int
    document: Document | None
    persons: int
    person: Person | None


def ask_list(uow: UnitOfWork, lines: Sequence[str], kind: LineKind) -> ListSearch:
    """Ask for these lines; `SHORT` ones are to be answered by the caller, the others by a job."""
    require(uow, Act.SEARCH)
    require_purpose(uow)
    if uow.actor.user_id is None or uow.actor.organisation_id is None:
        raise WrongState()
    row = ListSearch(
        user_id=uow.actor.user_id,
        organisation_id=uow.actor.organisation_id,
        kind=kind.value,
        lines=list(lines),
        answers=[],
        total=len(lines),
        asked_at=uow.now,
        touched_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.record("list-search.asked", "list-search", row.id, lines=len(lines))
    if len(lines) > SHORT:
        uow.defer(Job.LIST, row.id)
    return row


def list_search(uow: UnitOfWork, list_id: int) -> ListSearch:
    """A search by list of the actor; `NotFound` for everybody else's."""
    return asked_row(uow, ListSearch, list_id)


def make_list(backends: Backends, list_id: int) -> bool:
    """Answer the lines that are not answered yet, or a turn of them and ask for the next one; true where this call
    answered the last. Done again it changes nothing."""
    with backends.begin(SYSTEM) as uow:
        if begin_try(uow, ListSearch, list_id, failed="list-search.failed", name="list-search") is None:
            return False
    for turn in range(A_TURN):
        try:
            with backends.read(SYSTEM) as uow:
                row = uow.session.get_one(ListSearch, list_id)
                done, kind = len(row.answers), LineKind(row.kind)
                asking = uow.acting_as(uow.session.get_one(User, row.user_id).actor())
                part = _Asker(asking).answers(row.lines[done : done + AT_ONCE], kind)
        except (SearchError, HosoError) as error:  # the sweep asks again
            log.warning("list.not-answered", list=list_id, code=error.code)
            return False
        if _keep(backends, list_id, done, part, ring=turn + 1 == A_TURN):
            return True
    return False


def _keep(backends: Backends, list_id: int, done: int, part: Sequence[list[int | None]], *, ring: bool) -> bool:
    """Write the next answers, and ask for the next turn with `ring`; whether nothing more is to be asked."""
    with backends.begin(SYSTEM) as uow:
        row = still_asked(uow, ListSearch, list_id)
        if row is None or len(row.answers) != done:
            return True
        row.answers, row.touched_at, row.tries = [*row.answers, *part], uow.now, 0
        if len(row.answers) < row.total:
            if ring:
                uow.defer(Job.LIST, row.id)
            return False
        row.state = AskedState.DONE
        found = sum(1 for one in row.answers if one[0])
        uow.record("list-search.answered", "list-search", row.id, lines=row.total, count=found)
        return True


class _Asker:
    """Asks line after line within one scope."""

    def __init__(self, uow: UnitOfWork) -> None:
        require(uow, Act.SEARCH)
        self._uow = uow
        self._scope = scope_of(uow.session, uow.actor)
        self._allowed = index_filter(self._scope)
        self._pending = pending_access(uow)

    def answers(self, lines: Sequence[str], kind: LineKind) -> list[list[int | None]]:
        """Documents and persons of each line, as `ListSearch.answers` keeps them."""
        return [[*self._documents(question_of(one, kind)), *self._persons(one, kind)] for one in lines]

    def _documents(self, text: str) -> tuple[int, int | None]:
        named = persons_by_words(persons_named(self._uow, text))
        request = SearchRequest(text=text, limit=1, allowed=self._allowed, exclude=self._pending, persons=named)
        found = self._uow.search.find(request)
        seen = checked(self._uow, found)
        only = found.hits[0].id if found.total == 1 and found.hits and found.hits[0].id in seen else None
        return found.total, only

    def _persons(self, text: str, kind: LineKind) -> tuple[int, int | None]:
        kind = kind_of(text) if kind is LineKind.AUTO else kind
        within = select(Person.id).where(owned_in(Person.organisation_id, self._scope))
        if kind is LineKind.NAME:
            other = select(PersonName.person_id).where(PersonName.folded_name == fold(text))
            query = within.where(or_(Person.folded_name == fold(text), Person.id.in_(other)))
        elif kind is LineKind.IDENTITY:
            number = "".join(folded_tokens(text)).upper()
            query = within.where(Person.id.in_(select(Identity.person_id).where(Identity.number == number)))
        else:
            return 0, None
        ids = self._uow.session.scalars(query.limit(MOST_NAMESAKES)).all()
        return len(ids), ids[0] if len(ids) == 1 else None


def answers(uow: UnitOfWork, row: ListSearch) -> list[Answer]:
    """The lines that are answered so far; documents and persons that the actor may not see any more are none."""
    scope = scope_of(uow.session, uow.actor)
    documents = _loaded(
        uow, select(Document).where(in_use(), visible_documents(scope)), Document.id, (one[1] for one in row.answers)
    )
    persons = _loaded(
        uow, select(Person).where(owned_in(Person.organisation_id, scope)), Person.id, (one[3] for one in row.answers)
    )

    def told(place: int, given: Sequence[int | None]) -> Answer:
        count, document, people, person = given
        shown, known = documents.get(document or 0), persons.get(person or 0)
        return Answer(
            place,
            row.lines[place - 1],
            0 if document and shown is None else count or 0,
            shown,
            0 if person and known is None else people or 0,
            known,
        )

    return list(starmap(told, enumerate(row.answers, start=1)))


def _loaded(uow: UnitOfWork, query: Any, column: Any, ids: Any) -> dict[int, Any]:
    wanted = [one for one in dict.fromkeys(ids) if one]
    found: dict[int, Any] = {}
    for at in range(0, len(wanted), 500):
        found |= {row.id: row for row in uow.session.scalars(query.where(column.in_(wanted[at : at + 500])))}
    return found


def open_line(uow: UnitOfWork, row: ListSearch, place: int) -> str:
    """The actor's own key of the search for one line, from 1."""
    if not 1 <= place <= len(row.lines):
        raise NotFound()
    return keep_query(uow, text=question_of(row.lines[place - 1], LineKind(row.kind)))


def due_lists(uow: UnitOfWork) -> list[int]:
    """Lists whose maker has been silent."""
    return due(uow, ListSearch)


def forget_lists(backends: Backends) -> int:
    """Delete the lines and answers of lists older than exports are kept; how many there were."""
    with backends.begin(SYSTEM) as uow:
        gone = outdated(uow, ListSearch, days=backends.settings.export_days)
        for row in gone:
            row.lines, row.answers = [], []
    return len(gone)

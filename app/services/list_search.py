"""Search by list: one question for each line, the answers as a table of found, several and none (job LIST).

Each line is asked as its owner would ask it, with the scope of that moment; whom and what the owner may see is asked
again when answers are shown. A maker that dies goes on where it stopped.

A name is looked for as words in this order, and among the persons as the search knows names (`naming.called`). What is
found as it stands goes before what is nearly that; persons alone are found by their documents.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.errors import HosoError, ListLimit, NotFound
from app.jobs import Job
from app.models import AskedState, Document, Identity, ListSearch, Person, User, in_use
from app.services.access import Act, index_filter, require, scope_of, visible_documents, visible_persons
from app.services.asked_rows import asked_row, begin_try, due, outdated, still_asked
from app.services.keeping import Question, keeper
from app.services.list_lines import LineKind, kind_of, name_and_year, question_of
from app.services.naming import called
from app.services.purpose import require_purpose
from app.services.revisions import hold
from app.services.searching import checked, left_out
from indexer import SearchRequest
from indexer.errors import SearchError
from indexer.folding import folded_tokens

log = structlog.get_logger()

AT_ONCE = 50  # lines of one part: progress is told after each
SHORT = 100  # lines that are answered at once; longer lists are a job
A_TURN = 5  # parts, about two seconds: then other jobs of the queue have theirs
COUNTED_AT_ONCE = 200  # lines whose documents are counted with one request: all of a page
MOST_NAMESAKES = 1_000  # persons of one identity number that are counted
MOST_OPENED = 50  # persons whose documents a line opens; of more the name says too little


@dataclass(frozen=True, slots=True)
class Answer:
    """What one line found: how many documents, the only one (where it may be seen now), persons in the same way;
    `near`: of a name that is not wholly the one of the line; `too_many`: so many are called so that their documents
    were not asked for."""

    place: int
    line: str
    documents: int
    document: Document | None
    persons: int
    person: Person | None
    near: bool = False
    too_many: bool = False


@dataclass(frozen=True, slots=True)
class _OfName:
    """What a name found: the words or else the persons (ids) whose documents are meant, how many these are (None: not
    asked for) and the only one, the persons, and whether they are nearly called so."""

    text: str
    filed_to: tuple[int, ...]
    documents: tuple[int | None, int | None]
    persons: tuple[Person, ...]
    near: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    """One of `ListSearch.answers`, as its model says; of lists that were asked before these were kept, `several` is
    empty and `filed` false."""

    documents: int | None
    document: int | None
    persons: int
    person: int | None
    near: int = 0
    several: Sequence[int] = ()
    filed: int = 0

    @property
    def meant(self) -> Sequence[int]:
        """The persons, by id."""
        return self.several or ([self.person] if self.person else [])


def ask_list(uow: UnitOfWork, lines: Sequence[str], kind: LineKind, *, most: int) -> ListSearch:
    """Ask for these lines; `SHORT` ones are to be answered by the caller, the others by a job. Raises `ListLimit` where
    the account would have asked for more than `most` lines within 24 hours."""
    require(uow, Act.SEARCH)
    require_purpose(uow)
    user_id, organisation_id = keeper(uow)
    hold(uow, uow.session.get_one(User, user_id))  # two lists at once are counted one after the other
    since = uow.now - timedelta(hours=24)
    recent = select(func.sum(ListSearch.total)).where(
        ListSearch.user_id == uow.actor.user_id, ListSearch.asked_at > since
    )
    left = most - (uow.session.scalar(recent) or 0)
    if len(lines) > left:
        raise ListLimit(
            f"Mỗi tài khoản tìm được {most} dòng trong 24 giờ, tài khoản này còn {max(0, left)} dòng. Tìm danh sách "
            "ngắn hơn hoặc chờ; nếu công việc cần nhiều hơn, đề nghị người quản trị nâng giới hạn."
        )
    row = ListSearch(
        user_id=user_id,
        organisation_id=organisation_id,
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


def _keep(backends: Backends, list_id: int, done: int, part: Sequence[list[Any]], *, ring: bool) -> bool:
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
        self._scope = scope_of(uow)
        self._allowed = index_filter(self._scope)
        self._pending = left_out(uow)

    def answers(self, lines: Sequence[str], kind: LineKind) -> list[list[Any]]:
        """Documents and persons of each line, as `ListSearch.answers` keeps them."""
        return [self._answer(one, kind_of(one) if kind is LineKind.AUTO else kind) for one in lines]

    def _answer(self, text: str, kind: LineKind) -> list[Any]:
        if kind is LineKind.NAME:
            found = self.of_name(text)
            ids = [person.id for person in found.persons]
            return [*found.documents, *_persons_kept(ids, near=found.near), int(bool(found.filed_to))]
        documents = self._documents(question_of(text, kind))
        ids = self._with_identity(text) if kind is LineKind.IDENTITY else []
        return [*documents, *_persons_kept(ids), 0]

    def of_name(self, text: str) -> _OfName:
        """Documents and persons of a name, with a year of birth beside it or without: that year is known of persons
        alone."""
        name, year = name_and_year(text)
        found = called(self._uow, name, year)
        ids = tuple(person.id for person in found.persons)
        sure = bool(ids) and not found.near
        words = question_of(text, LineKind.NAME)
        if not (sure and year):
            documents = self._documents(words)
            if documents[0] and (sure or year is None):
                return _OfName(words, (), documents, found.persons if sure else (), near=False)
            if documents[0]:
                return _OfName(words, (), documents, found.persons, near=True)
        if not 0 < len(ids) <= MOST_OPENED:
            return _OfName(words, (), (None if ids else 0, None), found.persons, found.near)
        return _OfName("", ids, self._documents("", ids), found.persons, found.near)

    def _documents(self, text: str, filed_to: Sequence[int] = ()) -> tuple[int, int | None]:
        found = self._uow.search.find(self.request(text, filed_to))
        seen = checked(self._uow, found)
        only = found.hits[0].id if found.total == 1 and found.hits and found.hits[0].id in seen else None
        return found.total, only

    def request(self, text: str, filed_to: Sequence[int] = ()) -> SearchRequest:
        """The words, or the documents filed to these persons, as the index is asked for them. Words in quotation marks
        or of a field name nobody: no person is looked up here."""
        filters = {"person": tuple(map(str, filed_to))} if filed_to else {}
        return SearchRequest(text=text, limit=1, allowed=self._allowed, exclude=self._pending, filters=filters)

    def _with_identity(self, text: str) -> list[int]:
        """Persons with this identity number."""
        number = "".join(folded_tokens(text)).upper()
        within = select(Person.id).where(visible_persons(self._scope))
        query = within.where(Person.id.in_(select(Identity.person_id).where(Identity.number == number)))
        return list(self._uow.session.scalars(query.limit(MOST_NAMESAKES)))


def _persons_kept(ids: Sequence[int], *, near: bool = False) -> list[Any]:
    """How many persons, the only one, whether they are nearly called so, and several."""
    return [len(ids), ids[0] if len(ids) == 1 else None, int(near), list(ids) if len(ids) > 1 else []]


def answers(uow: UnitOfWork, row: ListSearch, places: range | None = None) -> list[Answer]:
    """The lines that are answered so far; documents and persons that the actor may not see any more are none. Where
    several documents were found they are counted again, of the lines at these `places` (from 1; None: of all): up to
    0.5 ms of processor time a line among 20,000 documents, 2 ms among a million, 20 ms for its commonest names.

    Raises `SearchError` where the index does not answer.
    """
    scope = scope_of(uow)
    kept = [_Kept(*given) for given in row.answers]
    within = visible_persons(scope)
    documents = _loaded(
        uow, select(Document).where(in_use(), visible_documents(scope)), Document.id, (one.document for one in kept)
    )
    persons = _loaded(uow, select(Person).where(within), Person.id, (one.person for one in kept))
    several = _loaded(
        uow,
        select(Person).where(within).options(load_only(Person.id)),
        Person.id,
        (i for one in kept for i in one.several),
    )
    known = persons.keys() | several.keys()
    shown = range(1, len(kept) + 1) if places is None else places
    counts = _recounted(uow, row, {at: kept[at - 1] for at in shown if at <= len(kept)}, known)

    def told(place: int, one: _Kept) -> Answer:
        document, person = documents.get(one.document or 0), persons.get(one.person or 0)
        count = 0 if one.document and document is None else counts.get(place, one.documents or 0)
        people = sum(id_ in known for id_ in one.meant) if one.meant else one.persons
        near, too_many = bool(one.near) and count + people > 0, one.documents is None and people > 0
        return Answer(place, row.lines[place - 1], count, document, people, person, near=near, too_many=too_many)

    return [told(place, one) for place, one in enumerate(kept, start=1)]


def _recounted(uow: UnitOfWork, row: ListSearch, kept: Mapping[int, _Kept], known: Container[int]) -> dict[int, int]:
    """Of the lines by their places that found several documents, how many these are to the actor now; `known` are the
    persons in scope."""
    again = {place: one for place, one in kept.items() if one.documents and not one.document}
    if not again:
        return {}
    asker, kind = _Asker(uow), LineKind(row.kind)
    requests: dict[int, SearchRequest] = {}
    for place, one in again.items():
        ids = [id_ for id_ in one.meant if id_ in known]
        if not one.filed:
            requests[place] = asker.request(question_of(row.lines[place - 1], kind))
        elif ids:
            requests[place] = asker.request("", ids)
    asked = list(requests.values())
    parts = (asked[at : at + COUNTED_AT_ONCE] for at in range(0, len(asked), COUNTED_AT_ONCE))
    counts = [count for part in parts for count in uow.search.count(part)]
    return dict.fromkeys(again, 0) | dict(zip(requests, counts, strict=True))


def _loaded(uow: UnitOfWork, query: Any, column: Any, ids: Any) -> dict[int, Any]:
    wanted = [one for one in dict.fromkeys(ids) if one]
    found: dict[int, Any] = {}
    for at in range(0, len(wanted), 500):
        found |= {row.id: row for row in uow.session.scalars(query.where(column.in_(wanted[at : at + 500])))}
    return found


def question_at(uow: UnitOfWork, row: ListSearch, place: int) -> Question:
    """The search for one line, from 1; of a name that only persons bear, for their documents. Raises `SearchError`
    where the index does not answer."""
    if not 1 <= place <= len(row.lines):
        raise NotFound()
    line, kind = row.lines[place - 1], LineKind(row.kind)
    if (kind_of(line) if kind is LineKind.AUTO else kind) is not LineKind.NAME:
        return Question(question_of(line, kind))
    found = _Asker(uow).of_name(line)
    return Question(found.text, {"person": tuple(map(str, found.filed_to))})


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

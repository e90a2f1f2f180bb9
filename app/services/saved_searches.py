"""Saved searches: kept under a name, one's own or shared with one's organisation; who is told of new results.

Matches are made by `percolating` without asking who may see what; here they are filtered by the scope that the reader
has now, so that a right that was given, a flag that was set or a document that was removed since counts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, delete, func, literal, or_, select

from app.actor import Actor
from app.backends import UnitOfWork
from app.models import Document, Person, PersonName, SavedSearch, SearchAlert, SearchMatch, User, in_use
from app.services.access import Act, known_whole, require, role_allows, scope_of, visible_documents, visible_persons
from app.services.keeping import Question, all_open, keeper, one_open, open_to, own_names, require_own
from app.services.local_day import today
from app.services.naming import names_like, persons_named
from app.services.paging import PAGE_SIZE, Page
from app.services.past_queries import LONGEST_TEXT, keep_query
from app.services.purpose import require_purpose
from app.services.revisions import hold
from app.services.wording import Complaints, line
from indexer import parse
from indexer.folding import fold
from indexer.tree import Alike, And, Node, Not, Or, Text, Value

MOST_SEARCHES = 200  # of one account: more than that nobody looks through
LONGEST_ALERT = timedelta(days=366)  # of an alert on a named person: then somebody has to say again why
SHORTEST_BASIS = 10  # characters, as many as of a stated purpose: a number and what it is of
MOST_COUNTED = 99  # new documents of one search in the rail; more are "99+"
MOST_NEARLY = 3  # names that the words of a question may have been meant for: one line
PERSON = "person"
_NAMING = (PERSON, "identities", "people")


@dataclass(frozen=True, slots=True)
class AlertData:
    """Who is told wants to be: on what basis and to which day, which a search for a named person must say."""

    basis: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document that a saved search found since its alert was set; `is_new`: since the account last looked."""

    document: Document
    found_at: datetime
    is_new: bool


def save_search(
    uow: UnitOfWork, question: Question, *, name: str, shared: bool = False, alert: AlertData | None = None
) -> SavedSearch:
    """Keep a question under a name; with `alert` the account is told of new results. Raises `Invalid` by field."""
    require(uow, Act.SEARCH)
    require_purpose(uow)
    user_id, organisation_id = keeper(uow)
    kept = Question(line(question.text)[:LONGEST_TEXT], {n: tuple(v) for n, v in question.filters.items() if v})
    wrong = Complaints()
    if not kept.text and not kept.filters:
        wrong.add("name", "Chưa có gì để lưu: tìm trước, rồi lưu tìm kiếm.")
    _check_name(uow, wrong, name, None)
    if alert is not None:
        _check_alert(uow, wrong, kept, alert)
    wrong.settle()
    row = SavedSearch(
        user_id=user_id,
        organisation_id=organisation_id,
        name=line(name),
        text=kept.text,
        filters={name: list(values) for name, values in kept.filters.items()},
        shared=shared,
        created_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.record("saved-search.saved", "saved-search", row.id, shared=shared)
    if alert is not None:
        _put_alert(uow, row, alert)
    return row


def saved_searches(uow: UnitOfWork) -> list[SavedSearch]:
    """One's own and those that colleagues share, by name. Their words may be names: who has to say why, says it."""
    require_purpose(uow)
    return all_open(uow, SavedSearch)


def saved_search(uow: UnitOfWork, search_id: int) -> SavedSearch:
    """One of them; `NotFound` for everybody else's."""
    require_purpose(uow)
    return one_open(uow, SavedSearch, search_id)


def edit_search(uow: UnitOfWork, row: SavedSearch, *, name: str, shared: bool) -> None:
    """Another name, shared or not any more: then colleagues are no longer told. Raises `Invalid`, `NotAllowed`."""
    require_own(uow, row)
    hold(uow, row)
    wrong = Complaints()
    _check_name(uow, wrong, name, row)
    wrong.settle()
    if row.shared and not shared:
        others = SearchAlert.user_id != row.user_id
        uow.session.execute(delete(SearchAlert).where(SearchAlert.saved_search_id == row.id, others))
        row.revision += 1
    row.name, row.shared = line(name), shared
    uow.record("saved-search.changed", "saved-search", row.id, shared=shared)


def delete_search(uow: UnitOfWork, row: SavedSearch) -> None:
    """Forget the question, its matches and who was told of them; the row stays, the audit trail speaks of it."""
    require_own(uow, row)
    hold(uow, row)
    for table in (SearchAlert, SearchMatch):
        uow.session.execute(delete(table).where(table.saved_search_id == row.id))
    row.name, row.text, row.filters, row.shared = "", "", {}, False
    row.deleted_at, row.revision = uow.now, row.revision + 1
    uow.record("saved-search.deleted", "saved-search", row.id)


def open_search(uow: UnitOfWork, row: SavedSearch) -> str | None:
    """The actor's own key of the words and persons of the question; None where it is filters alone."""
    persons = tuple(row.filters.get(PERSON, ()))
    uow.record("saved-search.opened", "saved-search", row.id)
    return keep_query(uow, text=row.text, persons=persons) if row.text or persons else None


# --- Who is told -------------------------------------------------------------------------------------------------


def alert_of(uow: UnitOfWork, row: SavedSearch) -> SearchAlert | None:
    """The actor's own alert, if there is one."""
    return alerts_of(uow, [row]).get(row.id)


def alerts_of(uow: UnitOfWork, rows: Sequence[SavedSearch]) -> dict[int, SearchAlert]:
    """The actor's own alerts by the id of the saved search."""
    own = (SearchAlert.user_id == uow.actor.user_id, SearchAlert.saved_search_id.in_([row.id for row in rows]))
    return {alert.saved_search_id: alert for alert in uow.session.scalars(select(SearchAlert).where(*own))}


def set_alert(uow: UnitOfWork, row: SavedSearch, alert: AlertData | None) -> None:
    """Tell the actor of new results from now on, or not any more. Raises `Invalid` by field."""
    require(uow, Act.SEARCH)
    hold(uow, row)
    if alert is None:
        known = alert_of(uow, row)
        if known is not None:
            uow.session.delete(known)
            row.revision += 1
            uow.record("saved-search.alert-dropped", "saved-search", row.id)
        return
    require_purpose(uow)
    wrong = Complaints()
    _check_alert(uow, wrong, Question(row.text, row.filters), alert)
    wrong.settle()
    _put_alert(uow, row, alert)


def has_ended(uow: UnitOfWork, alert: SearchAlert) -> bool:
    """Whether the last day on which it tells is over."""
    return alert.until is not None and alert.until < today(uow)


def follows(uow: UnitOfWork, alert: SearchAlert) -> bool:
    """Whether an alert may follow a named person: it says on what basis, and ends within a year."""
    last = today(uow) + LONGEST_ALERT
    return len(alert.basis) >= SHORTEST_BASIS and alert.until is not None and alert.until <= last


def told_accounts(uow: UnitOfWork, ids: Collection[int]) -> dict[int, list[tuple[SearchAlert, Actor]]]:
    """By the ids of saved searches: the alerts that tell today, of accounts that are open and may open the search."""
    same_office = SavedSearch.organisation_id == User.organisation_id
    query = (
        select(SearchAlert, User)
        .join(SavedSearch, SavedSearch.id == SearchAlert.saved_search_id)
        .join(User, User.id == SearchAlert.user_id)
        .where(or_(SearchAlert.until.is_(None), SearchAlert.until >= today(uow)), User.active.is_(True))
        .where(SavedSearch.deleted_at.is_(None))
        .where(or_(SavedSearch.user_id == User.id, and_(SavedSearch.shared.is_(True), same_office)))
        .order_by(SearchAlert.id)
    )
    wanted, found = sorted(ids), dict[int, list[tuple[SearchAlert, Actor]]]()
    for at in range(0, len(wanted), 500):
        rows = uow.session.execute(query.where(SearchAlert.saved_search_id.in_(wanted[at : at + 500])))
        for alert, account in rows:
            if role_allows(account.role, Act.SEARCH):
                found.setdefault(alert.saved_search_id, []).append((alert, account.actor()))
    return found


def is_deaf_to_names(uow: UnitOfWork, row: SavedSearch) -> bool:
    """Whether the question names a person and yet tells nobody of what is filed to them, since an alert on it has no
    basis or no end: set before the person was entered."""
    told = told_accounts(uow, [row.id]).get(row.id, [])
    if all(follows(uow, alert) for alert, _ in told):
        return False
    return names_person(uow, Question(row.text, row.filters))


def names_person(uow: UnitOfWork, question: Question) -> bool:
    """Whether a question is for a named person: a person chosen as filter, a name or an identity number in a field, or
    words in which the whole name of a person in scope stands, in any order."""
    require_purpose(uow)
    if question.filters.get(PERSON):
        return True
    if any(_is_naming(node) for node in parse(question.text).node.nodes):
        return True
    if any(not one.part for one in persons_named(uow, question.text)):
        return True
    words = f" {fold(question.text)} "
    within = visible_persons(scope_of(uow))
    names = select(Person.folded_name).where(within)
    others = select(PersonName.folded_name).join(Person, Person.id == PersonName.person_id).where(within)
    known = names.union(others).subquery()
    called = literal(words).contains(literal(" ") + known.c.folded_name + literal(" "))
    return uow.session.scalar(select(known.c.folded_name).where(known.c.folded_name != "", called).limit(1)) is not None


def names_nearly(uow: UnitOfWork, row: SavedSearch) -> tuple[str, ...]:
    """Names that differ by one mistake from one in the question, where it names nobody as it is written. An alert
    tells nothing of theirs: whoever is followed is named, and the basis is for no one else."""
    if names_person(uow, Question(row.text, row.filters)):
        return ()
    return tuple(dict.fromkeys(one.name for one in names_like(uow, row.text)))[:MOST_NEARLY]


def _is_naming(node: Node) -> bool:
    if isinstance(node, And | Or):
        return any(_is_naming(part) for part in node.nodes)
    if isinstance(node, Not | Alike):
        return _is_naming(node.node)
    return isinstance(node, Text | Value) and node.field in _NAMING


# --- What is new -------------------------------------------------------------------------------------------------


def new_counts(uow: UnitOfWork) -> dict[int, int]:
    """How many new documents each saved search of the actor has that the actor may see now."""
    query = _told(uow, SearchMatch.found_at > SearchAlert.seen_at)
    counted = query.with_only_columns(SearchMatch.saved_search_id, func.count()).group_by(SearchMatch.saved_search_id)
    return {row[0]: row[1] for row in uow.session.execute(counted)}


def new_total(uow: UnitOfWork) -> int:
    """How many new documents there are in all, each counted once; no more than `MOST_COUNTED` + 1 are counted."""
    query = _told(uow, SearchMatch.found_at > SearchAlert.seen_at)
    some = query.with_only_columns(SearchMatch.document_id).distinct().limit(MOST_COUNTED + 1)
    return uow.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def found_documents(uow: UnitOfWork, row: SavedSearch, *, limit: int = PAGE_SIZE, offset: int = 0) -> Page[NewDocument]:
    """What the actor was told of since the alert was set, as far as it may be seen now, the newest first."""
    query = _told(uow, SearchMatch.saved_search_id == row.id)
    total = uow.session.scalar(query.with_only_columns(func.count())) or 0
    listed = query.order_by(SearchMatch.found_at.desc(), SearchMatch.document_id.desc()).limit(limit).offset(offset)
    rows = uow.session.execute(listed).all()
    items = [NewDocument(document, found_at, is_new=found_at > seen_at) for document, found_at, seen_at in rows]
    return Page(items, total, offset, limit)


def mark_seen(uow: UnitOfWork, row: SavedSearch, *, until: datetime) -> None:
    """The actor has looked at what was found up to this moment."""
    alert = alert_of(uow, row)
    if alert is not None and until > alert.seen_at:
        alert.seen_at = until
    uow.record("saved-search.viewed", "saved-search", row.id)


def _told(uow: UnitOfWork, *conditions: ColumnElement[bool]) -> Select[Document, datetime, datetime]:
    """Matches of the actor's alerts that tell today, of documents that the actor may see now."""
    return (
        select(Document, SearchMatch.found_at, SearchAlert.seen_at)
        .join(SearchMatch, SearchMatch.document_id == Document.id)
        .join(SearchAlert, SearchAlert.saved_search_id == SearchMatch.saved_search_id)
        .join(SavedSearch, SavedSearch.id == SearchAlert.saved_search_id)
        .where(
            SearchAlert.user_id == uow.actor.user_id,
            or_(SearchAlert.until.is_(None), SearchAlert.until >= today(uow)),
            SearchMatch.holds.is_(True),
            SearchMatch.found_at > SearchAlert.since,
            open_to(uow, SavedSearch),
            in_use(),
            Document.access_pending.is_(False),
            visible_documents(scope_of(uow)),
            known_whole(scope_of(uow)),
            *conditions,
        )
    )


# --- Checks ------------------------------------------------------------------------------------------------------


def _check_name(uow: UnitOfWork, wrong: Complaints, name: str, row: SavedSearch | None) -> None:
    kept = line(name)
    wrong.length("name", kept, 120, least=1)
    known = own_names(uow, SavedSearch, but=row)
    if kept in known:
        wrong.add("name", "Đã có một tìm kiếm với tên này. Đặt tên khác.")
    if row is None and len(known) >= MOST_SEARCHES:
        wrong.add("name", f"Đã lưu {MOST_SEARCHES} tìm kiếm; xóa bớt rồi lưu.")


def _check_alert(uow: UnitOfWork, wrong: Complaints, question: Question, alert: AlertData) -> None:
    basis = line(alert.basis)
    wrong.length("basis", basis, 300)
    last = today(uow) + LONGEST_ALERT
    if alert.until is not None and alert.until < today(uow):
        wrong.add("until", "Ngày thôi báo không thể trước hôm nay.")
    if not names_person(uow, question):
        return
    if len(basis) < SHORTEST_BASIS:
        wrong.add("basis", "Theo dõi một người cụ thể phải ghi căn cứ, ví dụ số và ngày của kế hoạch hoặc quyết định.")
    if alert.until is None:
        wrong.add("until", "Theo dõi một người cụ thể phải có ngày thôi báo.")
    elif alert.until > last:
        wrong.add("until", f"Theo dõi một người cụ thể không quá ngày {last:%d/%m/%Y}.")


def _put_alert(uow: UnitOfWork, row: SavedSearch, alert: AlertData) -> None:
    known = alert_of(uow, row)
    if known is None:
        known = SearchAlert(
            saved_search_id=row.id, user_id=uow.actor.user_id or 0, since=uow.now, seen_at=uow.now, basis="", until=None
        )
        uow.session.add(known)
    elif has_ended(uow, known):
        known.since = known.seen_at = uow.now  # what came while it was silent is not told of now
    known.basis, known.until = line(alert.basis), alert.until
    row.revision += 1
    uow.session.flush()
    until = None if alert.until is None else alert.until.isoformat()
    uow.record("saved-search.alert-set", "saved-search", row.id, basis=known.basis, until=until)

"""Work lists: documents put together from results, in an order of their own, with notes; one's own or shared with one's
organisation. What is filed or bundled from a list later asks here which documents of it the actor may see.

An entry that the reader may not see is not there for them: neither counted nor told by a gap.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count

from sqlalchemy import Select, delete, func, select

from app.backends import UnitOfWork
from app.errors import Invalid, NotFound, SearchUnavailable
from app.models import Document, WorkList, WorkListEntry, in_use
from app.services.access import Act, require, scope_of, visible_documents
from app.services.keeping import all_open, keeper, one_open, own_names, require_own
from app.services.paging import PAGE_SIZE, Page, paged
from app.services.revisions import hold
from app.services.searching import Query, checked, request_of
from app.services.wording import Complaints, line, lines
from indexer.errors import SearchError

MOST_LISTS = 200  # of one account
MOST_ENTRIES = 5_000  # of one list: a cabinet; and as many as are read from the index in a second or two
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding documents: those that are on the list now, and those that stood there before."""

    added: int
    known: int


def create_list(uow: UnitOfWork, *, name: str, note: str = "", shared: bool = False) -> WorkList:
    """An empty list of the actor. Raises `Invalid` by field."""
    require(uow, Act.SEARCH)
    user_id, organisation_id = keeper(uow)
    _check(uow, name, note, None)
    row = WorkList(
        user_id=user_id,
        organisation_id=organisation_id,
        name=line(name),
        note=lines(note),
        shared=shared,
        created_at=uow.now,
        changed_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.record("work-list.created", "work-list", row.id, shared=shared)
    return row


def edit_list(uow: UnitOfWork, row: WorkList, *, name: str, note: str, shared: bool) -> None:
    """Another name or note, shared or not. Raises `Invalid` by field, `NotAllowed` for a colleague's."""
    require_own(uow, row)
    hold(uow, row)
    _check(uow, name, note, row)
    row.name, row.note, row.shared, row.changed_at = line(name), lines(note), shared, uow.now
    uow.record("work-list.edited", "work-list", row.id, shared=shared)


def delete_list(uow: UnitOfWork, row: WorkList) -> None:
    """Forget a list with its notes; the documents stay where they are."""
    require_own(uow, row)
    hold(uow, row)
    uow.session.execute(delete(WorkListEntry).where(WorkListEntry.work_list_id == row.id))
    row.name, row.note, row.shared, row.deleted_at = "", "", False, uow.now
    uow.record("work-list.deleted", "work-list", row.id)


def work_lists(uow: UnitOfWork) -> list[WorkList]:
    """One's own and those that colleagues share, by name."""
    return all_open(uow, WorkList)


def work_list(uow: UnitOfWork, list_id: int) -> WorkList:
    """One of them; `NotFound` for everybody else's."""
    return one_open(uow, WorkList, list_id)


# --- Entries -----------------------------------------------------------------------------------------------------


def entries(uow: UnitOfWork, row: WorkList, *, limit: int = PAGE_SIZE, offset: int = 0) -> Page[WorkListEntry]:
    """The entries that the actor may see, in their order."""
    listed = _seen_entries(uow).where(WorkListEntry.work_list_id == row.id)
    return paged(uow.session, listed.order_by(WorkListEntry.position), limit=limit, offset=offset)


def entry_counts(uow: UnitOfWork, rows: Sequence[WorkList]) -> dict[int, int]:
    """How many entries of each list the actor may see."""
    wanted = WorkListEntry.work_list_id.in_([row.id for row in rows])
    query = _seen_entries(uow).where(wanted).with_only_columns(WorkListEntry.work_list_id, func.count())
    return {row[0]: row[1] for row in uow.session.execute(query.group_by(WorkListEntry.work_list_id))}


def add_documents(uow: UnitOfWork, row: WorkList, ids: Iterable[int]) -> Added:
    """Put documents at the end of a list, in this order; those that stand there already stay where they are. What the
    actor may not see is left out without a word. Raises `Invalid` where the list would grow too long."""
    require_own(uow, row)
    hold(uow, row)
    wanted = list(dict.fromkeys(ids))
    listed = select(WorkListEntry.document_id).where(WorkListEntry.work_list_id == row.id)
    known = set(uow.session.scalars(listed))
    seen = _seen(uow, wanted)
    new = [id_ for id_ in wanted if id_ in seen and id_ not in known]
    if len(known) + len(new) > MOST_ENTRIES:
        raise Invalid(fields={"name": f"Một danh sách có nhiều nhất {MOST_ENTRIES} văn bản. Thu hẹp kết quả rồi lập."})
    last = uow.session.scalar(select(func.max(WorkListEntry.position)).where(WorkListEntry.work_list_id == row.id))
    for id_, position in zip(new, count((last or 0) + 1), strict=False):
        uow.session.add(WorkListEntry(work_list_id=row.id, document_id=id_, position=position, added_at=uow.now))
    row.changed_at = uow.now
    uow.session.flush()
    uow.record("work-list.added", "work-list", row.id, count=len(new))
    return Added(len(new), len([id_ for id_ in wanted if id_ in seen and id_ in known]))


def results_of(uow: UnitOfWork, question: Query) -> list[int]:
    """The ids of all results of a question, in its order. Raises `Invalid` where they are more than a list takes."""
    request = request_of(uow, question)
    found: dict[int, None] = {}
    cursor: str | None = None
    try:
        while True:
            part = uow.search.find(replace(request, limit=AT_ONCE, cursor=cursor))
            if part.total > MOST_ENTRIES:
                raise Invalid(fields={"name": f"Nhiều hơn {MOST_ENTRIES} kết quả. Thêm bộ lọc rồi lập danh sách."})
            rows = checked(uow, part)
            found |= {hit.id: None for hit in part.hits if hit.id in rows}
            cursor = part.cursor
            if cursor is None:
                return list(found)
    except SearchError as error:
        raise SearchUnavailable() from error


def remove_entry(uow: UnitOfWork, row: WorkList, entry_id: int) -> None:
    """Take an entry off."""
    uow.session.delete(_entry(uow, row, entry_id))
    row.changed_at = uow.now
    uow.record("work-list.removed", "work-list", row.id, entry=entry_id)


def note_entry(uow: UnitOfWork, row: WorkList, entry_id: int, note: str) -> None:
    """Write what is to be remembered of an entry. Raises `Invalid`."""
    entry = _entry(uow, row, entry_id)
    wrong = Complaints()
    wrong.length("note", line(note), 300)
    wrong.settle()
    entry.note, row.changed_at = line(note), uow.now


def move_entry(uow: UnitOfWork, row: WorkList, entry_id: int, *, place: int) -> None:
    """Make an entry the one at `place`, from 1, of those that the actor may see; beyond the end it is the last."""
    entry = _entry(uow, row, entry_id)
    own = WorkListEntry.work_list_id == row.id
    rows = uow.session.scalars(select(WorkListEntry).where(own).order_by(WorkListEntry.position)).all()
    shown = _seen(uow, [one.document_id for one in rows])
    others = [one for one in rows if one is not entry]
    seen = [one for one in others if one.document_id in shown]
    place = max(place, 1)
    at = others.index(seen[place - 1]) if place <= len(seen) else len(others)
    for position, one in enumerate([*others[:at], entry, *others[at:]], start=1):
        one.position = position
    row.changed_at = uow.now


def _entry(uow: UnitOfWork, row: WorkList, entry_id: int) -> WorkListEntry:
    """An entry of one's own list that the actor may see, the list held."""
    require_own(uow, row)
    hold(uow, row)
    found = uow.session.scalar(
        _seen_entries(uow).where(WorkListEntry.work_list_id == row.id, WorkListEntry.id == entry_id)
    )
    if found is None:
        raise NotFound()
    return found


def _seen_entries(uow: UnitOfWork) -> Select[WorkListEntry]:
    visible = visible_documents(scope_of(uow))
    joined = select(WorkListEntry).join(Document, Document.id == WorkListEntry.document_id)
    return joined.where(in_use(), visible)


def _seen(uow: UnitOfWork, ids: Sequence[int]) -> set[int]:
    """Those of these documents that the actor may see."""
    visible = visible_documents(scope_of(uow))
    found: set[int] = set()
    for at in range(0, len(ids), AT_ONCE):
        part = Document.id.in_(ids[at : at + AT_ONCE])
        found |= set(uow.session.scalars(select(Document.id).where(part, in_use(), visible)))
    return found


def _check(uow: UnitOfWork, name: str, note: str, row: WorkList | None) -> None:
    wrong = Complaints()
    kept = line(name)
    wrong.length("name", kept, 120, least=1)
    wrong.length("note", lines(note), 1000)
    known = own_names(uow, WorkList, but=row)
    if kept in known:
        wrong.add("name", "Đã có một danh sách với tên này. Đặt tên khác.")
    if row is None and len(known) >= MOST_LISTS:
        wrong.add("name", f"Đã có {MOST_LISTS} danh sách; xóa bớt rồi lập.")
    wrong.settle()

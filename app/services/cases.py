"""Cases (hồ sơ): one procedure for one person, opened here or in mid-life, with the dossiers its law asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from app.backends import UnitOfWork
from app.errors import Invalid, NotFound, RulesUnknown, WrongState
from app.models import Case, CaseEvent, CaseState, Dossier, Organisation, Person
from app.services.access import Act, require, scope_of, visible_cases
from app.services.counting import next_number
from app.services.local_day import today
from app.services.paging import PAGE_SIZE, Page, paged
from app.services.persons import matching
from app.services.purpose import require_purpose
from app.services.revisions import hold, hold_at
from app.services.wording import Complaints, line, lines
from config.rules import Regime, circumstances, regimes, rules_on

_COUNTER = "case"


@dataclass(frozen=True, slots=True)
class EarlierAct:
    """Something that happened before the case came here, its number typed from paper."""

    happened_on: date
    title: str
    issuer: str = ""
    number_text: str = ""


@dataclass(frozen=True, slots=True)
class CaseData:
    """What is typed about a case. `act_date` picks the law; `opened_on` is today where it is None; `earlier` is for a
    case that began elsewhere."""

    procedure: str
    act_date: date
    opened_on: date | None = None
    began_elsewhere: bool = False
    earlier: tuple[EarlierAct, ...] = ()
    term_from: date | None = None
    term_to: date | None = None
    note: str = ""


def open_case(uow: UnitOfWork, *, person: Person, data: CaseData, answers: Mapping[str, bool] | None = None) -> Case:
    """A new case with its code (HS-2026-0042, per organisation and year of opening) and its dossiers.

    `answers` are circumstances of the law data known from the start. Raises `RulesUnknown` where the law of `act_date`
    has no such procedure, `Invalid` by field.
    """
    require(uow, Act.CASE_EDIT, person)
    data = _checked(uow, data)
    known = dict(answers or {})
    for key in known:
        _refuse_unknown_circumstance(key)
    opened_on = data.opened_on or today(uow)
    number = next_number(uow, person.organisation_id, _COUNTER, opened_on.year)
    case = Case(
        organisation_id=person.organisation_id,
        code=f"HS-{opened_on.year}-{number:04d}",
        person_id=person.id,
        procedure=data.procedure,
        act_date=data.act_date,
        opened_on=opened_on,
        began_elsewhere=data.began_elsewhere,
        term_from=data.term_from,
        term_to=data.term_to,
        note=data.note,
        circumstances=known,
        created_at=uow.now,
    )
    case.dossiers = [Dossier(checklist=key) for key in _checklists(case)]
    case.events = [_event(uow, act) for act in data.earlier]
    uow.session.add(case)
    uow.session.flush()
    uow.record("case.opened", "case", case.id, person=person.id, procedure=case.procedure, elsewhere=len(data.earlier))
    return case


def edit_case(uow: UnitOfWork, case: Case, *, data: CaseData, revision: int) -> Case:
    """Change an open case seen at `revision`, else `Conflict`. A new procedure or date of the act changes the dossiers
    to those its law asks for; the code stays. Earlier acts are added with `add_event`."""
    require(uow, Act.CASE_EDIT, case)
    hold_at(uow, case, revision)
    _refuse_closed(case)
    data = _checked(uow, replace(data, opened_on=data.opened_on or case.opened_on))
    changed = [name for name in _EDITED if getattr(case, name) != getattr(data, name)]
    if not changed:
        return case
    for name in _EDITED:
        setattr(case, name, getattr(data, name))
    case.revision += 1
    if "procedure" in changed or "act_date" in changed:
        _lay_dossiers(uow, case)
    uow.record("case.edited", "case", case.id, changed=changed)
    return case


def add_event(
    uow: UnitOfWork, case: Case, *, happened_on: date, title: str, issuer: str = "", number_text: str = ""
) -> CaseEvent:
    """Something that happened in an open case, here or at another body (its number typed from paper)."""
    require(uow, Act.CASE_EDIT, case)
    hold(uow, case)
    _refuse_closed(case)
    wrong = Complaints()
    act = _checked_act(EarlierAct(happened_on, title, issuer, number_text), "", today(uow), wrong)
    wrong.settle()
    event = _event(uow, act)
    case.events.append(event)
    uow.session.flush()
    uow.record("case.event-added", "case", case.id, event=event.id)
    return event


def set_circumstance(uow: UnitOfWork, case: Case, key: str, value: bool | None) -> Case:
    """Answer a condition of the law data for an open case: true, false, or None for not known."""
    require(uow, Act.CASE_EDIT, case)
    _refuse_unknown_circumstance(key)
    hold(uow, case)
    _refuse_closed(case)
    known = {name: answer for name, answer in case.circumstances.items() if name != key}
    if value is not None:
        known[key] = value
    if known != case.circumstances:
        case.circumstances = known
        case.revision += 1
        uow.record("case.circumstance-set", "case", case.id, circumstance=key, value=value)
    return case


def close_case(uow: UnitOfWork, case: Case) -> Case:
    """Close a case: it can be read and filed to, but no longer changed."""
    return _move(uow, case, CaseState.OPEN, CaseState.CLOSED, "case.closed")


def reopen_case(uow: UnitOfWork, case: Case) -> Case:
    """Open a closed case again."""
    return _move(uow, case, CaseState.CLOSED, CaseState.OPEN, "case.reopened")


def case(uow: UnitOfWork, id_or_code: int | str) -> Case:
    """One case in scope by id, code, or `ORGANISATION:CODE` where a code is not unique there; else `NotFound`."""
    query = select(Case).where(visible_cases(scope_of(uow)))
    if isinstance(id_or_code, int):
        query = query.where(Case.id == id_or_code)
    else:
        owner, _, code = id_or_code.strip().upper().rpartition(":")
        query = query.where(Case.code == code)
        if owner:
            query = query.join(Organisation, Organisation.id == Case.organisation_id).where(Organisation.code == owner)
    found = uow.session.scalars(query.options(*_LOADED)).all()
    if not found:
        raise NotFound()
    found = [row for row in found if row.organisation_id == uow.actor.organisation_id] or found
    if len(found) > 1:
        raise Invalid(fields={"case": "Nhiều cơ quan có mã hồ sơ này; ghi MÃ_CƠ_QUAN:MÃ_HỒ_SƠ."})
    require(uow, Act.CASE_VIEW, found[0])
    return found[0]


def cases(
    uow: UnitOfWork,
    *,
    text: str = "",
    state: CaseState | None = None,
    person: Person | None = None,
    limit: int = PAGE_SIZE,
    offset: int = 0,
) -> Page[Case]:
    """Cases in scope, newest first. `text` is a code or part of one, or words of the person (as in `persons`)."""
    require(uow, Act.CASE_VIEW)
    query = select(Case).where(visible_cases(scope_of(uow)))
    if state is not None:
        query = query.where(Case.state == state)
    if person is not None:
        query = query.where(Case.person_id == person.id)
    if words := line(text):
        require_purpose(uow)
        people = matching(select(Person), words).with_only_columns(Person.id)
        query = query.where(or_(Case.code.contains(words.upper(), autoescape=True), Case.person_id.in_(people)))
    ordered = query.order_by(Case.opened_on.desc(), Case.id.desc()).options(*_LOADED)
    return paged(uow.session, ordered, limit=limit, offset=offset)


_LOADED = (
    selectinload(Case.person).selectinload(Person.identities),
    selectinload(Case.organisation),
    selectinload(Case.dossiers),
    selectinload(Case.events),
)
_EDITED = ("procedure", "act_date", "opened_on", "began_elsewhere", "term_from", "term_to", "note")


def _regime(day: date) -> Regime:
    if day < regimes()[0].first_day:
        raise RulesUnknown()
    return rules_on(day)


def _checklists(case: Case) -> list[str]:
    return [row.key for row in _regime(case.act_date).checklists_for(case.procedure)]


def _lay_dossiers(uow: UnitOfWork, case: Case) -> None:
    wanted = _checklists(case)
    for dossier in list(case.dossiers):
        if dossier.checklist not in wanted:
            case.dossiers.remove(dossier)
            uow.session.delete(dossier)
    present = {dossier.checklist for dossier in case.dossiers}
    case.dossiers.extend(Dossier(checklist=key) for key in wanted if key not in present)
    uow.session.flush()


def _event(uow: UnitOfWork, act: EarlierAct) -> CaseEvent:
    return CaseEvent(
        happened_on=act.happened_on,
        title=act.title,
        issuer=act.issuer,
        number_text=act.number_text,
        user_id=uow.actor.user_id,
        created_at=uow.now,
    )


def _checked(uow: UnitOfWork, data: CaseData) -> CaseData:
    if data.procedure not in {row.key for row in _regime(data.act_date).procedures}:
        raise RulesUnknown("Quy định của ngày này không có thủ tục đã chọn, hoặc chưa có trong dữ liệu.")
    day = today(uow)
    wrong = Complaints()
    if data.opened_on is not None and data.opened_on > day:
        wrong.add("opened_on", "Ngày lập hồ sơ không thể sau hôm nay.")
    if data.earlier and not data.began_elsewhere:
        wrong.add("began_elsewhere", "Đánh dấu hồ sơ đã bắt đầu ở nơi khác, hoặc bỏ các việc trước đó.")
    if data.term_from and data.term_to and data.term_to < data.term_from:
        wrong.add("term_to", "Ngày kết thúc thời hạn phải từ ngày bắt đầu trở đi.")
    note = lines(data.note)
    wrong.length("note", note, 1000)
    earlier = tuple(_checked_act(act, f"earlier.{n}.", day, wrong) for n, act in enumerate(data.earlier))
    wrong.settle()
    return replace(data, note=note, earlier=earlier)


def _checked_act(act: EarlierAct, prefix: str, day: date, wrong: Complaints) -> EarlierAct:
    kept = EarlierAct(act.happened_on, line(act.title), line(act.issuer), line(act.number_text))
    wrong.length(f"{prefix}title", kept.title, 300, least=1)
    wrong.length(f"{prefix}issuer", kept.issuer, 200)
    wrong.length(f"{prefix}number_text", kept.number_text, 80)
    if kept.happened_on > day:
        wrong.add(f"{prefix}happened_on", "Ngày diễn ra không thể sau hôm nay.")
    return kept


def _refuse_unknown_circumstance(key: str) -> None:
    if key not in {row.key for row in circumstances()}:
        raise Invalid(fields={"circumstances": "Quy định không có điều kiện này. Tải lại trang rồi chọn lại."})


def _refuse_closed(case: Case) -> None:
    if case.state is CaseState.CLOSED:
        raise WrongState("Hồ sơ đã đóng. Mở lại hồ sơ trước khi sửa.")


def _move(uow: UnitOfWork, case: Case, before: CaseState, after: CaseState, kind: str) -> Case:
    require(uow, Act.CASE_EDIT, case)
    hold(uow, case)
    if case.state is not before:
        raise WrongState()
    case.state = after
    case.revision += 1
    uow.record(kind, "case", case.id)
    return case

"""Persons: the subjects of cases as one organisation knows them."""

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.backends import UnitOfWork
from app.errors import NotFound
from app.jobs import ALL, Job
from app.models import Case, CaseDocument, FilingState, Identity, Person, PersonKey, PersonName, Relative
from app.services.access import Act, Owner, require, scope_of, visible_persons
from app.services.local_day import today
from app.services.naming import ids_named
from app.services.paging import PAGE_SIZE, Page, paged
from app.services.person_data import IdentityData, PersonData, RelativeData, checked
from app.services.purpose import require_purpose
from app.services.revisions import hold_at, hold_documents
from app.services.wording import Complaints
from indexer.folding import fold, folded_tokens, sort_key
from indexer.name_keys import keys_of_name

__all__ = [
    "IdentityData",
    "PersonData",
    "RelativeData",
    "create_person",
    "edit_person",
    "matching",
    "person",
    "person_data",
    "persons",
]

_PLAIN = (
    "full_name",
    "sex",
    "birth_date",
    "birth_precision",
    "residence",
    "occupation",
    "workplace",
    "phone",
    "note",
)
_SHOWN = ("full_name", "names", "identities")
"""What the search index shows of a person."""


def create_person(uow: UnitOfWork, *, organisation_id: int, data: PersonData) -> Person:
    """A new person of an organisation. Raises `Invalid` by field; an identity number is known once per organisation."""
    require(uow, Act.PERSON_EDIT, Owner(organisation_id))
    data = checked(data, today=today(uow))
    _refuse_known_numbers(uow, organisation_id, data.identities, None)
    row = Person(organisation_id=organisation_id, created_at=uow.now)
    _write_plain(row, data)
    row.names = [_name(name) for name in data.names]
    row.keys = _keys(data)
    row.identities = [_identity(identity) for identity in data.identities]
    row.relatives = [_relative(relative) for relative in data.relatives]
    uow.session.add(row)
    uow.session.flush()
    uow.record("person.created", "person", row.id)
    return row


def edit_person(uow: UnitOfWork, row: Person, *, data: PersonData, revision: int) -> Person:
    """Change a person seen at `revision`, else `Conflict`. Filed documents are indexed again where search shows it."""
    require(uow, Act.PERSON_EDIT, row)
    hold_at(uow, row, revision)
    data = checked(data, today=today(uow))
    before = person_data(row)
    _refuse_known_numbers(uow, row.organisation_id, data.identities, row.id)
    changed = [name for name in (*_PLAIN, *_LISTS) if getattr(before, name) != getattr(data, name)]
    if not changed:
        return row
    _write_plain(row, data)
    for name in _LISTS:
        if name in changed:
            _replace(uow, row, name, data)
    if {"full_name", "names"} & set(changed):
        row.keys = []
        uow.session.flush()
        row.keys = _keys(data)
    row.revision += 1
    uow.session.flush()
    uow.record("person.edited", "person", row.id, changed=changed)
    if set(changed) & set(_SHOWN):
        _touch_documents(uow, row)
    return row


def person(uow: UnitOfWork, person_id: int) -> Person:
    """One person in scope with names, identity papers and relatives; else `NotFound`."""
    row = uow.session.scalar(
        select(Person)
        .where(Person.id == person_id)
        .options(
            selectinload(Person.names),
            selectinload(Person.identities),
            selectinload(Person.relatives),
            selectinload(Person.organisation),
        )
    )
    if row is None:
        raise NotFound()
    require(uow, Act.PERSON_VIEW, row)
    return row


def persons(uow: UnitOfWork, *, text: str = "", limit: int = PAGE_SIZE, offset: int = 0) -> Page[Person]:
    """Persons in scope, by given name. Every word of `text` must be in the name, another name or an identity number,
    with or without accents; where nobody is called so, whom it names or nearly names (`naming`)."""
    require(uow, Act.PERSON_VIEW)
    require_purpose(uow)
    query = select(Person).where(visible_persons(scope_of(uow)))
    listed = _matching_or_named(uow, query, text).order_by(Person.sort_key, Person.id)
    loaded = listed.options(selectinload(Person.identities), selectinload(Person.organisation))
    return paged(uow.session, loaded, limit=limit, offset=offset)


def _matching_or_named(uow: UnitOfWork, query: Select[Person], text: str) -> Select[Person]:
    """As `matching`; where nobody fits, those whom the text names in another way: by initials, with the year of birth,
    with one mistake."""
    found = matching(query, text)
    if not text or uow.session.scalar(found.with_only_columns(Person.id).limit(1)) is not None:
        return found
    return query.where(Person.id.in_(ids_named(uow, text)))


def matching(query: Select[Person], text: str) -> Select[Person]:
    """The query over persons, narrowed to those whom every word of the text fits."""
    for word in folded_tokens(text):
        also_known = select(PersonName.id).where(
            PersonName.person_id == Person.id, PersonName.folded_name.contains(word, autoescape=True)
        )
        numbered = select(Identity.id).where(
            Identity.person_id == Person.id, Identity.number.icontains(word, autoescape=True)
        )
        named = Person.folded_name.contains(word, autoescape=True)
        query = query.where(named | also_known.exists() | numbered.exists())
    return query


def person_data(row: Person) -> PersonData:
    """What a person's form shows: the record as it could be typed."""
    return PersonData(
        **{name: getattr(row, name) for name in _PLAIN},
        names=tuple(name.name for name in row.names),
        identities=tuple(IdentityData(i.kind, i.number, i.issued_on, i.issued_by) for i in row.identities),
        relatives=tuple(
            RelativeData(r.relation, r.full_name, r.birth_year, r.occupation, r.workplace, r.residence, r.phone)
            for r in row.relatives
        ),
    )


def _write_plain(row: Person, data: PersonData) -> None:
    for name in _PLAIN:
        setattr(row, name, getattr(data, name))
    row.folded_name = fold(data.full_name)
    row.sort_key = sort_key(data.full_name)


def _name(name: str) -> PersonName:
    return PersonName(name=name, folded_name=fold(name))


def _keys(data: PersonData) -> list[PersonKey]:
    """What each of the person's names is found by."""
    keys = dict.fromkeys(key for name in (data.full_name, *data.names) for key in keys_of_name(name))
    return [PersonKey(key=key) for key in keys]


def _identity(data: IdentityData) -> Identity:
    return Identity(kind=data.kind, number=data.number, issued_on=data.issued_on, issued_by=data.issued_by)


def _relative(data: RelativeData) -> Relative:
    return Relative(
        relation=data.relation,
        full_name=data.full_name,
        birth_year=data.birth_year,
        occupation=data.occupation,
        workplace=data.workplace,
        residence=data.residence,
        phone=data.phone,
    )


_LISTS = ("names", "identities", "relatives")


def _replace(uow: UnitOfWork, row: Person, name: str, data: PersonData) -> None:
    """Write a list anew: the old rows go first, for an identity number may stand in both."""
    for old in list(getattr(row, name)):
        uow.session.delete(old)
    uow.session.flush()
    uow.session.expire(row, [name])
    made: Iterable[PersonName | Identity | Relative]
    if name == "names":
        made = [_name(value) for value in data.names]
    elif name == "identities":
        made = [_identity(value) for value in data.identities]
    else:
        made = [_relative(value) for value in data.relatives]
    getattr(row, name).extend(made)


def _refuse_known_numbers(
    uow: UnitOfWork, organisation_id: int, identities: tuple[IdentityData, ...], person_id: int | None
) -> None:
    numbers = [identity.number for identity in identities]
    taken = uow.session.execute(
        select(Identity.number, Identity.person_id)
        .join(Person, Person.id == Identity.person_id)
        .where(Person.organisation_id == organisation_id, Identity.number.in_(numbers))
    ).all()
    wrong = Complaints()
    for number, holder in taken:
        if holder != person_id:
            place = numbers.index(number)
            wrong.add(f"identities.{place}.number", "Số giấy tờ này đã ghi cho người khác trong cơ quan. Tìm người đó.")
    wrong.settle()


def _touch_documents(uow: UnitOfWork, row: Person) -> None:
    """Say that the index must learn of a person's new names or numbers, for every document filed to their cases."""
    filed = (
        select(CaseDocument.document_id)
        .join(Case, Case.id == CaseDocument.case_id)
        .where(Case.person_id == row.id, CaseDocument.state == FilingState.ACCEPTED)
    )
    documents = hold_documents(uow, uow.session.scalars(filed))
    for document in documents:
        document.touch()
    if documents:
        uow.defer(Job.INDEX, ALL)

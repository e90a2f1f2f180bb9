"""The story of the demonstration as read from its data files: people, cases, test papers, papers made here."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from app.models import BirthPrecision, IdentityKind, Sex
from app.services.cases import CaseData, EarlierAct
from app.services.person_data import IdentityData, PersonData, RelativeData

HERE = Path(__file__).parent
ISSUED_BY = "Cục Cảnh sát quản lý hành chính về trật tự xã hội"


@dataclass(frozen=True, slots=True)
class TestPaper:
    """A paper that the demonstration makes itself and takes in as a file. `form` of the file: docx, pdf, scan, poor.
    `head` names the issuing body; none for personal papers; `own` for the body that keeps the case."""

    form: str
    type: str
    title: str
    subject: str
    date: date
    head: str
    item: str
    number: str = ""
    symbol: str = ""
    signed: bool | None = None


@dataclass(frozen=True, slots=True)
class MadePaper:
    """A paper made through one of the forms, and how far it goes: draft, presented, approved, numbered, released,
    signed_copy."""

    form: str
    act_date: date
    until: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoryCase:
    """One case: whose, of which body, its answers to the conditions of the law data, its papers."""

    key: str
    body: str
    person: str
    data: CaseData
    answers: Mapping[str, bool]
    papers: tuple[TestPaper, ...]
    forms: tuple[MadePaper, ...]


@cache
def people() -> Mapping[str, PersonData]:
    """The invented people, by key."""
    rows = tomllib.loads((HERE / "people.toml").read_text(encoding="utf-8"))["person"]
    return {row["key"]: _person(row) for row in rows}


def _person(row: Mapping[str, Any]) -> PersonData:
    return PersonData(
        full_name=row["full_name"],
        sex=Sex(row["sex"]),
        birth_date=row["birth_date"],
        birth_precision=BirthPrecision(row.get("birth_precision", "day")),
        residence=row["residence"],
        occupation=row["occupation"],
        workplace=row["workplace"],
        names=tuple(row.get("names", ())),
        identities=(IdentityData(IdentityKind.CCCD, row["id"], row["id_on"], ISSUED_BY),),
        relatives=(RelativeData(**row["relative"]),) if "relative" in row else (),
    )


@cache
def cases() -> tuple[StoryCase, ...]:
    """The cases, in the order in which they are opened."""
    rows = tomllib.loads((HERE / "story.toml").read_text(encoding="utf-8"))["case"]
    return tuple(_case(row) for row in rows)


def _case(row: Mapping[str, Any]) -> StoryCase:
    data = CaseData(
        procedure=row["procedure"],
        act_date=row["act_date"],
        opened_on=row["act_date"],
        began_elsewhere=row.get("began_elsewhere", False),
        earlier=tuple(
            EarlierAct(act["on"], act["title"], act.get("issuer", ""), act.get("number", ""))
            for act in row.get("earlier", ())
        ),
        term_from=row.get("term_from"),
        term_to=row.get("term_to"),
        note=row.get("gap", ""),
    )
    return StoryCase(
        key=row["key"],
        body=row["body"],
        person=row["person"],
        data=data,
        answers=row.get("answers", {}),
        papers=tuple(_paper(paper) for paper in row.get("papers", ())),
        forms=tuple(
            MadePaper(paper["form"], paper["act_date"], paper["until"], paper.get("values", {}))
            for paper in row.get("forms", ())
        ),
    )


def _paper(row: Mapping[str, Any]) -> TestPaper:
    rest = {name: row[name] for name in ("number", "symbol", "signed") if name in row}
    return TestPaper(
        form=row["as"],
        type=row["type"],
        title=row["title"],
        subject=row["subject"],
        date=row["date"],
        head=row["head"],
        item=row["item"],
        **rest,
    )

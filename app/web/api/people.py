"""Persons and cases over REST."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from app.models import Case, CaseDocument, Paper, Person
from app.services.access import Act
from app.services.cases import case as find_case
from app.services.cases import cases
from app.services.filing import filings, proposals
from app.services.paging import Page
from app.services.papers import papers
from app.services.persons import person as find_person
from app.services.persons import persons
from app.web.api.shapes import CaseOut, FiledOut, ListIn, PaperOut, PartIn, PersonOut, listing, offset_of, part
from app.web.context import reading, seen
from app.web.guard import requires

blueprint = Blueprint("api_people", __name__, url_prefix="/api/v1", description="Persons and cases")

Asked = dict[str, Any]
MOST_PROPOSALS = 500  # of one case; an officer decides them long before


def _person(row: Person) -> dict[str, Any]:
    return {
        "person": row.id,
        "name": row.full_name,
        "birth_date": row.birth_date.isoformat() if row.birth_date else None,
        "birth_precision": row.birth_precision.value,
        "sex": row.sex.value if row.sex else None,
        "organisation": row.organisation.code,
    }


def _case(row: Case) -> dict[str, Any]:
    return {
        "case": row.id,
        "code": row.code,
        "procedure": row.procedure,
        "state": row.state.value,
        "person": row.person_id,
        "act_date": row.act_date.isoformat(),
        "organisation": row.organisation.code,
    }


def _paper(row: Paper) -> dict[str, Any]:
    return {
        "paper": row.id,
        "form": row.form,
        "title": row.title,
        "state": row.state.value,
        "number": row.number,
        "date": row.number_date.isoformat() if row.number_date else None,
        "document": row.document_id,
        "signed_document": row.signed_document_id,
    }


def _filed(row: CaseDocument) -> dict[str, Any]:
    return {
        "document": row.document_id,
        "title": row.document.title,
        "item": row.item,
        "state": row.state.value,
        "source": row.source.value,
    }


@blueprint.route("/persons")
class Persons(MethodView):
    """Persons by given name."""

    @requires(Act.PERSON_VIEW)
    @blueprint.arguments(ListIn, location="query")
    @blueprint.response(200, listing(PersonOut))
    def get(self, asked: Asked) -> dict[str, Any]:
        """The persons in scope; `q` finds names with or without accents, other names and identity numbers."""
        with reading() as uow:
            page = persons(uow, text=asked["q"], limit=asked["limit"], offset=offset_of(asked["cursor"]))
            value = part(page, _person)
        seen("person.listed", "person", None, count=len(page.items))
        return value


@blueprint.route("/persons/<int:person_id>")
class OnePerson(MethodView):
    """One person."""

    @requires(Act.PERSON_VIEW)
    @blueprint.response(200, PersonOut)
    def get(self, person_id: int) -> dict[str, Any]:
        """A person."""
        with reading() as uow:
            value = _person(find_person(uow, person_id))
        seen("person.viewed", "person", person_id)
        return value


@blueprint.route("/cases")
class Cases(MethodView):
    """Cases, newest first."""

    @requires(Act.CASE_VIEW)
    @blueprint.arguments(ListIn, location="query")
    @blueprint.response(200, listing(CaseOut))
    def get(self, asked: Asked) -> dict[str, Any]:
        """The cases in scope; `q` finds codes and persons."""
        with reading() as uow:
            page = cases(uow, text=asked["q"], limit=asked["limit"], offset=offset_of(asked["cursor"]))
            value = part(page, _case)
        seen("case.listed", "case", None, count=len(page.items))
        return value


@blueprint.route("/cases/<int:case_id>")
class OneCase(MethodView):
    """One case."""

    @requires(Act.CASE_VIEW)
    @blueprint.response(200, CaseOut)
    def get(self, case_id: int) -> dict[str, Any]:
        """A case."""
        with reading() as uow:
            value = _case(find_case(uow, case_id))
        seen("case.viewed", "case", case_id)
        return value


@blueprint.route("/cases/<int:case_id>/documents")
class CaseDocuments(MethodView):
    """The documents of a case."""

    @requires(Act.CASE_VIEW)
    @blueprint.arguments(PartIn, location="query")
    @blueprint.response(200, listing(FiledOut))
    def get(self, asked: Asked, case_id: int) -> dict[str, Any]:
        """The documents filed, then those proposed by the machine, as far as the caller may see them."""
        offset, limit = offset_of(asked["cursor"]), asked["limit"]
        with reading() as uow:
            case = find_case(uow, case_id)
            rows = [*filings(uow, case=case), *proposals(uow, case=case, limit=MOST_PROPOSALS).items]
            value = part(Page(rows[offset : offset + limit], len(rows), offset, limit), _filed)
        seen("case.viewed", "case", case_id)
        return value


@blueprint.route("/cases/<int:case_id>/papers")
class CasePapers(MethodView):
    """The papers of a case."""

    @requires(Act.PAPER_VIEW)
    @blueprint.arguments(PartIn, location="query")
    @blueprint.response(200, listing(PaperOut))
    def get(self, asked: Asked, case_id: int) -> dict[str, Any]:
        """The papers prepared in a case, from draft to release."""
        with reading() as uow:
            case = find_case(uow, case_id)
            value = part(papers(uow, case=case, limit=asked["limit"], offset=offset_of(asked["cursor"])), _paper)
        seen("case.viewed", "case", case_id)
        return value

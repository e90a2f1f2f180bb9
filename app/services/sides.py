"""Front and back: how many sheets (tờ) the pages of a document are, as a person says or as the machine believes."""

from app.backends import UnitOfWork
from app.errors import WrongState
from app.models import Document, DocumentFact, Source
from app.services.access import Act, require
from app.services.revisions import hold

FACT = "two_sided"
DUPLEX = "DUPLEX_ORDER"
"""The doubt about a scan whose printed page numbers show that fronts and backs came in the wrong order."""


def sheets_of(document: Document) -> int | None:
    """How many sheets of paper the pages are; None where it is not known whether they are printed on both sides."""
    pages = len(document.pages)
    if document.two_sided is None:
        return None
    return (pages + 1) // 2 if document.two_sided else pages


def set_sides(uow: UnitOfWork, document: Document, *, two_sided: bool) -> None:
    """Say whether each sheet has two of the pages; no reading changes it afterwards."""
    require(uow, Act.DOCUMENT_EDIT, document)
    hold(uow, document)
    if not document.pages:
        raise WrongState("Văn bản này chưa có trang nào.")
    document.two_sided = two_sided
    fact = _said(document)
    if fact is None:
        fact = DocumentFact(document_id=document.id, name=FACT, value="")
        document.facts.append(fact)
    fact.source, fact.user_id, fact.at = Source.PERSON, uow.actor.user_id, uow.now
    uow.session.flush()
    uow.record("document.sides-set", "document", document.id, two_sided=two_sided)


def believe_sides(document: Document, two_sided: bool | None) -> None:
    """What the machine believes, where no person has said it."""
    if _said(document) is None:
        document.two_sided = two_sided


def _said(document: Document) -> DocumentFact | None:
    return next((fact for fact in document.facts if fact.name == FACT), None)

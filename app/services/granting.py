"""Leave to read single cases of other organisations: who has it for a document, and whether some of it has ended."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from app.backends import UnitOfWork
from app.models import Case, CaseDocument, CaseGrant, Document, FilingState, User, leave_in_force
from app.services.access import Act, owned_in, require, scope_of


def leaves_for(uow: UnitOfWork, document: Document) -> Sequence[CaseGrant]:
    """Leave in force today by which accounts elsewhere read this document, of cases that are the asker's own."""
    require(uow, Act.DOCUMENT_VIEW, document)
    query = (
        select(CaseGrant)
        .join(Case, Case.id == CaseGrant.case_id)
        .join(User, User.id == CaseGrant.user_id)
        .join(CaseDocument, CaseDocument.case_id == Case.id)
        .where(
            CaseDocument.document_id == document.id,
            CaseDocument.state == FilingState.ACCEPTED,
            leave_in_force(uow.now),
            CaseGrant.organisation_id == User.organisation_id,
            owned_in(Case.organisation_id, scope_of(uow)),
        )
        .options(joinedload(CaseGrant.user).joinedload(User.organisation), joinedload(CaseGrant.case))
        .order_by(CaseGrant.id)
    )
    return uow.session.scalars(query).all()


def leave_ended_since(uow: UnitOfWork, moment: datetime) -> bool:
    """Whether leave that the asker had at this moment, or was given after it, is over now."""
    over = or_(CaseGrant.ends_at <= uow.now, and_(CaseGrant.revoked_at > moment, CaseGrant.revoked_at <= uow.now))
    query = select(CaseGrant.id).where(CaseGrant.user_id == uow.actor.user_id, CaseGrant.ends_at > moment, over)
    return uow.session.scalar(query.limit(1)) is not None

"""Why names are looked up: inspectors and archivists say it once for a working session, and every line that the session
leaves in the trail carries it.

Any word may be somebody's name, and a facet lists names even where nothing was typed: for these roles every search asks
for it, and so do the list of persons, a list of cases narrowed by words, suggestions, and whatever keeps words that
were asked (saved searches, searches by list, exports), one's own of another session too. What is stated belongs to the
session that stated it: it ends with the session, and nobody else can take it up.
"""

import secrets
from datetime import timedelta

from sqlalchemy import select

from app.actor import Actor, Purpose, Role
from app.backends import UnitOfWork
from app.errors import PurposeMissing
from app.models import StatedPurpose
from app.services.access import Act, require
from app.services.wording import Complaints, line

STATING = frozenset({Role.INSPECTOR, Role.ARCHIVIST})
"""The roles that look into records which are not their own work."""

SESSION_AGE = timedelta(hours=12)  # one working day, as long as the cookie of a session lives
SHORTEST_TEXT, LONGEST_TEXT, LONGEST_NUMBER = 10, 300, 80  # characters
_KEY_BYTES = 15  # 120 bits, as the keys of past queries


def must_state(actor: Actor) -> bool:
    """Whether this actor still has to say why before names are looked up."""
    return actor.role in STATING and actor.purpose is None


def require_purpose(uow: UnitOfWork) -> None:
    """Raise `PurposeMissing` where the actor has to say why first."""
    if must_state(uow.actor):
        raise PurposeMissing()


def checked(text: str, case_number: str) -> Purpose:
    """What was typed, as it is kept. Raises `Invalid` by field (`purpose`, `case_number`)."""
    made = Purpose(line(text), line(case_number))
    wrong = Complaints()
    wrong.length("purpose", made.text, LONGEST_TEXT, least=SHORTEST_TEXT)
    wrong.length("case_number", made.case_number, LONGEST_NUMBER, least=1)
    if made.case_number and not any(char.isdigit() for char in made.case_number):
        wrong.add("case_number", "Số vụ việc phải có chữ số, ví dụ 12/QĐ-TTr.")
    wrong.settle()
    return made


def state_purpose(uow: UnitOfWork, *, text: str, case_number: str) -> str:
    """Keep why this session looks names up; the key under which its requests find it again."""
    require(uow, Act.PURPOSE_STATE)
    made = checked(text, case_number)
    row = StatedPurpose(
        key=secrets.token_urlsafe(_KEY_BYTES),
        user_id=uow.actor.user_id,
        text=made.text,
        case_number=made.case_number,
        stated_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.record("purpose.stated", "account", uow.actor.user_id, purpose=made.text, case_number=made.case_number)
    return row.key


def stated_purpose(uow: UnitOfWork, user_id: int, key: str) -> Purpose | None:
    """What this account stated under the key, while its session lasts."""
    row = _row(uow, user_id, key)
    if row is None or row.stated_at <= uow.now - SESSION_AGE:
        return None
    return Purpose(row.text, row.case_number)


def end_purpose(uow: UnitOfWork, user_id: int, key: str) -> None:
    """The session is over: its key opens nothing any more."""
    row = _row(uow, user_id, key)
    if row is not None:
        row.ended_at = uow.now


def _row(uow: UnitOfWork, user_id: int, key: str) -> StatedPurpose | None:
    own = (StatedPurpose.key == key, StatedPurpose.user_id == user_id, StatedPurpose.ended_at.is_(None))
    return uow.session.scalar(select(StatedPurpose).where(*own))

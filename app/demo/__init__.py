"""The demonstration: invented people in invented places, and what an office does with their papers.

Nobody here can be real: places are called Mẫu, identity numbers begin with 000 (no province has that code), names end
in Thử, Mẫu or Nghiệm. See docs/demonstration.md.
"""

from sqlalchemy import select

from app.actor import SYSTEM
from app.backends import Backends
from app.demo.bodies import SUPERVISOR, make_accounts, make_bodies
from app.models import Organisation
from app.setting_up import FirstAccount


def load_demonstration(backends: Backends) -> list[FirstAccount]:
    """Load it once; a second call changes nothing and returns no accounts."""
    with backends.begin(SYSTEM) as uow:
        if uow.session.scalar(select(Organisation.id).where(Organisation.code == SUPERVISOR)) is not None:
            return []
        bodies = make_bodies(uow)
        accounts = make_accounts(uow, bodies)
    return accounts

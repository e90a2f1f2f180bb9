"""The demonstration: invented people in invented places, and what an office does with their papers.

Nobody here can be real: places are called Mẫu, identity numbers begin with 000 (no province has that code), names hold
the word Thử or Mẫu (test, sample). See docs/demonstration.md.
"""

from sqlalchemy import select

from app.actor import SYSTEM, Actor, Role
from app.backends import Backends
from app.demo.bodies import SUPERVISOR, Bodies, make_accounts, make_bodies
from app.demo.drawing import Content
from app.demo.office import Office, issue, offices
from app.demo.story import StoryCase, cases, people
from app.demo.taking_in import Errand, take_in_papers, take_in_plans
from app.models import Organisation, Person, User
from app.services.cases import open_case
from app.services.persons import create_person
from app.setting_up import FirstAccount

_OFFICE_ROLES = (Role.RECORDS_OFFICER, Role.LEADER, Role.OFFICE_CLERK)


def load_demonstration(backends: Backends) -> list[FirstAccount]:
    """Load it once; a second call changes nothing and returns no accounts.

    Everything is written through the services, as the accounts of the demonstration; what was taken in is read by the
    workers afterwards, the public texts first.
    """
    with backends.begin(SYSTEM) as uow:
        if uow.session.scalar(select(Organisation.id).where(Organisation.code == SUPERVISOR)) is not None:
            return []
        bodies = make_bodies(uow)
        accounts = make_accounts(uow, bodies)
    desks = _offices(backends, bodies)
    take_in_plans(backends, desks["police"].officer)
    opened = _open_cases(backends, bodies, desks)
    take_in_papers(backends, _errands(opened, bodies, desks))
    for story, case_id in opened:
        for made in story.forms:
            issue(backends, desks[story.body], case_id, made)
    return accounts


def _offices(backends: Backends, bodies: Bodies) -> dict[str, Office]:
    keys = {bodies.police.id: "police", bodies.committee.id: "committee", bodies.facility.id: "facility"}
    found: dict[tuple[str, str], Actor] = {}
    with backends.read() as uow:
        for user in uow.session.scalars(select(User).where(User.role.in_(_OFFICE_ROLES))):
            if user.organisation_id in keys:
                found[(user.role.value, keys[user.organisation_id])] = user.actor()
    return offices(found)


def _open_cases(backends: Backends, bodies: Bodies, desks: dict[str, Office]) -> list[tuple[StoryCase, int]]:
    """The people and cases; the same human in two bodies would be two persons."""
    known: dict[tuple[str, str], int] = {}
    opened = []
    for story in cases():
        body = getattr(bodies, story.body)
        with backends.begin(desks[story.body].officer) as uow:
            key = (story.body, story.person)
            if key not in known:
                known[key] = create_person(uow, organisation_id=body.id, data=people()[story.person]).id
            person = uow.session.get_one(Person, known[key])
            opened.append((story, open_case(uow, person=person, data=story.data, answers=story.answers).id))
    return opened


def _errands(opened: list[tuple[StoryCase, int]], bodies: Bodies, desks: dict[str, Office]) -> list[Errand]:
    found = []
    for story, case_id in opened:
        own: Organisation = getattr(bodies, story.body)
        for paper in story.papers:
            head = {"none": "", "own": own.name}.get(paper.head, paper.head)
            superior = own.superior_name if head == own.name else "Tỉnh Mẫu"
            content = Content(paper, people()[story.person], head, superior)
            found.append(Errand(content, case_id, desks[story.body].officer))
    return found

"""Secrets are planted and looked for in every output: nobody is shown them, nor learns by any count that they exist."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from structlog.testing import capture_logs

from app.actor import Role
from app.backends import Backends, UnitOfWork
from app.models import CaseDocument, CaseGrant, Document, Event, FilingState, Organisation
from app.services import saved_searches, tokens, work_lists
from app.services.indexing import index_due
from app.services.keeping import Question
from config.settings import Settings
from tests import factories
from tests.conftest import Bell
from tests.functional import planted
from tests.functional.conftest import account, browser_of
from tests.functional.planted import (
    ASKED_MORE,
    EVERYWHERE,
    MARK,
    MORE,
    OUTPUTS,
    PAGES,
    SECRET_ID,
    SHARED,
    Planted,
    decoy_of,
    told,
)

INNOCENT = ("quan ly sau cai", "1/QĐ-UBND")
CHANGING = ("search page", "search page, search down", "search over REST", "suggestions", "export, CSV")
LATE = f"{MARK}late"


@pytest.fixture
def world(application: Flask, backends: Backends, settings: Settings, bell: Bell, office: Organisation) -> Planted:
    """The officer at home with open records, a saved search that tells of new ones, a work list; nothing is planted."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow).id
        ids, citing, person, case = planted.open_records(uow, uow.session.get_one(Organisation, office.id))
    user = account(backends, office, Role.RECORDS_OFFICER)
    with backends.begin(user.actor()) as uow:
        bearer = tokens.add_token(uow, uow.session.merge(user), "thử")
        question = Question("quản lý sau cai", {})
        saved = saved_searches.save_search(
            uow, question, name="sau cai", shared=False, alert=saved_searches.AlertData("", None)
        ).id
        row = work_lists.create_list(uow, name="để xem", shared=False)
        work_lists.add_documents(uow, row, ids)
        listed = row.id
    index_due(backends)
    browser = browser_of(application, backends, bell, user)
    return Planted(
        application,
        backends,
        settings,
        browser,
        user,
        bearer,
        office.id,
        elsewhere,
        ids,
        citing,
        person,
        case,
        saved,
        listed,
    )


def plant(world: Planted) -> dict[str, int]:
    with world.backends.begin(factories.SYSTEM_ACTOR) as uow:
        home, elsewhere = (uow.session.get_one(Organisation, one) for one in (world.home, world.elsewhere))
        found = planted.plant(uow, home, elsewhere, world.user)
    index_due(world.backends)
    return found


def innocent(world: Planted) -> Iterator[tuple[str, str]]:
    """Every output, asked without knowing of anything."""
    for name, output in OUTPUTS.items():
        for text in INNOCENT[: 1 if name.startswith("export") else None]:
            yield f"{name}: {text}", told(output(world, text))
    for name, output in PAGES.items():
        yield name, told(output(world, ""))


def shown(outputs: dict[str, str]) -> list[str]:
    """Outputs with a secret in them; the three letters of the mark also come up by chance in the token of a form."""
    passed = {name: told(text) for name, text in outputs.items()}
    return [name for name, text in passed.items() if MARK in text.casefold() or SECRET_ID in text]


def differing(world: Planted, names: tuple[str, ...], questions: tuple[str, ...], *, more: bool = False) -> list[str]:
    """Outputs that answer about a secret otherwise than about what does not exist."""
    found = []
    for name in names:
        for text in (*questions, *(MORE if more and name in ASKED_MORE else ())):
            about_secret, about_nothing = (told(OUTPUTS[name](world, one)) for one in (text, decoy_of(text)))
            if decoy_of(about_secret) != about_nothing:
                found.append(f"{name}: {text}")
    return found


def test_planting_changes_no_output(world: Planted) -> None:
    before = dict(innocent(world))
    plant(world)
    after = dict(innocent(world))
    assert shown(after) == []
    assert [name for name in before if before[name] != after[name]] == []


def test_who_has_heard_of_a_secret_is_answered_as_of_what_does_not_exist(world: Planted) -> None:
    plant(world)
    assert differing(world, tuple(OUTPUTS), EVERYWHERE, more=True) == []


def test_logs_and_trail_keep_neither_secrets_nor_what_was_asked(world: Planted) -> None:
    plant(world)
    with capture_logs() as logs:
        for text in (f"Nguyễn Văn {MARK}name", f'"{MARK}page', SECRET_ID):
            for name in CHANGING:
                OUTPUTS[name](world, text)
    with world.backends.read() as uow:
        lines = [str(event.detail) for event in uow.session.scalars(select(Event))]
    assert shown({str(place): text for place, text in enumerate([*map(str, logs), *lines])}) == []


# --- While owners, filings, grants and flags change ------------------------------------------------------------------


def _late(uow: UnitOfWork, world: Planted) -> int:
    """A document like the open ones that somebody may see today."""
    home = uow.session.get_one(Organisation, world.home)
    facts: dict[str, Any] = {"type": "QD", "date": date(2026, 6, 5), "body": "UBND phường Mở"}
    return factories.document(uow, home, f"{SHARED} {LATE}", title=f"{SHARED} {LATE}", **facts).id


def _given_away(uow: UnitOfWork, row: Document, world: Planted) -> None:
    row.organisation_id = world.elsewhere


def _flagged(_uow: UnitOfWork, row: Document, _world: Planted) -> None:
    row.flags = ["HIV"]


def _closed(_uow: UnitOfWork, row: Document, _world: Planted) -> None:
    row.quarantined_at, row.quarantine_code = factories.NOW, "x"


def _filed_at_home(uow: UnitOfWork, row: Document, world: Planted) -> None:
    row.organisation_id = world.elsewhere
    filed = CaseDocument(case_id=world.case, document_id=row.id, source="person", created_at=factories.NOW)
    filed.state = FilingState.ACCEPTED
    uow.session.add(filed)


def _taken_out(uow: UnitOfWork, row: Document, world: Planted) -> None:
    for filed in uow.session.scalars(select(CaseDocument).where(CaseDocument.document_id == row.id)):
        filed.state = FilingState.REJECTED


def _granted(uow: UnitOfWork, row: Document, world: Planted) -> None:
    """The document goes elsewhere, into a case there that the officer may read today."""
    row.organisation_id = world.elsewhere
    case = factories.case(uow, factories.person(uow, uow.session.get_one(Organisation, world.elsewhere)))
    factories.filing(uow, case, row)
    factories.grant(uow, world.user, case)


def _leave_ends(uow: UnitOfWork, _row: Document, world: Planted) -> None:
    for leave in uow.session.scalars(select(CaseGrant).where(CaseGrant.user_id == world.user.id)):
        leave.ends_at = uow.now


def _leave_taken_back(uow: UnitOfWork, _row: Document, world: Planted) -> None:
    for leave in uow.session.scalars(select(CaseGrant).where(CaseGrant.user_id == world.user.id)):
        leave.revoked_at = uow.now


Change = Callable[[UnitOfWork, Document, Planted], None]
OF_THE_SCOPE = (_leave_ends, _leave_taken_back)
"""Changes that the index need not learn: they lie in what the asker brings along."""
CHANGES: tuple[tuple[Change, ...], ...] = (
    (_given_away,),
    (_flagged,),
    (_closed,),
    (_filed_at_home, _taken_out),
    (_granted, _leave_ends),
    (_granted, _leave_taken_back),
    (_granted, _flagged),
)


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: "".join(one.__name__ for one in changes))
def test_what_may_no_longer_be_seen_is_gone_at_once_and_stays_gone(world: Planted, changes: tuple[Change, ...]) -> None:
    with world.backends.begin(factories.SYSTEM_ACTOR) as uow:
        document = _late(uow, world)
    index_due(world.backends)
    for change in changes[:-1]:
        _change(world, document, change)
        index_due(world.backends)
    seen = {name: OUTPUTS[name](world, "quản lý sau cai") for name in CHANGING if name != "search page, search down"}
    assert shown(seen) == list(seen)
    _change(world, document, changes[-1])
    assert shown({name: page(world, "") for name, page in PAGES.items()}) == []
    for _ in ("before the index knows", "after"):
        assert shown({name: OUTPUTS[name](world, "quản lý sau cai") for name in CHANGING}) == []
        assert differing(world, CHANGING[:4], (f"quản lý {LATE}",)) == []
        assert world.browser.get(f"/van-ban/{document}").status_code == 404
        index_due(world.backends)


def _change(world: Planted, document: int, change: Change) -> None:
    with world.backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = uow.session.get_one(Document, document)
        change(uow, row, world)
        if change not in OF_THE_SCOPE:
            row.hide_until_indexed()


def test_a_search_while_owners_change_never_shows_what_is_not_ones_own(world: Planted) -> None:
    """A document goes back and forth between two organisations; what is another's all the time is never seen, and the
    total is that of the documents shown, whichever moment a search met."""
    plant(world)
    with world.backends.begin(factories.SYSTEM_ACTOR) as uow:
        document = _late(uow, world)
    index_due(world.backends)
    stop = threading.Event()

    def back_and_forth() -> None:
        owners = (world.elsewhere, world.home)
        turn = 0
        while not stop.is_set():
            with world.backends.begin(factories.SYSTEM_ACTOR) as uow:
                row = uow.session.get_one(Document, document)
                row.organisation_id = owners[turn % 2]
                row.hide_until_indexed()
            index_due(world.backends)
            turn += 1

    changing = threading.Thread(target=back_and_forth)
    changing.start()
    try:
        for _ in range(15):
            found = planted.found(world, "quản lý sau cai")
            others = [hit for hit in found["hits"] if hit["document"] != document]
            assert MARK not in str(others)
            assert found["total"] == len(found["hits"])
            assert {hit["document"] for hit in others} == {*world.open_ids, world.citing}
    finally:
        stop.set()
        changing.join()
    _change(world, document, _given_away)
    assert document not in {hit["document"] for hit in planted.found(world, "quản lý sau cai")["hits"]}

"""What is closed is told nowhere: a secret word, and the name of its file, in no page and in no answer to a program."""

import csv
import io
from typing import Any

import pytest
from flask import Flask

from app.actor import Role
from app.backends import Backends
from app.models import (
    Document,
    DocumentFact,
    EarlierScan,
    IntakeSource,
    Likeness,
    Organisation,
    Outcome,
    Quality,
    Source,
    SplitPlan,
    User,
)
from app.services import intake, papers, quarantine
from app.services.signed_copy import SIGNED_COPY_OF
from app.web.guard import API_PREFIX
from tests import factories
from tests.conftest import Bell
from tests.desks import ACT_DAY, ORDER
from tests.functional.conftest import Browser, account, browser_of
from tests.functional.policy_world import World
from tests.functional.test_policy_matrix import ROWS, methods_of
from tests.running import run_due

WORD, NAME, PLAIN = "kinmatzyx", "phieutuyetmatqwv", "hoahuongduong"
TEXT = f"QUYẾT ĐỊNH\nVề việc {WORD} thử\nNội dung {PLAIN} và {WORD}.\n"
NAMES_TOLD = ("removals.", "work.index")  # the pages of those who decide tell the name of the file, never its text


@pytest.fixture
def world(backends: Backends) -> World:
    return World.made(backends)


def planted(backends: Backends, bell: Bell, world: World) -> dict[str, Any]:
    """A document with the word in its text, its facts, its filing and its plan, in every place that names a document;
    what an address calls each of these places."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        home = uow.session.get_one(Organisation, world.home)
        officer = factories.user(uow, home, Role.RECORDS_OFFICER).actor()
    stored = backends.store.put(io.BytesIO(TEXT.encode()))
    with backends.begin(officer) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        first, again = (intake.receive(uow, batch, name=f"{NAME}.txt", stored=stored) for _ in range(2))
        assert again.settled is Outcome.DUPLICATE
        args = {"batch_id": batch.id, "item_id": first.id, "document_id": first.document_id}
    run_due(backends, bell)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        home = uow.session.get_one(Organisation, world.home)
        document = uow.session.get_one(Document, args["document_id"])
        document.title = document.subject = f"Về việc {WORD}"
        document.facts.append(
            DocumentFact(name="signer", value=WORD, source=Source.PARSER, quote=WORD, page=1, at=uow.now)
        )
        document.quality = Quality.WEAK
        case = factories.case(uow, factories.person(uow, home))
        paper = papers.draft(uow, case, ORDER, act_date=ACT_DAY)
        signed = papers.draft(uow, case, ORDER, act_date=ACT_DAY)
        signed.signed_document_id = document.id
        uow.session.flush()
        evidence = {"kind": "person", "quote": WORD, "page": 1, SIGNED_COPY_OF: paper.id}
        filing = factories.filing(uow, case, document, evidence=evidence)
        alike, old = factories.document(uow, home), factories.document(uow, home)
        uow.session.add(Likeness(document_id=document.id, other_id=alike.id, share=0.95))
        pages = [{"file": old.stored_file_id, "page": 1, "hidden": False, "sheet": ""}]
        uow.session.add(
            EarlierScan(document_id=document.id, stored_file_id=old.stored_file_id, pages=pages, replaced_at=uow.now)
        )
        uow.session.add(SplitPlan(document_id=document.id, changed_at=uow.now))
        document.touch()
        uow.session.flush()
        args |= {"case_id": case.id, "person_id": case.person_id, "paper_id": paper.id, "filing_id": filing.id}
        args |= {"signed_id": signed.id, "alike_id": alike.id, "scan_id": 1, "likeness_id": 1, "number": 1}
    run_due(backends, bell)
    return args | {"position": 1, "other_id": args["alike_id"], "organisation_id": world.home}


def answers(app: Flask, browser: Browser, bearer: str, args: dict[str, Any]) -> dict[str, str]:
    """What every GET route says whose address these names fill, and search; by endpoint and address."""
    found: dict[str, str] = {}
    for rule in app.url_map.iter_rules():
        if "GET" not in methods_of(rule) or not rule.arguments <= set(args) or rule.endpoint == "auth.logout":
            continue
        for given in (args, {**args, "paper_id": args["signed_id"]}, {**args, "document_id": args["alike_id"]}):
            with app.test_request_context():
                url = app.url_map.bind("localhost").build(rule.endpoint, {name: given[name] for name in rule.arguments})
            if any(where.endswith(f" {url}") for where in found):
                continue
            query = ROWS[rule.endpoint].query
            api = {"headers": {"Authorization": f"Bearer {bearer}"}} if url.startswith(API_PREFIX) else {}
            answer = browser.client.get(f"{url}?{query}" if query else url, **api)
            found[f"{rule.endpoint} {url}"] = answer.get_data().decode("utf-8", "replace")
    found["search.submit"] = browser.post("/tim-kiem", {"q": PLAIN}, follow=True).text
    headers = {"Authorization": f"Bearer {bearer}"}
    found["api_search.Search"] = browser.client.get(f"/api/v1/search?q={PLAIN}", headers=headers).text
    return found


def leaks(answered: dict[str, str]) -> list[str]:
    """The answers that tell the word, or the name of the file."""
    told = [f"{where}: the word" for where, text in answered.items() if WORD in text]
    named = [f"{where}: the name" for where, text in answered.items() if NAME in text]
    return told + [one for one in named if not one.startswith(NAMES_TOLD)]


def walker(app: Flask, backends: Backends, bell: Bell, world: World, role: Role, at: int) -> tuple[Browser, str]:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = uow.session.get_one(Organisation, at)
    user: User = account(backends, office, role)
    return browser_of(app, backends, bell, user), world.token(user)


def close_it(backends: Backends, bell: Bell, document_id: int) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        assert quarantine.quarantine(uow, uow.session.get_one(Document, document_id))
    run_due(backends, bell)


def test_a_closed_document_is_told_nowhere_to_nobody(
    application: Flask, backends: Backends, bell: Bell, world: World
) -> None:
    args = planted(backends, bell, world)
    browser, bearer = walker(application, backends, bell, world, Role.RECORDS_OFFICER, world.home)
    before = leaks(answers(application, browser, bearer, args))
    shown = {where.partition(" ")[0].rstrip(":") for where in before}
    assert {
        "documents.view",
        "intake.batch",
        "search.submit",
        "api_documents.Batches",
        "api_search.Search",
        "cases.view",
        "papers.view",
    } <= shown, sorted(shown)
    close_it(backends, bell, args["document_id"])
    assert leaks(answers(application, browser, bearer, args)) == []
    for role, at in ((Role.LEADER, world.home), (Role.AUDITOR, world.home), (Role.INSPECTOR, world.above)):
        other, token = walker(application, backends, bell, world, role, at)
        assert leaks(answers(application, other, token, args)) == [], role


def test_the_name_of_a_closed_document_of_a_restricted_kind_is_not_told_without_the_grant(
    application: Flask, backends: Backends, bell: Bell, world: World
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        home = uow.session.get_one(Organisation, world.home)
        document = factories.document(uow, home, file_name=f"{NAME}.pdf", flags=["HIV"])
        quarantine.quarantine(uow, document)
    browser, _ = walker(application, backends, bell, world, Role.RECORDS_OFFICER, world.home)
    for url in ("/cach-ly", "/viec-cua-toi", f"/cach-ly/van-ban/{document.id}"):
        answer = browser.get(url)
        assert answer.status_code == 200
        assert NAME not in answer.text, url


def test_the_receipt_tells_the_sender_that_a_paper_is_closed_why_and_where_to_go_on(
    application: Flask, backends: Backends, bell: Bell, world: World
) -> None:
    args = planted(backends, bell, world)
    close_it(backends, bell, args["document_id"])
    browser, _ = walker(application, backends, bell, world, Role.RECORDS_OFFICER, world.home)
    batch, item = args["batch_id"], args["item_id"]
    rows = browser.get(f"/tiep-nhan/{batch}/tinh-trang").get_json()["files"]
    row = next(row for row in rows if row["id"] == item)
    assert (row["label"], row["outcome"]) == ("đang cách ly", "removed")
    assert "dấu độ mật" in row["said"]
    assert "đề nghị gỡ bỏ" in row["said"]
    assert row["url"] == "/cach-ly"
    assert (row["cancel_url"], row["retry_url"]) == (None, None)
    assert browser.post(f"/tiep-nhan/{batch}/tep/{item}/bo").status_code == 404
    receipt = list(csv.DictReader(io.StringIO(browser.get(f"/tiep-nhan/{batch}/bien-nhan.csv").text)))
    assert "dấu độ mật" in receipt[0]["Lý do và cách xử lý"]
    assert [line["Văn bản"] for line in receipt] == ["", ""]

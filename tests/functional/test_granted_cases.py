"""Leave to read one case of another organisation: the case, its person and its documents, for its time, and no more."""

import re
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask

from app.actor import Actor, Role
from app.backends import Backends
from app.models import Case, CaseGrant, Document, Dossier, Export, Organisation, Quality, User
from app.services.cases import case
from app.services.completeness import judged, worklist
from app.services.documents import history
from app.services.indexing import index_due
from app.services.work import badly_read
from tests import factories
from tests.conftest import Bell
from tests.functional.conftest import Browser, account, browser_of

FORM = re.compile("<form[^>]*>")
TITLE = "Quyết định quản lý sau cai nghiện của nơi khác"


@dataclass(frozen=True, slots=True)
class Granted:
    """An officer with leave to read one of two cases elsewhere, and the ids of what lies there."""

    browser: Browser
    grant: int
    person: int
    case: int
    document: int
    other_person: int
    other_case: int
    other_document: int


@pytest.fixture
def granted(application: Flask, backends: Backends, bell: Bell, office: Organisation) -> Granted:
    user = account(backends, office, Role.RECORDS_OFFICER)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
        person = factories.person(uow, elsewhere, full_name="Nguyễn Văn Được")
        case = factories.case(uow, person, code="HS-2026-0801")
        document = factories.document(uow, elsewhere, "Quản lý sau cai nghiện", title=TITLE)
        factories.filing(uow, case, document)
        other = factories.person(uow, elsewhere, full_name="Nguyễn Văn Kín")
        other_case = factories.case(uow, other, code="HS-2026-0802")
        other_document = factories.document(uow, elsewhere, "Quản lý sau cai nghiện", title="Văn bản kín")
        factories.filing(uow, other_case, other_document)
        grant = factories.grant(uow, user, case)
    index_due(backends)
    return Granted(
        browser_of(application, backends, bell, user),
        grant.id,
        person.id,
        case.id,
        document.id,
        other.id,
        other_case.id,
        other_document.id,
    )


def reached(browser: Browser, *paths: str) -> set[int]:
    """The ways in which these pages answer."""
    return {browser.get(path).status_code for path in paths}


def test_leave_opens_the_case_its_person_and_its_documents_and_no_other(granted: Granted) -> None:
    open_ = (f"/ho-so/{granted.case}", f"/nguoi/{granted.person}", f"/van-ban/{granted.document}")
    assert reached(granted.browser, *open_) == {200}
    others = (
        f"/ho-so/{granted.other_case}",
        f"/nguoi/{granted.other_person}",
        f"/van-ban/{granted.other_document}",
    )
    assert reached(granted.browser, *others) == {404}


def test_what_was_granted_is_found_by_words_name_and_code(granted: Granted) -> None:
    for text in ("quan ly sau cai", "nguyen van duoc", "người:Được"):
        page = granted.browser.post("/tim-kiem", {"q": text}, follow=True).text
        assert TITLE in page, text
        assert "Văn bản kín" not in page, text
    listed = granted.browser.get("/ho-so").text
    assert "HS-2026-0801" in listed
    assert "HS-2026-0802" not in listed
    assert "Nguyễn Văn Kín" not in granted.browser.post("/nguoi", {"q": "Nguyễn Văn"}, follow=True).text


def test_leave_lets_read_and_change_nothing(granted: Granted) -> None:
    pages = (f"/ho-so/{granted.case}", f"/nguoi/{granted.person}", f"/van-ban/{granted.document}")
    for path in pages:
        text = granted.browser.get(path).text
        assert f"{path}/sua" not in text, path
        sent = [form for form in FORM.findall(text) if path in form and "post" in form]
        assert [form for form in sent if 'role="search"' not in form] == [], path
    assert granted.browser.get(f"/ho-so/{granted.case}/sua").status_code == 403
    assert granted.browser.post(f"/ho-so/{granted.case}/dong").status_code == 403
    assert granted.browser.get(f"/nguoi/{granted.person}/sua").status_code == 403
    assert granted.browser.get(f"/ho-so/moi?nguoi={granted.person}").status_code == 403


def test_no_file_is_sent_into_a_granted_case(granted: Granted) -> None:
    sent = {"case": "HS-2026-0801", "files": (BytesIO("Một trang chữ.".encode()), "a.txt")}
    granted.browser.get("/tiep-nhan")
    answer = granted.browser.post("/tiep-nhan", sent, content_type="multipart/form-data")
    assert answer.status_code == 403


def test_leave_that_ends_closes_everything_at_once(backends: Backends, granted: Granted) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(CaseGrant, granted.grant).ends_at = factories.NOW
    paths = (f"/ho-so/{granted.case}", f"/nguoi/{granted.person}", f"/van-ban/{granted.document}")
    assert reached(granted.browser, *paths) == {404}
    assert TITLE not in granted.browser.post("/tim-kiem", {"q": "quan ly sau cai"}, follow=True).text
    assert "HS-2026-0801" not in granted.browser.get("/ho-so").text


def test_a_document_that_lies_in_a_closed_case_too_is_found_by_nobody_there(
    backends: Backends, granted: Granted
) -> None:
    """The index knows it by the persons of both cases; it is read from the page of the granted one."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        shared = uow.session.get_one(Document, granted.document)
        factories.filing(uow, uow.session.get_one(Case, granted.other_case), shared)
        shared.hide_until_indexed()
    index_due(backends)
    for text in ("Nguyễn Văn Kín", "người:Kín", "HS-2026-0802", "quan ly sau cai"):
        page = granted.browser.post("/tim-kiem", {"q": text}, follow=True).text
        assert TITLE not in page, text
    listed = granted.browser.post(
        "/tim-kiem/danh-sach", {"kind": "auto", "text": "Nguyễn Văn Kín\nQuản lý sau cai"}, follow=True
    )
    granted.browser.work()
    assert f"/van-ban/{granted.document}" not in granted.browser.get(str(listed.request.path)).text
    assert f"/van-ban/{granted.document}" in granted.browser.get(f"/ho-so/{granted.case}").text
    assert granted.browser.get(f"/van-ban/{granted.document}").status_code == 200


def test_the_owner_is_told_who_reads_a_document_by_leave(
    application: Flask, backends: Backends, bell: Bell, granted: Granted
) -> None:
    elsewhere = organisation_of(backends, granted.document)
    theirs = browser_of(application, backends, bell, account(backends, elsewhere, Role.RECORDS_OFFICER))
    told = "được xem hồ sơ HS-2026-0801 đến ngày 21/11/2026"
    assert told in theirs.get(f"/van-ban/{granted.document}?the=quyen").text
    assert told not in theirs.get(f"/van-ban/{granted.other_document}?the=quyen").text
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(CaseGrant, granted.grant).revoked_at = uow.now
    assert told not in theirs.get(f"/van-ban/{granted.document}?the=quyen").text


def test_a_list_of_results_that_names_a_granted_case_is_closed_with_the_leave(
    backends: Backends, granted: Granted
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        home = uow.session.get_one(Organisation, uow.session.get_one(CaseGrant, granted.grant).organisation_id)
        own = factories.document(uow, home, "Văn bản của mình", title="Văn bản của mình")
        factories.filing(uow, uow.session.get_one(Case, granted.case), own)
    index_due(backends)
    found = granted.browser.post("/tim-kiem", {"q": '"văn bản của mình"'}).location
    asked = granted.browser.post(found.replace("/tim-kiem", "/tim-kiem/xuat", 1), {"kind": "csv"}).location
    granted.browser.work()
    assert "HS-2026-0801" in granted.browser.get(f"{asked}/tep").data.decode("utf-8-sig")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Export, int(asked.rpartition("/")[2])).asked_at -= timedelta(minutes=1)
        uow.session.get_one(CaseGrant, granted.grant).ends_at = uow.now
    refused = granted.browser.get(f"{asked}/tep")
    assert refused.status_code != 200
    assert "HS-2026-0801" not in refused.text


def test_leave_does_not_follow_an_account_that_moves(backends: Backends, granted: Granted) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        user = uow.session.get_one(User, uow.session.get_one(CaseGrant, granted.grant).user_id)
        user.organisation_id = factories.organisation(uow).id
    assert reached(granted.browser, f"/ho-so/{granted.case}", f"/van-ban/{granted.document}") == {404}


def test_what_is_granted_is_neither_ones_work_nor_ones_inspection(backends: Backends, granted: Granted) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Document, granted.document).quality = Quality.WEAK
        uow.session.add(Dossier(case_id=granted.case, checklist="D163-Đ10"))
    assert f"/van-ban/{granted.document}" not in granted.browser.get("/viec").text
    with backends.read(actor_of(backends, granted)) as uow:
        assert (judged(uow), worklist(uow).total, badly_read(uow).whereclause is None) == (0, 0, False)
        assert uow.session.scalars(badly_read(uow)).all() == []


def test_the_history_of_what_is_granted_tells_of_the_own_office_alone(backends: Backends, granted: Granted) -> None:
    theirs = factories.actor_of(backends, organisation_of(backends, granted.document), Role.RECORDS_OFFICER)
    with backends.begin(theirs) as uow:
        uow.record("document.viewed", "document", granted.document)
    granted.browser.get(f"/van-ban/{granted.document}")
    with backends.read(actor_of(backends, granted)) as uow:
        told = history(uow, "document", granted.document)
        assert told
        assert {event.organisation_id for event in told} == {uow.actor.organisation_id}


def test_a_code_that_an_own_case_has_too_means_the_own_one(backends: Backends, granted: Granted) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        home = uow.session.get_one(Organisation, uow.session.get_one(CaseGrant, granted.grant).organisation_id)
        own = factories.case(uow, factories.person(uow, home), code="HS-2026-0801").id
    with backends.read(actor_of(backends, granted)) as uow:
        assert case(uow, "HS-2026-0801").id == own


def actor_of(backends: Backends, granted: Granted) -> Actor:
    with backends.read() as uow:
        return uow.session.get_one(User, uow.session.get_one(CaseGrant, granted.grant).user_id).actor()


def organisation_of(backends: Backends, document: int) -> Organisation:
    with backends.read() as uow:
        return uow.session.get_one(Organisation, uow.session.get_one(Document, document).organisation_id)

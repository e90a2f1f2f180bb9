"""Before a removal is asked for and before it is decided the page says what goes with it and what stays."""

from flask import Flask

from app.actor import Role
from app.backends import Backends
from app.models import Document, FileMember, Intake, IntakeSource, StoredFile
from app.services import intake
from tests import factories
from tests.conftest import Bell
from tests.functional.conftest import account, browser_of


def test_the_pages_for_asking_and_deciding_say_what_goes_with_a_document(
    application: Flask, backends: Backends, bell: Bell
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        home = factories.organisation(uow)
        scan = factories.document(uow, home, "một", "hai", title="Tập quét")
        part = factories.document(uow, home, title="Đơn của Nguyễn Văn Thử")
        part.stored_file_id = part.pages[0].stored_file_id = scan.stored_file_id
        cabinet = factories.document(uow, home, title="Tủ")
        uow.session.add(
            FileMember(container_id=cabinet.stored_file_id, position=1, name="a", stored_file_id=scan.stored_file_id)
        )
        scan_id, cabinet_id = scan.id, cabinet.id
    officer = account(backends, home, Role.RECORDS_OFFICER)
    with backends.begin(officer.actor()) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        file = uow.session.get_one(StoredFile, uow.session.get_one(Document, cabinet_id).stored_file_id)
        holder = intake.open_arrival(uow, batch, "tu.eml")
        holder.stored_file_id, holder.document_id = file.id, cabinet_id
        uow.session.add(
            Intake(
                batch=batch,
                organisation_id=home.id,
                parent_id=holder.id,
                name="khoa.pdf",
                received_at=uow.now,
            )
        )
    clerk = browser_of(application, backends, bell, officer)
    url = f"/cach-ly/van-ban/{scan_id}"
    asking = clerk.get(url).text
    for said in ("1 văn bản khác", "Đơn của Nguyễn Văn Thử", "tu.eml", "khoa.pdf", "mất theo", "cũng được cách ly"):
        assert said in asking, said
    assert clerk.post(url, {"reason": "other", "explanation": "Xếp nhầm."}).status_code == 302
    leader = browser_of(application, backends, bell, account(backends, home, Role.LEADER))
    deciding = leader.get("/cach-ly/1/quyet-dinh").text
    for said in ("1 văn bản khác", "Đơn của Nguyễn Văn Thử", "tu.eml", "khoa.pdf", "mất theo"):
        assert said in deciding, said
    done = leader.post("/cach-ly/1/quyet-dinh", {"decision": "dong-y"}, follow=True)
    assert "Đã quyết định gỡ bỏ 2 văn bản" in done.text

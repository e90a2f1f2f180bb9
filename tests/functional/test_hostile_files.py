"""Ten files made to do harm and two good ones in one batch: each bad one has its code, all else goes on."""

import hashlib
import io
import stat
import zipfile
from typing import Any

from app.backends import Backends
from app.models import StoredFile
from tests.functional.conftest import Browser
from tests.good_files import docx_bytes, pdf_bytes
from tests.hostile_files import bombs, entities, image_bombs
from tests.ole_files import ole_bytes

GOOD = {
    "qd15.txt": "UBND PHƯỜNG MẪU\nSố: 15/QĐ-UBND\n\nQUYẾT ĐỊNH\nVề việc quản lý sau cai nghiện ma túy\n".encode(),
    "ke hoach.docx": docx_bytes(),
}
SUMS = ("waiting", "searchable", "weak", "failed", "duplicate", "removed")


def hostile() -> dict[str, tuple[bytes, set[str]]]:
    """Each with the codes that are right for it."""
    return {
        "bom.docx": (bombs()["said.docx"], {"file-too-large"}),
        "thuc the.docx": (entities("/etc/hostname")["entities.docx"], {"file-damaged"}),
        "ngoi nha.png": (image_bombs()["house.png"], {"file-too-large"}),
        "ngoi nha.tiff": (image_bombs()["house.tiff"], {"file-too-large", "file-damaged"}),
        "vong.pdf": (bombs()["circle.pdf"], {"file-damaged"}),
        "cut.pdf": (pdf_bytes()[:60], {"file-damaged"}),
        "chuong trinh.pdf": (b"MZ\x90\0" + bytes(300), {"file-unknown"}),
        "khoa.docx": (ole_bytes({"EncryptedPackage": bytes(100)}), {"file-encrypted"}),
        "sau.rtf": (bombs()["deep.rtf"], {"file-damaged"}),
        "ten\u202efdp.\x07exe" + "đ" * 80: (b"\x7fELF" + bytes(300), {"file-unknown"}),
    }


def test_a_batch_with_hostile_files_adds_up_and_its_good_files_are_found(officer: Browser, backends: Backends) -> None:
    bad = hostile()
    batch: dict[str, Any] | None = None
    names = [*list(bad)[:5], "qd15.txt", *list(bad)[5:], "ke hoach.docx"]
    for name in names:
        content = GOOD[name] if name in GOOD else bad[name][0]
        fields = {"batch": str(batch["id"])} if batch else {}
        data = {"files": [(io.BytesIO(content), name)], **fields}
        answer = officer.post("/tiep-nhan", data, headers={"Accept": "application/json"})
        assert answer.status_code == 201, name
        batch = answer.get_json()["batch"]
    assert batch is not None
    officer.work()
    told = officer.get(batch["status_url"]).get_json()
    counts = told["counts"]
    assert told["finished"] is True
    assert counts["received"] == sum(counts[name] for name in SUMS) == len(names) == 12
    assert (counts["searchable"], counts["failed"]) == (2, 10)
    codes = [item["code"] for item in told["files"] if item["outcome"] == "failed"]
    for wanted, code in zip([bad[name][1] for name in names if name in bad], codes, strict=True):
        assert code in wanted
    assert "15/QĐ-UBND" in officer.get("/tim-kiem?q=quản+lý+sau+cai").text
    assert not any("\u202e" in item["name"] or "\x07" in item["name"] for item in told["files"])


def test_the_bytes_of_a_refused_file_are_kept_as_they_came(officer: Browser, backends: Backends) -> None:
    content = bombs()["circle.pdf"]
    officer.post("/tiep-nhan", {"files": [(io.BytesIO(content), "vong.pdf")]}, headers={"Accept": "application/json"})
    officer.work()
    digest = hashlib.sha256(content).hexdigest()
    with backends.read() as uow:
        assert uow.session.query(StoredFile).filter_by(sha256=digest).one().size == len(content)
        with uow.store.open(digest) as stream:
            assert stream.read() == content


def test_an_archive_with_tricks_gives_its_papers_and_codes_for_the_rest(officer: Browser) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("../../../etc/cron.d/qd\u202e15.txt", GOOD["qd15.txt"])
        link = zipfile.ZipInfo("khoa")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/shadow")
        archive.writestr("chay.exe", b"MZ" + bytes(200))
    data = {"files": [(io.BytesIO(stream.getvalue()), "tu ho so.zip")]}
    batch = officer.post("/tiep-nhan", data, headers={"Accept": "application/json"}).get_json()["batch"]
    officer.work()
    told = officer.get(batch["status_url"]).get_json()
    counts = told["counts"]
    assert counts["received"] == sum(counts[name] for name in SUMS) == 4
    outcomes = {item["name"]: (item["outcome"], item["code"]) for item in told["files"]}
    assert outcomes["khoa"] == ("failed", "member-refused")
    assert outcomes["chay.exe"] == ("failed", "file-unknown")
    assert outcomes["tu ho so.zip"][0] == "searchable"
    paper = next(name for name in outcomes if name.endswith("qd15.txt"))
    assert ".." not in paper
    assert outcomes[paper][0] == "searchable"

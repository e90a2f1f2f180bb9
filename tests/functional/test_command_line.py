"""The command `hoso` as scripts meet it: exit codes 0, 1 and 2, and one JSON value on standard output, of the keys that
docs/interfaces.md promises."""

import io
import json
import shutil
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from app.actor import Role
from app.models import Organisation
from app.services.accounts import AccountData, create_account
from app.services.organisations import organisation_for
from tests import factories
from tests.serving import FIRST_PASSWORD, Home
from tests.unit.doc_templates.filled_forms import CONTEXTS
from tests.unit.ingestion.drawn_papers import DECISION, Line, text_pdf

RECEIPT = ("waiting", "searchable", "weak", "failed", "duplicate", "removed")
PAGE_KEYS = {"number", "width", "height", "source", "confidence", "text", "words", "tables"}
HIT_KEYS = {
    "document",
    "title",
    "type",
    "number",
    "date",
    "body",
    "persons",
    "cases",
    "score",
    "badges",
    "why",
    "lacks",
    "snippets",
}
FACETS = {"type", "year", "body", "person", "case", "quality"}
SHOWN = {
    "document",
    "title",
    "type",
    "number",
    "date",
    "body",
    "subject",
    "organisation",
    "state",
    "persons",
    "cases",
    "flags",
    "pages",
}
ORDER = "D163/V/53"


@dataclass(frozen=True, slots=True)
class House:
    """A set-up installation of two bodies, the first with a records officer, a case and one PDF taken in."""

    home: Home
    first_output: str
    pdf: Path
    receipt: dict[str, Any]
    case_code: str

    @property
    def document(self) -> int:
        number: int = self.receipt["items"][0]["documents"][0]
        return number


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("command-line")
    home = Home(folder / "home")
    made = home.run("init")
    assert made.returncode == 0, made.stderr
    with home.backends() as backends, backends.begin(factories.SYSTEM_ACTOR) as uow:
        police = factories.organisation(uow, code="CAP-THU", name="Công an phường Thử")
        factories.organisation(uow, code="UBND-THU")
        data = AccountData(username="hoso.thu", name="Lê Thị Thử", role=Role.RECORDS_OFFICER, organisation_id=police.id)
        create_account(uow, data=data)
        case = factories.case(uow, factories.person(uow, police))
        code = case.code
    pdf = text_pdf(folder / "quyet-dinh-15a.pdf", [DECISION, [Line(90, 100, "Trang hai: danh sách người nhận")]])
    receipt = home.json("ingest", pdf, "--as", "hoso.thu", "--case", code, "--wait")
    return House(home, made.stdout, pdf, receipt, code)


@pytest.fixture
def damaged(house: House, tmp_path: Path) -> Home:
    """A copy of the installation, to be damaged."""
    shutil.copytree(house.home.folder, tmp_path / "home")
    return Home(tmp_path / "home")


def test_init_prints_the_first_password_once_and_changes_nothing_a_second_time(house: House) -> None:
    assert [name for name, _password in FIRST_PASSWORD.findall(house.first_output)] == ["quantri"]
    again = house.home.run("init")
    assert (again.returncode, again.stdout) == (0, "")


def test_read_gives_the_documented_shape_and_keeps_nothing(house: House, tmp_path: Path) -> None:
    elsewhere = Home(tmp_path / "empty")
    value = elsewhere.json("read", house.pdf)
    assert value.keys() == {"media_type", "sha256", "pages", "facts", "attachments", "warnings", "signatures"}
    assert (value["media_type"], [page["number"] for page in value["pages"]]) == ("application/pdf", [1, 2])
    page = value["pages"][0]
    assert page.keys() == PAGE_KEYS | {"running", "regions", "steps", "blank", "pictured"}
    assert (page["source"], page["confidence"]) == ("text", None)
    word = next(word for word in page["words"] if word["text"].startswith("Nguyễn"))
    assert word.keys() == {"text", "box", "confidence"}
    assert word["box"][0] < word["box"][2]
    assert not (elsewhere.folder / "hoso.sqlite3").exists()
    assert not (elsewhere.folder / "store").exists()


def test_a_format_without_pages_has_one_page_without_words(house: House, tmp_path: Path) -> None:
    (tmp_path / "thu.txt").write_text("Văn bản thử, một đoạn.", encoding="utf-8")
    pages = house.home.json("read", tmp_path / "thu.txt")["pages"]
    assert [(page["text"], page["words"]) for page in pages] == [("Văn bản thử, một đoạn.", [])]


def test_an_unknown_file_is_named_with_its_code(house: House, tmp_path: Path) -> None:
    (tmp_path / "la.bin").write_bytes(bytes(range(256)) * 8)
    assert "file-unknown" in house.home.refused("read", tmp_path / "la.bin", "--json", status=1)


def test_the_receipt_is_the_sum_of_its_parts(house: House) -> None:
    receipt = house.receipt
    assert receipt.keys() == {"batch", "received", "items", *RECEIPT}
    assert receipt["received"] == sum(receipt[name] for name in RECEIPT) == len(receipt["items"]) == 1
    (item,) = receipt["items"]
    assert item.keys() == {"name", "parent", "outcome", "documents", "code", "message"}
    assert (item["name"], item["parent"], item["outcome"]) == ("quyet-dinh-15a.pdf", None, "searchable")


def test_without_waiting_files_wait_and_a_second_time_they_are_duplicates(house: House, tmp_path: Path) -> None:
    (tmp_path / "tap" / "trong").mkdir(parents=True)
    (tmp_path / "tap" / "một.txt").write_text("Văn bản thử thứ nhất", encoding="utf-8")
    (tmp_path / "tap" / "trong" / "hai.txt").write_text("Văn bản thử thứ hai", encoding="utf-8")
    where = ("--organisation", "UBND-THU")
    assert "--recursive" in house.home.refused("ingest", tmp_path / "tap", *where, status=2)
    first = house.home.json("ingest", tmp_path / "tap", "--recursive", *where)
    assert (first["received"], first["waiting"]) == (2, 2)
    second = house.home.json("ingest", tmp_path / "tap" / "một.txt", *where, "--wait")
    assert (second["received"], second["duplicate"]) == (1, 1)
    assert second["items"][0]["documents"] == first["items"][0]["documents"]


def test_a_file_that_cannot_be_read_is_kept_counted_and_ends_with_1(house: House, tmp_path: Path) -> None:
    (tmp_path / "hong.pdf").write_bytes(b"%PDF-1.7 broken off")
    receipt = house.home.json("ingest", tmp_path / "hong.pdf", "--as", "hoso.thu", "--wait", status=1)
    assert (receipt["received"], receipt["failed"]) == (1, 1)
    assert receipt["items"][0]["code"].startswith("file-")
    assert receipt["items"][0]["documents"], "kept"


def test_the_receiving_body_is_named_where_there_are_several(house: House, tmp_path: Path) -> None:
    assert "--organisation" in house.home.refused("ingest", house.pdf, status=2)
    assert "KHONG-CO" in house.home.refused("ingest", house.pdf, "--organisation", "KHONG-CO", status=1)
    alone = Home(tmp_path / "alone")
    assert alone.run("init").returncode == 0
    assert alone.json("ingest", house.pdf)["waiting"] == 1


def test_search_answers_in_the_documented_shape(house: House) -> None:
    value = house.home.json("search", "quan ly sau cai nghien")
    assert value.keys() == {"query", "total", "took_ms", "hits", "facets", "suggestions", "notes"}
    assert value["total"] == 1
    assert value["facets"].keys() == FACETS
    assert value["facets"]["type"] == [{"value": "QĐ", "count": 1}]
    (hit,) = value["hits"]
    assert hit.keys() == HIT_KEYS
    assert (hit["document"], hit["number"], hit["date"]) == (house.document, "15a/QĐ-UBND", "2025-09-05")
    assert [case["code"] for case in hit["cases"]] == [house.case_code]
    snippet = hit["snippets"][0]
    assert snippet.keys() == {"page", "text", "marks", "boxes"}
    start, end = snippet["marks"][0]
    assert snippet["text"][start:end].lower().startswith("quản")
    assert len(snippet["boxes"][0]) == 4


def test_filters_order_and_part_of_a_search(house: House) -> None:
    assert house.home.json("search", "cai nghiện", "--filter", "type=TB")["total"] == 0
    part = house.home.json("search", "cai nghiện", "--filter", "type=QĐ", "--sort", "newest", "--offset", "1")
    assert (part["total"], part["hits"]) == (1, [])
    assert "--filter" in house.home.refused("search", "cai", "--filter", "colour=red", status=2)


def test_a_wrong_part_of_a_query_has_carets_under_it(house: House) -> None:
    done = house.home.run("search", "cai nghiện từ ngày:32/01/2026")
    assert done.returncode == 0
    lines = done.stderr.splitlines()
    at = next(number for number, line in enumerate(lines) if set(line.strip()) == {"^"})
    typed, carets, reason = lines[at - 1 : at + 2]
    assert typed[carets.index("^") : carets.rindex("^") + 1] == "32/01/2026"
    assert reason.startswith("Ngày không hợp lệ")


def test_another_body_finds_nothing_of_it(house: House) -> None:
    with house.home.backends() as backends, backends.begin(factories.SYSTEM_ACTOR) as uow:
        other: Organisation = organisation_for(uow, "UBND-THU")
        name = factories.user(uow, other).username
    assert house.home.json("search", "cai nghiện", "--as", name)["total"] == 0
    assert "not-found" in house.home.refused("show", str(house.document), "--as", name, status=1)


def test_show_prints_one_document_as_json_or_text(house: House) -> None:
    value = house.home.json("show", str(house.document))
    assert value.keys() == SHOWN
    assert (value["document"], value["type"], value["state"]) == (house.document, "QĐ", "searchable")
    text = house.home.run("show", str(house.document), "--text")
    assert text.returncode == 0
    assert "Căn cứ Luật Phòng, chống ma túy" in text.stdout
    assert "danh sách người nhận" in text.stdout
    assert house.home.refused("show", str(house.document), "--text", "--json", status=2)
    assert "not-found" in house.home.refused("show", "999999", status=1)


def test_forms_are_listed_with_their_declared_variables(house: House) -> None:
    known = {form["code"]: form for form in house.home.json("forms")}
    assert {ORDER, "D163/V/22", "D163/V/50", "D163/V/56"} <= known.keys()
    names = {variable["name"] for variable in known[ORDER]["variables"]}
    assert {"doc.number", "person.full_name", "signer.full_name"} <= names


@pytest.mark.office
def test_a_form_is_filled_from_json_without_a_database(tmp_path: Path) -> None:
    home = Home(tmp_path / "empty")
    (tmp_path / "context.json").write_text(json.dumps(CONTEXTS[ORDER]), encoding="utf-8")
    done = home.run("render", ORDER, tmp_path / "context.json", "--output", tmp_path / "out.docx", "--pdf")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.docx").read_bytes()[:2] == b"PK"
    assert (tmp_path / "out.pdf").read_bytes()[:5] == b"%PDF-"
    assert not (tmp_path / "empty" / "hoso.sqlite3").exists()


def test_a_form_is_not_made_from_half_a_context(tmp_path: Path) -> None:
    home, target = Home(tmp_path / "empty"), tmp_path / "out.docx"
    (tmp_path / "half.json").write_text("{}", encoding="utf-8")
    (tmp_path / "wrong.json").write_text("{", encoding="utf-8")
    assert home.refused("render", ORDER, tmp_path / "half.json", "--output", target, status=1)
    assert home.refused("render", "D163/V/999", tmp_path / "half.json", "--output", target, status=1)
    assert home.refused("render", ORDER, tmp_path / "wrong.json", "--output", target, status=2)
    assert not target.exists()


def test_a_lost_index_is_told_by_the_audit_and_written_anew(damaged: Home) -> None:
    assert damaged.json("audit") == {"stray": 0, "missing": 0, "stale": 0}
    shutil.rmtree(damaged.folder / "index")
    assert damaged.json("audit")["missing"] > 0
    done = damaged.run("reindex")
    assert done.returncode == 0, done.stderr
    assert damaged.json("search", "quan ly sau cai nghien")["total"] == 1


def test_the_sweep_rings_for_what_waits(damaged: Home, tmp_path: Path) -> None:
    (tmp_path / "cho.txt").write_text("Văn bản đang chờ", encoding="utf-8")
    damaged.json("ingest", tmp_path / "cho.txt", "--as", "hoso.thu")
    done = damaged.run("sweep")
    assert done.returncode == 0, done.stderr
    assert "readings 0" not in done.stdout


def _alter_stored_bytes(home: Home) -> None:
    stored = next(path for path in (home.folder / "store" / "originals").rglob("*") if path.is_file())
    stored.chmod(0o600)
    stored.write_bytes(stored.read_bytes()[:-1] + b"?")


def _alter_an_event(home: Home) -> None:
    with sqlite3.connect(home.folder / "hoso.sqlite3") as database:
        database.execute("UPDATE event SET actor = 'somebody else' WHERE sequence = 2")


def test_verify_finds_nothing_wrong_in_a_whole_installation(house: House) -> None:
    value = house.home.json("verify")
    assert value.keys() == {"files", "damaged", "orphans", "removed", "events", "chain_broken_at"}
    assert (value["damaged"], value["chain_broken_at"]) == ([], None)


def test_verify_names_the_file_whose_bytes_were_altered(damaged: Home) -> None:
    _alter_stored_bytes(damaged)
    value = damaged.json("verify", status=1)
    assert (len(value["damaged"]), value["chain_broken_at"]) == (1, None)
    done = damaged.run("verify")
    assert done.returncode == 1
    assert f"store-bytes-lost: stored file {value['damaged'][0]}" in done.stderr


def test_verify_tells_where_the_chain_of_events_is_broken(damaged: Home) -> None:
    _alter_an_event(damaged)
    value = damaged.json("verify", status=1)
    assert (value["damaged"], value["chain_broken_at"]) == ([], 2)


def test_the_doctor_looks_at_every_part(house: House) -> None:
    done = house.home.run("doctor", "--json")
    findings = json.load(io.StringIO(done.stdout))
    assert all(finding.keys() == {"name", "state", "detail"} for finding in findings)
    assert {"database", "search", "sandbox", "recognition"} <= {finding["name"] for finding in findings}
    assert done.returncode == (1 if any(finding["state"] == "missing" for finding in findings) else 0)


def test_an_account_is_added_listed_changed_and_closed(house: House) -> None:
    home = house.home
    added = home.run(
        "user", "add", "moi.thu", "--name", "Trần Thị Thử", "--role", "leader", "--organisation", "CAP-THU"
    )
    assert added.returncode == 0, added.stderr
    assert home.run("user", "role", "moi.thu", "office_clerk").returncode == 0
    password = home.run("user", "password", "moi.thu")
    assert password.returncode == 0
    assert password.stdout.strip() not in added.stdout
    assert home.run("user", "disable", "moi.thu").returncode == 0
    row = next(row for row in home.json("user", "list") if row["username"] == "moi.thu")
    assert row == {
        "username": "moi.thu",
        "name": "Trần Thị Thử",
        "role": "office_clerk",
        "organisation": "CAP-THU",
        "active": False,
    }
    assert "not-found" in home.refused("search", "cai", "--as", "moi.thu", status=1)
    assert home.refused("user", "add", "x.thu", "--name", "X", "--role", "king", status=2)
    assert home.refused("user", "role", "nobody", "leader", status=1)


def test_a_token_is_shown_once_and_can_be_ended(house: House) -> None:
    home = house.home
    made = home.run("token", "add", "hoso.thu", "--name", "thử")
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("hoso_")
    listed = home.run("token", "list", "hoso.thu")
    assert made.stdout.strip() not in listed.stdout
    number = listed.stdout.split()[0]
    assert home.run("token", "revoke", number).returncode == 0
    assert "revoked" in home.run("token", "list", "hoso.thu").stdout
    assert home.refused("token", "revoke", "999999", status=1)


@pytest.mark.parametrize("arguments", [("fly",), ("read", "/nowhere/at/all.pdf"), ("ingest", "--no-such")])
def test_wrong_use_ends_with_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    Home(tmp_path / "home").refused(*arguments, status=2)


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    assert "HOSO_PORT=seven" in replace(home, more={"HOSO_PORT": "seven"}).refused("serve", status=2)


def test_before_init_a_command_says_what_to_do(tmp_path: Path) -> None:
    assert "hoso init" in Home(tmp_path / "home").refused("search", "cai", status=1)

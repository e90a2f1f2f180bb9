"""Cutting a scan as a browser without script asks for it: a form that is sent back, every act a button."""

import io
import re

import pytest
from PIL import Image

from app.actor import Role
from app.backends import Backends
from app.models import Document, DocumentPage, PageText, StoredFile
from app.services.reading import image_name
from tests import factories
from tests.functional.conftest import Browser, account, browser_of
from tests.unit.services.splits import CUTS, TEXTS, scanned


def form_of(html: str) -> dict[str, list[str]]:
    """The fields of the plan's form as a browser would send them back."""
    body = html.split("data-split", 1)[1].split("</form>", 1)[0]
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input\b[^>]*>", body):
        given = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', tag))
        ticked = given.get("type") != "checkbox" or re.search(r"\bchecked\b", tag)
        if "name" in given and ticked and given["name"] != "csrf_token":
            fields.setdefault(given["name"], []).append(given.get("value", ""))
    for name, choices in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', choices) or re.search(r'value="([^"]*)"', choices)
        fields[name] = [chosen.group(1)] if chosen else []
    return fields


@pytest.fixture
def scan(backends: Backends, office: object) -> int:
    """A scan of three papers whose stored file is a real PDF of six pages."""
    pages = [Image.new("RGB", (60, 85), (40 * number, 90, 200)) for number in range(len(TEXTS))]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    stored = backends.store.put(io.BytesIO(out.getvalue()))
    for number in range(1, len(TEXTS) + 1):
        backends.store.put_derived(stored.sha256, image_name(number, thumbnail=True), b"picture %d" % number)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = scanned(uow, office, indexed_revision=1)  # type: ignore[arg-type]
        file = uow.session.get_one(StoredFile, row.stored_file_id)
        file.sha256, file.size = stored.sha256, stored.size
    return row.id


def keys(scan: int, *positions: int) -> list[str]:
    return [f"{scan}.{position}" for position in positions]


def cut(officer: Browser, scan: int, starts: tuple[int, ...] = CUTS, act: str = "confirm") -> str:
    fields = form_of(officer.get(f"/tach-ban-quet/{scan}").text)
    fields |= {"start": keys(scan, *starts), "act": [act]}
    return officer.post(f"/tach-ban-quet/{scan}", fields, follow=True).text


def parts(backends: Backends, scan: int) -> list[int]:
    with backends.read() as uow:
        rows = uow.session.query(Document).filter(Document.parcel_id == scan, Document.set_aside_at.is_(None))
        return [row.id for row in rows.order_by(Document.id)]


def test_a_form_with_ticks_cuts_a_scan_and_the_scan_tells_its_parts(
    officer: Browser, backends: Backends, scan: int
) -> None:
    html = cut(officer, scan, act="save")
    assert "Đây là bản nháp" in html
    assert html.count("data-part=") == 4, "three parts and the empty one for the script"
    assert 'value="15"' in html
    html = cut(officer, scan)
    made = parts(backends, scan)
    assert len(made) == 3
    assert "đã tách thành 3 văn bản" in html
    assert all(f'href="/van-ban/{part}"' in html for part in made)
    part = officer.get(f"/van-ban/{made[1]}").text
    assert "Trang 3-5 của bản quét" in part
    assert f'href="/van-ban/{scan}"' in part
    assert "/tach-ban-quet/" in part


def test_undone_the_scan_is_one_document_again(officer: Browser, backends: Backends, scan: int) -> None:
    cut(officer, scan)
    made = parts(backends, scan)
    html = officer.post(f"/tach-ban-quet/{scan}/bo-tach", follow=True).text
    assert "bản quét lại là một văn bản" in html
    assert parts(backends, scan) == []
    cut(officer, scan)
    assert parts(backends, scan) == made


def test_an_edit_from_an_old_page_is_told_and_changes_nothing(officer: Browser, backends: Backends, scan: int) -> None:
    old = form_of(officer.get(f"/tach-ban-quet/{scan}").text)
    cut(officer, scan, act="save")
    answer = officer.post(f"/tach-ban-quet/{scan}", old | {"act": ["confirm"]})
    assert answer.status_code == 409
    assert parts(backends, scan) == []


def test_a_wrong_date_stands_at_its_field(officer: Browser, backends: Backends, scan: int) -> None:
    fields = form_of(officer.get(f"/tach-ban-quet/{scan}").text)
    number = next(name.removeprefix("part-") for name in fields if name.startswith("part-"))
    fields |= {"start": keys(scan, *CUTS), f"date-{number}": ["31/02/2026"], "act": ["confirm"]}
    answer = officer.post(f"/tach-ban-quet/{scan}", fields)
    assert answer.status_code == 422
    assert f'id="date-{number}-wrong"' in answer.text
    assert 'value="31/02/2026"' in answer.text
    assert parts(backends, scan) == []


def test_buttons_number_sheets_hide_blank_sides_merge_and_move(officer: Browser, scan: int) -> None:
    cut(officer, scan, act="save")
    page = f"/tach-ban-quet/{scan}"

    def press(act: str, **given: str) -> dict[str, list[str]]:
        fields = form_of(officer.get(page).text) | {"act": [act], **{name: [value] for name, value in given.items()}}
        return form_of(officer.post(page, fields, follow=True).text)

    numbered = press("number", number_place="1", number_first="12", number_by="sheet")
    sheets = [numbered[f"sheet-{key}"][0] for key in keys(scan, *range(1, 7))]
    assert sheets == ["12", "12", "13", "13", "14", "14"]
    assert press("hide-blank")["hide"] == keys(scan, 5)
    moved = press("move", move_page="6", move_after="1")
    assert moved["order"] == [",".join(keys(scan, 1, 6, 2, 3, 4, 5))]
    number = next(name for name, value in moved.items() if name.startswith("part-") and value == keys(scan, 3))
    merged = press(f"merge:{number.removeprefix('part-')}")
    assert merged["start"] == keys(scan, 1)


def test_the_script_saves_a_draft_and_learns_what_was_read(officer: Browser, scan: int) -> None:
    fields = form_of(officer.get(f"/tach-ban-quet/{scan}").text) | {"start": keys(scan, *CUTS)}
    wrong = fields | {f"sheet-{scan}.2": ["mười"]}
    answer = officer.post(f"/tach-ban-quet/{scan}/nhap", wrong, headers={"Accept": "application/json"})
    said = answer.get_json()
    assert answer.status_code == 200
    assert list(said["wrong"]) == [f"sheet-{scan}.2"]
    assert [part["first"] for part in said["parts"]] == keys(scan, *CUTS)
    assert said["parts"][1]["values"]["type"] == "BB"
    assert officer.post(f"/tach-ban-quet/{scan}/nhap", fields).status_code == 409, "the revision has moved on"
    assert "có thể là 3 văn bản" in officer.get(f"/van-ban/{scan}").text


def test_another_scan_is_laid_to_the_plan_and_both_are_cut_together(
    officer: Browser, backends: Backends, scan: int, office: object
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        other = scanned(uow, office, ("Trang bảy", "Trang tám"), indexed_revision=1).id  # type: ignore[arg-type]
    revision = form_of(officer.get(f"/tach-ban-quet/{scan}").text)["revision"][0]
    page = f"/tach-ban-quet/{scan}/ghep"
    assert f'value="{other}"' in officer.get(page).text
    html = officer.post(page, {"other": str(other), "revision": revision}, follow=True).text
    assert form_of(html)["order"] == [",".join([*keys(scan, *range(1, 7)), *keys(other, 1, 2)])]
    cut(officer, scan, (1, 3))
    made = parts(backends, scan)
    with backends.read() as uow:
        held = [
            [(page.stored_file_id, page.page) for page in uow.session.get_one(Document, part).pages] for part in made
        ]
        assert uow.session.get_one(Document, other).set_aside_at is not None
        own = uow.session.get_one(Document, other).stored_file_id
    assert sum(len(pages) for pages in held) == 8
    assert held[1][-2:] == [(own, 1), (own, 2)]
    assert all(f"/van-ban/{part}" in officer.get(f"/van-ban/{other}").text for part in made[1:])


def test_the_list_shows_what_waits(officer: Browser, scan: int) -> None:
    assert "Không có bản quét nào chờ tách" in officer.get("/tach-ban-quet").text
    cut(officer, scan, act="save")
    assert f"/tach-ban-quet/{scan}" in officer.get("/tach-ban-quet").text
    assert "Bản quét chờ tách" in officer.get("/viec-cua-toi").text


def test_no_address_gives_a_page_outside_the_own_ones(officer: Browser, backends: Backends, scan: int) -> None:
    cut(officer, scan)
    with backends.read() as uow:
        texts = dict(uow.session.query(PageText.page, PageText.text).all())
        own = {
            part: [
                page.page for page in uow.session.query(DocumentPage).filter_by(document_id=part).order_by("position")
            ]
            for part in parts(backends, scan)
        }
    assert sorted(page for pages in own.values() for page in pages) == list(range(1, 7))
    for part, pages in own.items():
        for position in range(9):
            words = officer.get(f"/van-ban/{part}/trang/{position}/chu")
            image = officer.get(f"/van-ban/{part}/trang/{position}/anh?rong=160")
            if 1 <= position <= len(pages):
                assert words.get_json()["text"] == texts[pages[position - 1]]
                assert image.data == b"picture %d" % pages[position - 1]
            else:
                assert (words.status_code, image.status_code) == (404, 404)


def test_a_part_is_downloaded_as_its_own_pages_alone(officer: Browser, backends: Backends, scan: int) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    cut(officer, scan)
    second = parts(backends, scan)[1]
    answer = officer.get(f"/api/v1/documents/{second}/file")
    assert answer.status_code == 200
    made = pdfium.PdfDocument(answer.data)
    assert len(made) == 3
    colours = [made[at].render().to_pil().convert("RGB").getpixel((20, 20))[0] for at in range(3)]
    assert [round(colour / 40) for colour in colours] == [2, 3, 4]
    assert f"/van-ban/{second}/cac-trang" in officer.get(f"/van-ban/{second}").text


def test_the_whole_file_is_for_those_who_may_see_every_part(
    application: object, officer: Browser, backends: Backends, bell: object, office: object, scan: int
) -> None:
    cut(officer, scan)
    first, second, _third = parts(backends, scan)
    assert officer.get(f"/van-ban/{first}/tep-goc").status_code == 200
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Document, second).flags = ["HIV"]
    assert officer.get(f"/van-ban/{first}/tep-goc").status_code == 403
    assert officer.get(f"/van-ban/{first}/cac-trang").status_code == 200
    whole = officer.get(f"/van-ban/{scan}")
    assert whole.status_code == 200
    assert f"/van-ban/{scan}/trang/" not in whole.text
    for path in ("trang/3/chu", "trang/3/anh?rong=160", "trang/1/anh?rong=160", "cac-trang"):
        assert officer.get(f"/van-ban/{scan}/{path}").status_code == 404
    assert officer.get(f"/tach-ban-quet/{scan}").status_code == 404
    trusted = account(backends, office, Role.RECORDS_OFFICER, username="hiv", allowed_flags=["HIV"])  # type: ignore[arg-type]
    seeing = browser_of(application, backends, bell, trusted)  # type: ignore[arg-type]
    assert seeing.get(f"/van-ban/{scan}/trang/3/chu").status_code == 200

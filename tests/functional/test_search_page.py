"""The page of results: dates as columns, looking inside a facet, preview, what is wrong and why something matched."""

import re
from datetime import date

import pytest

from app.backends import Backends
from app.models import Event, Organisation
from app.services.indexing import index_due
from app.web.pager import make_pager
from tests import factories
from tests.functional.conftest import Browser
from tests.functional.test_search import ORDER, ask, keep, total_line


def bars(page: str) -> dict[str, str]:
    """Label and number of every column that can be chosen -> its address."""
    found = re.findall(r'<li><a href="([^"]+)" title="([^"]+)"', page)
    return {title: url.replace("&amp;", "&") for url, title in found}


@pytest.fixture
def dated(backends: Backends, office: Organisation) -> None:
    """Five documents of three years, two of them in one month."""
    days = [date(2023, 5, 1), date(2025, 3, 1), date(2025, 3, 31), date(2025, 12, 1), date(2026, 1, 1)]
    for day in days:
        keep(backends, office, ORDER, date=day)


@pytest.mark.usefixtures("dated")
def test_years_are_columns_with_exact_counts_and_one_year_opens_into_months(officer: Browser) -> None:
    url = ask(officer, "quản lý")
    years = bars(officer.get(url).text)
    assert list(years) == ["2023: 1", "2025: 3", "2026: 1"]
    page = officer.get(years["2025: 3"]).text
    assert "trong 3 kết quả" in total_line(page)
    assert "Theo tháng của năm 2025" in page
    months = bars(page)
    assert list(months) == ["03/2025: 2", "12/2025: 1"]
    month = officer.get(months["03/2025: 2"]).text
    assert "trong 2 kết quả" in total_line(month)
    assert "Tháng 03/2025" in month
    assert list(bars(month)) == list(months), "the filter of days does not narrow its own counts"
    both = officer.get(bars(month)["12/2025: 1"]).text
    assert "trong 3 kết quả" in total_line(both)
    all_years = re.search(r'href="([^"]+)">Mọi năm', month)
    assert all_years
    assert "trong 5 kết quả" in total_line(officer.get(all_years.group(1).replace("&amp;", "&")).text)


@pytest.mark.parametrize(
    ("typed", "total", "chip"),
    [
        ("&tu=01/03/2025&den=31/12/2025", 3, "Từ 01/03/2025 đến 31/12/2025"),
        ("&tu=12/2025", 2, "Từ ngày 01/12/2025"),
        ("&den=2023", 1, "Đến ngày 31/12/2023"),
    ],
)
@pytest.mark.usefixtures("dated")
def test_days_are_typed_as_people_write_them(officer: Browser, typed: str, total: int, chip: str) -> None:
    page = officer.get(ask(officer, "quản lý") + typed).text
    assert f"trong {total} kết quả" in total_line(page)
    assert chip in page


@pytest.mark.usefixtures("dated")
def test_what_is_no_date_is_told_at_its_field_and_kept(officer: Browser) -> None:
    page = officer.get(ask(officer, "quản lý") + "&tu=32/13/2025").text
    assert "Không đọc được ngày." in page
    assert 'value="32/13/2025"' in page
    assert "trong 5 kết quả" in total_line(page)


def test_many_years_stand_together_and_are_chosen_together(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    for year in (1950, 1951, 1999, 2026):
        keep(backends, office, ORDER, date=date(year, 6, 1))
    columns = bars(officer.get(ask(officer, "quản lý")).text)
    assert list(columns) == ["1950–1954: 2", "1995–1999: 1", "2025–2029: 1"]
    assert "trong 2 kết quả" in total_line(officer.get(columns["1950–1954: 2"]).text)


def test_a_value_is_looked_for_among_all_values_of_a_facet(
    officer: Browser, stranger: Browser, backends: Backends, office: Organisation
) -> None:
    for number in range(30):
        keep(backends, office, ORDER, body=f"Ủy ban nhân dân xã Mẫu {number}")
    keep(backends, office, ORDER, body="Sở Y tế")
    url = ask(officer, "quản lý")
    page = officer.get(url).text
    assert "Thêm 14 giá trị" in page, "the most frequent twenty are there"
    form = re.search(r'action="(/tim-kiem/loc[^"]+muc=body[^"]*)"', page)
    assert form
    look = form.group(1).replace("&amp;", "&")
    found = officer.post(look, {"q": "uy mau 29"}).text
    assert "1 giá trị" in found
    chosen = re.search(r'<li><a href="([^"]+)"><span class="tick".*?Ủy ban nhân dân xã Mẫu 29', found, re.DOTALL)
    assert chosen
    assert "trong 1 kết quả" in total_line(officer.get(chosen.group(1).replace("&amp;", "&")).text)
    assert "31 giá trị" in officer.get(look).text
    assert "Không có giá trị nào như vậy." in officer.post(look, {"q": "nhan ya"}).text
    piece = officer.post(look, {"q": "so y"}, headers={"Accept": "text/html-fragment"}).text
    assert "Sở Y tế" in piece
    assert "<html" not in piece
    address = re.sub(r"k=[^&]+&?", "", look)
    assert "Sở Y tế" not in stranger.post(address, {"q": "so y te"}).text
    assert officer.get(look.replace("body", "colour")).status_code == 404


def test_persons_are_looked_for_by_post_and_only_in_scope(
    officer: Browser, stranger: Browser, backends: Backends, office: Organisation
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        for name in ("Trần Thị Thử", "Lê Văn Mẫu"):
            document = factories.document(uow, office, ORDER)
            factories.filing(uow, factories.case(uow, factories.person(uow, office, full_name=name)), document)
    index_due(backends)
    found = officer.post("/tim-kiem/loc?muc=person", {"q": "thi tran"}).text
    assert "Trần Thị Thử" in found
    assert "Lê Văn Mẫu" not in found
    assert not [link for link in re.findall(r'(?:href|action)="([^"]+)"', found) if "tran" in link.lower()]
    assert "Trần Thị Thử" not in stranger.post("/tim-kiem/loc?muc=person", {"q": "tran"}).text


def test_a_preview_shows_the_page_that_matched_and_is_recorded(
    officer: Browser, stranger: Browser, backends: Backends, office: Organisation
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document_id = factories.document(uow, office, "Trang đầu.", "Thời hạn quản lý là hai năm.").id
    index_due(backends)
    page = officer.get(ask(officer, "thời hạn")).text
    found = re.search(rf'data-preview-url="(/tim-kiem/xem/{document_id}\?[^"]+)"', page)
    assert found
    url = found.group(1).replace("&amp;", "&")
    piece = officer.get(url).text
    assert "trang 2/2" in piece
    assert f'href="/van-ban/{document_id}?trang=2' in piece
    assert "<html" not in piece
    with backends.read() as uow:
        line = uow.session.query(Event).filter(Event.kind == "document.viewed").one()
        assert (line.object_id, line.detail["page"]) == (document_id, 2)
    assert stranger.get(url).status_code == 404


def test_a_wrong_part_stands_marked_where_it_was_typed(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    keep(backends, office, ORDER)
    page = officer.get(ask(officer, "quản lý từ ngày:32/01/2026")).text
    assert 'quản lý từ ngày:<mark class="wrong">32/01/2026</mark>' in page
    assert "Chỗ “32/01/2026”: Ngày không hợp lệ" in page


@pytest.mark.parametrize(
    ("typed", "advice", "posted"),
    [
        ("quản lý năm:1999", "Bỏ điều kiện “năm:1999”: 1 kết quả", "quản lý"),
        ("loại:KH quản lý", "Bỏ điều kiện “loại:KH”: 1 kết quả", "quản lý"),
        ("quản -cai", "Bỏ điều kiện “-cai”: 1 kết quả", "quản"),
        ("trích yếu:văn vắng", "Bỏ các chữ “vắng”: 1 kết quả", "trích yếu:văn"),
        ('"quản cư"', "Tìm “quản cư” không cần đứng liền nhau: 1 kết quả", "quản cư"),
        ('"quan lỳ"', "Tìm không phân biệt dấu: “&#34;quan ly&#34;”: 1 kết quả", "&#34;quan ly&#34;"),
        ("quản lý năm:1999 loại:KH", "Bỏ mọi bộ lọc và điều kiện, chỉ tìm “quản lý”: 1 kết quả", "quản lý"),
    ],
)
def test_nothing_found_names_the_condition_that_bites_with_the_count_without_it(
    officer: Browser, backends: Backends, office: Organisation, typed: str, advice: str, posted: str
) -> None:
    keep(backends, office, ORDER)
    page = officer.get(ask(officer, typed)).text
    assert "Không có kết quả nào" in total_line(page)
    assert advice in page
    assert f'<input type="hidden" name="q" value="{posted}">' in page


def test_every_result_says_why_it_matched(officer: Browser, backends: Backends, office: Organisation) -> None:
    keep(backends, office, "Họp ngày 05 tháng 02 năm 2026 tại ủy ban nhân dân", title="Thông báo")
    assert "Khớp ở: nội dung · đúng dấu như gõ" in officer.get(ask(officer, "họp")).text
    assert "Khớp ở: nội dung · khác dấu" in officer.get(ask(officer, "hợp")).text
    assert "Khớp ở: ngày nêu trong văn bản, nội dung" in officer.get(ask(officer, "5/2/26")).text
    page = officer.get(ask(officer, "UBND")).text
    assert "UBND: tìm cả “ủy ban nhân dân”." in page
    assert "Khớp ở: dạng viết tắt hoặc viết đầy đủ, nội dung" in page
    assert 'value="&#34;UBND&#34;"' in page, "the way to what was typed alone"


def test_a_result_without_all_words_says_which_ones_it_lacks(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    keep(backends, office, "Họp tại ủy ban", title="Thông báo")
    page = officer.get(ask(officer, "họp thông báo Xyzzy khác")).text
    assert "Không có: “Xyzzy khác”" in page
    page = officer.get(ask(officer, "họp thông báo")).text
    assert "Không có:" not in page
    assert "có dấu hay không dấu; đúng dấu xếp trước" in page
    words = " ".join(f"vắng{number} họp" for number in range(8))
    assert "“vắng4” và các chữ khác" in officer.get(ask(officer, words)).text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ('"thông báo"', "trong ngoặc kép đúng như gõ"),
        ('tại "họp"', "trong ngoặc kép đúng như gõ"),
        ('"thong bao"', "trong ngoặc kép đứng liền nhau"),
        ('"thông báo" "uy ban"', "trong ngoặc kép đứng liền nhau"),
        ('họp "thông báo', "có dấu hay không dấu"),
        ('trích yếu:"thông báo"', "trong ngoặc kép đứng liền nhau"),
        ('trích yếu:"thông" họp', "có dấu hay không dấu"),
        ('họp tại -"thông tin"', "có dấu hay không dấu"),
    ],
)
def test_the_rule_of_words_says_what_quotation_marks_ask_for(
    officer: Browser, backends: Backends, office: Organisation, asked: str, said: str
) -> None:
    keep(backends, office, "Họp tại ủy ban", title="Thông báo")
    page = officer.get(ask(officer, asked)).text
    rules = ("trong ngoặc kép đúng như gõ", "trong ngoặc kép đứng liền nhau", "có dấu hay không dấu")
    assert [rule for rule in rules if rule in page] == [said]


def test_the_next_hit_goes_over_the_pages_that_hold_everything(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    texts = ["thời hạn", "quản lý", "thời hạn quản lý", "khác", "quản lý có thời hạn"]
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document_id = factories.document(uow, office, *texts).id
    index_due(backends)
    opened = officer.post(f"/van-ban/{document_id}/tim", {"q": "thowif hanj quanr lys"}).location
    page = officer.get(opened).text
    assert "Đang tìm “thời hạn quản lý”" in page
    assert 'inputmode="numeric" value="3"' in page
    (following,) = re.findall(r'href="([^"]+)" data-key="next-hit"', page)
    page = officer.get(following.replace("&amp;", "&")).text
    assert 'inputmode="numeric" value="5"' in page
    assert "next-hit" not in page


def test_the_last_part_is_one_step_away(officer: Browser, backends: Backends, office: Organisation) -> None:
    ids = keep(backends, office, *[f"{ORDER} lần {n}" for n in range(45)])
    url = ask(officer, "quản lý")
    page = officer.get(f"{url}&cuoi=1").text
    assert "Hiển thị 41–45 trong 45 kết quả" in total_line(page)
    assert 'aria-current="page"><span class="visually-hidden">Trang </span>3<' in page
    found = re.findall(r'<h2><a href="/van-ban/(\d+)', page)
    assert found == re.findall(r'<h2><a href="/van-ban/(\d+)', officer.get(f"{url}&trang=3").text)
    assert set(map(int, found)) <= set(ids)


def test_beyond_the_numbers_the_last_part_has_a_link() -> None:
    deep = make_pager(page=1, size=20, shown=20, total=20_000, url=str, last=500, last_url="/cuoi")
    assert (deep.links[-1][0], deep.next_url, deep.last_url) == (500, "2", "/cuoi")
    last = make_pager(page=1000, size=20, shown=20, total=20_000, url=str, last=500)
    assert (last.first, last.last, last.next_url, last.last_url) == (19_981, 20_000, None, None)


def test_a_question_as_long_as_one_with_four_answers_is_asked_whole_and_a_longer_one_says_it_was_cut(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    keep(backends, office, ORDER)
    whole = "quản lý sau cai nghiện " * 40
    kept = officer.get(ask(officer, whole)).text
    assert whole.strip() in kept
    assert "phần sau không được tìm" not in kept
    assert (
        "dài hơn 1.000 ký tự; phần sau không được tìm" in officer.get(ask(officer, whole + "tại nơi cư trú " * 20)).text
    )

"""Every kind of page: whose it is and where it lies. A test holds the table against the routes of the application."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.browser.site import ADMINISTRATOR, AUDITOR, CLERK, INSPECTOR, LEADER, OFFICER, Site

NO_PAGES = frozenset(
    {
        "api.openapi",
        "api.health_view",
        "auth.locked",  # shown only to who locked the screen: see test_rooms
        "documents.file",
        "documents.own_pages",
        "documents.page_image",
        "documents.page_words",
        "exports.file",
        "exports.status",
        "list_search.file",
        "list_search.status",
        "work_lists.file",
        "forms.blank",
        "intake.batch_csv",
        "intake.receipt_csv",
        "scans.earlier_image",
        "search.preview",  # a piece of a page
        "intake.batch_status",
        "papers.print_one",
        "pieces.status",
        "static",
        "work.home",  # leads to the work list
    }
)
"""Addresses that answer with a file, an image, JSON or another page; so do all below /api/v1."""


@dataclass(frozen=True, slots=True)
class Place:
    """One kind of page: the account that opens it (None: nobody signed in), and its path."""

    endpoint: str
    account: str | None
    path: Callable[[Site], str]
    words: str = ""
    """What to ask the search box before: the results page has no address of its own."""
    status: int = 200


PLACES: tuple[Place, ...] = (
    Place("auth.login", None, lambda _: "/dang-nhap"),
    Place("api.docs", None, lambda _: "/api/docs"),
    Place("work.index", OFFICER, lambda _: "/viec-cua-toi"),
    Place("search.results", OFFICER, lambda _: "/tim-kiem"),
    Place("search.results", OFFICER, lambda _: "/tim-kiem", words="quan ly sau cai nghien"),
    Place("search.results", OFFICER, lambda _: "/tim-kiem", words="khôngcógìnhưthế"),
    Place("purpose.state", INSPECTOR, lambda _: "/tim-kiem/muc-dich"),
    Place("search.results", OFFICER, lambda _: "/tim-kiem", words="cai nghiện từ ngày:32/01/2026"),
    Place("search.facet", OFFICER, lambda _: "/tim-kiem/loc?muc=body"),
    Place("exports.view", OFFICER, lambda site: f"/tim-kiem/xuat/{site.records.export}"),
    Place("saved_searches.index", OFFICER, lambda _: "/tim-kiem/da-luu"),
    Place("saved_searches.create", OFFICER, lambda _: "/tim-kiem/da-luu/luu?loai=QD"),
    Place("saved_searches.view", OFFICER, lambda site: f"/tim-kiem/da-luu/{site.records.saved_search}"),
    Place("saved_searches.edit", OFFICER, lambda site: f"/tim-kiem/da-luu/{site.records.saved_search}/sua"),
    Place("saved_searches.alert", OFFICER, lambda site: f"/tim-kiem/da-luu/{site.records.saved_search}/bao"),
    Place("saved_searches.delete", OFFICER, lambda site: f"/tim-kiem/da-luu/{site.records.saved_search}/xoa"),
    Place("list_search.create", OFFICER, lambda _: "/tim-kiem/danh-sach"),
    Place("list_search.view", OFFICER, lambda site: f"/tim-kiem/danh-sach/{site.records.list_search}"),
    Place("work_lists.index", OFFICER, lambda _: "/danh-sach-van-ban"),
    Place("work_lists.create", OFFICER, lambda _: "/danh-sach-van-ban/lap?loai=QD"),
    Place("work_lists.view", OFFICER, lambda site: f"/danh-sach-van-ban/{site.records.work_list}"),
    Place("work_lists.edit", OFFICER, lambda site: f"/danh-sach-van-ban/{site.records.work_list}/sua"),
    Place("work_lists.delete", OFFICER, lambda site: f"/danh-sach-van-ban/{site.records.work_list}/xoa"),
    Place("documents.index", OFFICER, lambda _: "/van-ban"),
    Place("documents.view", OFFICER, lambda site: f"/van-ban/{site.document}"),
    Place("documents.view", OFFICER, lambda site: f"/van-ban/{site.document}?the=van-ban"),
    Place("documents.view", OFFICER, lambda site: f"/van-ban/{site.document}?the=lich-su"),
    Place("documents.view", OFFICER, lambda site: f"/van-ban/{site.document}?the=quyen"),
    Place("documents.view", OFFICER, lambda site: f"/van-ban/{site.document}?the=lien-ket"),
    Place("documents.edit", OFFICER, lambda site: f"/van-ban/{site.document}/thong-tin"),
    Place("documents.delete", OFFICER, lambda site: f"/van-ban/{site.document}/xoa"),
    Place("removals.index", OFFICER, lambda _: "/cach-ly"),
    Place("removals.decide", LEADER, lambda site: f"/cach-ly/{site.records.removal}/quyet-dinh"),
    Place("removals.release", LEADER, lambda site: f"/cach-ly/van-ban/{site.records.closed}/mo-lai"),
    Place("removals.ask", OFFICER, lambda site: f"/cach-ly/van-ban/{site.document}"),
    Place("filing.file_to_case", OFFICER, lambda site: f"/van-ban/{site.document}/ho-so"),
    Place("scans.rescan", OFFICER, lambda site: f"/van-ban/{site.document}/thay-ban-quet"),
    Place("scans.unlock", OFFICER, lambda site: f"/van-ban/{site.records.locked}/mat-khau"),
    Place(
        "scans.earlier",
        OFFICER,
        lambda site: f"/van-ban/{site.records.rescanned}/ban-quet-cu/{site.records.earlier}",
    ),
    Place("intake.weak", OFFICER, lambda _: "/tiep-nhan/can-quet-lai"),
    Place("splitting.index", OFFICER, lambda _: "/tach-ban-quet"),
    Place("splitting.view", OFFICER, lambda site: f"/tach-ban-quet/{site.document}"),
    Place("splitting.join", OFFICER, lambda site: f"/tach-ban-quet/{site.document}/ghep"),
    Place("intake.index", OFFICER, lambda _: "/tiep-nhan"),
    Place("intake.batch", OFFICER, lambda site: f"/tiep-nhan/{site.batch}"),
    Place("persons.index", OFFICER, lambda _: "/nguoi"),
    Place("persons.new", OFFICER, lambda _: "/nguoi/moi"),
    Place("persons.view", OFFICER, lambda site: f"/nguoi/{site.records.person}"),
    Place("persons.edit", OFFICER, lambda site: f"/nguoi/{site.records.person}/sua"),
    Place("cases.index", OFFICER, lambda _: "/ho-so"),
    Place("cases.new", OFFICER, lambda _: "/ho-so/moi"),
    Place("cases.new", OFFICER, lambda site: f"/ho-so/moi?nguoi={site.records.person}"),
    Place("cases.view", OFFICER, lambda site: f"/ho-so/{site.records.case}"),
    Place("cases.edit", OFFICER, lambda site: f"/ho-so/{site.records.case}/sua"),
    Place("cases.add_event", OFFICER, lambda site: f"/ho-so/{site.records.case}/dien-bien"),
    Place("cases.close", OFFICER, lambda site: f"/ho-so/{site.records.case}/dong"),
    Place("papers.index", OFFICER, lambda _: "/soan"),
    Place("papers.new", OFFICER, lambda site: f"/soan/ho-so/{site.records.case}/moi"),
    Place("papers.view", OFFICER, lambda site: f"/soan/{site.records.draft}"),
    Place("papers.edit", OFFICER, lambda site: f"/soan/{site.records.draft}/sua"),
    Place("own.view", OFFICER, lambda _: "/tai-khoan/cua-toi"),
    Place("auth.password", OFFICER, lambda _: "/mat-khau"),
    Place("errors", OFFICER, lambda _: "/van-ban/999999", status=404),
    Place("work.index", LEADER, lambda _: "/viec-cua-toi"),
    Place("work.index", CLERK, lambda _: "/viec-cua-toi"),
    Place("papers.view", CLERK, lambda site: f"/soan/{site.records.numbered}"),
    Place("registers.index", CLERK, lambda _: "/so"),
    Place("registers.new", CLERK, lambda _: "/so/moi"),
    Place("registers.view", CLERK, lambda site: f"/so/{site.records.book}"),
    Place("registers.add", CLERK, lambda site: f"/so/{site.records.book}/cap-so"),
    Place("registers.cancel", CLERK, lambda site: f"/so/{site.records.book}/so/{site.records.entry}/huy"),
    Place("forms.index", INSPECTOR, lambda _: "/mau-van-ban"),
    Place("forms.view", INSPECTOR, lambda _: "/mau-van-ban/D163/V/53"),
    Place("inspection.index", INSPECTOR, lambda _: "/kiem-tra"),
    Place("events.index", AUDITOR, lambda _: "/nhat-ky"),
    Place("organisations.index", ADMINISTRATOR, lambda _: "/to-chuc"),
    Place("organisations.new", ADMINISTRATOR, lambda _: "/to-chuc/moi"),
    Place("organisations.view", ADMINISTRATOR, lambda site: f"/to-chuc/{site.records.organisation}"),
    Place("organisations.edit", ADMINISTRATOR, lambda site: f"/to-chuc/{site.records.organisation}/sua"),
    Place("accounts.index", ADMINISTRATOR, lambda _: "/tai-khoan"),
    Place("accounts.new", ADMINISTRATOR, lambda _: "/tai-khoan/moi"),
    Place("accounts.view", ADMINISTRATOR, lambda site: f"/tai-khoan/{site.records.account}"),
    Place("accounts.edit", ADMINISTRATOR, lambda site: f"/tai-khoan/{site.records.account}/sua"),
    Place("accounts.password", ADMINISTRATOR, lambda site: f"/tai-khoan/{site.records.account}/mat-khau"),
    Place("accounts.disable", ADMINISTRATOR, lambda site: f"/tai-khoan/{site.records.account}/khoa"),
)


def by_account() -> Mapping[str | None, tuple[Place, ...]]:
    """The places, by who opens them."""
    accounts = dict.fromkeys(place.account for place in PLACES)
    return {name: tuple(place for place in PLACES if place.account == name) for name in accounts}

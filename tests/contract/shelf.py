"""Thirty documents of which the table of cases (`cases.toml`) asks, and what is expected of their lives."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from indexer import SearchDocument, SearchPage
from tests.contract.search_backends import HERE, day, document

OTHER = 2  # another organisation

_UNDER = {"body": "UBND xã Thử", "cases": ((70, "HS-2024-0001"),), "case_ids": (70,)}
_NAMED = {"persons": ((7, "Nguyễn Văn Thử"), (7, "Tư Lùn")), "identities": ("000203004567",)}

SHELF: tuple[SearchDocument, ...] = (
    # Words with, without and with other accents.
    document(
        1,
        "áp dụng biện pháp quản lý sau cai nghiện tại nơi cư trú",
        title="Quyết định quản lý sau cai",
        type="QĐ",
        number_text="15/QĐ-UBND",
        date=day("2024-05-02"),
        signer="Trần Thị Mẫu",
        **_UNDER,
        **_NAMED,
    ),
    document(
        2,
        "AP DUNG BIEN PHAP QUAN LY SAU CAI NGHIEN TAI NOI CU TRU",
        title="QUYET DINH QUAN LY SAU CAI",
        type="QĐ",
        number_text="16/QĐ-UBND",
        date=day("2024-06-03"),
        body="UBND xã Mẫu",
        quality="scan",
    ),
    document(3, "việc hoãn chấp hành", title="Đơn xin hoãn", type="ĐON", date=day("2022-03-01"), body="Công an xã Thử"),
    document(4, "đã hoàn thành chương trình", title="Giấy xác nhận hoàn thành", type="GXN", date=day("2022-04-01")),
    document(5, "công nghệ kỹ thuật thuỷ lợi, hoà giải, khoẻ mạnh", title="Báo cáo kỹ thuật", type="BC"),
    document(6, "công nghệ kĩ thuật thủy lợi, hòa giải, khỏe mạnh", title="Báo cáo kĩ thuật", type="BC"),
    document(7, "HO\u0302\u0300 SO\u031b GO\u0302\u0301C", title="Bản gốc phân rã", type="BB", quality="weak"),
    # Numbers in every spelling.
    document(
        8,
        "tiếp nhận người sau cai",
        title="Kế hoạch tiếp nhận",
        type="KH",
        number_text="15/KH-UBND",
        date=day("2023-01-15"),
        **_UNDER,
    ),
    document(9, title="Quyết định cũ", type="QĐ", number_text="015/2019/QĐ-UBND", date=day("2019-02-05")),
    document(10, title="Quyết định bổ sung", type="QĐ", number_text="15a/QĐ-UBND", date=day("2024-05-20")),
    document(11, "theo Quyết định số 15/QĐ-UBND", title="Công văn nhắc", type="CV", date=day("2025-01-10")),
    document(12, title="Nghị định về cai nghiện", type="NĐ", number_text="116/2021/NĐ-CP", date=day("2021-12-21")),
    document(13, "căn cứ Điều 41 Nghị định số 116/2021/NĐ-CP", title="Tờ trình", type="TTr", date=day("2022-02-05")),
    # Days, identity numbers, persons.
    document(14, "ngày 05 tháng 02 năm 2026 và ngày 5/3/2026", title="Giấy mời", type="GM"),
    document(15, "lập ngày 5.2.2026", title="Biên bản làm việc", type="BB", date=day("2026-02-06"), quality="scan"),
    document(16, title="Thông báo", type="TB", date=day("2026-02-05"), signer="Lê Văn Giả"),
    document(17, "số định danh 000 203 004 568", title="Bản khai", identities=("000203004568",), quality="scan"),
    document(
        18, "ông Nguyễn Thử Văn", title="Đơn của ông Thử", persons=((8, "Nguyễn Thử Văn"),), body="Công an xã Thử"
    ),
    # Phrases, words near each other, beginnings, fields side by side.
    document(19, "nghiện ma túy nhà nước quản lý", title="Vi phạm", type="BC", date=day("2020-07-01")),
    document(20, "nhà " + "chữ " * 12 + "nghiện", title="Vi-rút", type="BC", date=day("2020-08-01")),
    document(21, "nghiện", title="Cai", type="BC", date=day("2020-09-01")),
    document(22, title="Hai trang", type="BC", pages=(SearchPage(1, "việc cai"), SearchPage(2, "nghiện ở trang sau"))),
    # Short and long forms.
    document(23, "Chủ tịch UBND huyện", title="Công văn tắt", type="CV", date=day("2021-05-05")),
    document(24, "Chủ tịch Ủy ban nhân dân huyện", title="Công văn đủ", type="CV", date=day("2021-06-05")),
    document(25, "tệp gốc", title="Ảnh chụp", file_name="anh-chup-0042.jpg", place="Tủ 3 ngăn 5", quality="unread"),
    # Whose they are.
    document(26, "bí mật chung", title="Của hai nơi", organisations=(HERE, OTHER), type="TB"),
    document(27, "bí mật riêng", title="Của nơi khác", organisations=(OTHER,), type="TB", body="UBND xã Kín"),
    document(28, "bí mật trong hồ sơ", title="Trong hồ sơ", organisations=(OTHER,), case_ids=(50,), type="TB"),
    document(29, "bí mật có cờ", title="Có cờ", flags=("hiv",), type="TB", persons=((9, "Người Kín"),)),
    document(30, "bí mật hai cờ", title="Hai cờ", flags=("hiv", "ost"), type="TB"),
)

BY_ID = {each.id: each for each in SHELF}

# What happens to every document before it is asked for: revision, and whether it is there afterwards.
LIFE: tuple[tuple[int, bool], ...] = ((1, True), (2, True), (3, False), (4, True), (5, True), (6, False), (7, True))
LAST = LIFE[-1][0]


def at(revision: int) -> list[SearchDocument]:
    """All documents at a revision: until the last one, with words that none of them has in the end."""
    if revision == LAST:
        return [replace(each, revision=revision) for each in SHELF]
    return [document(each.id, f"tạm lần{revision}", revision=revision, title="Bản tạm", type="CŨ") for each in SHELF]


def facets_of(found: Iterable[int]) -> Mapping[str, Counter[str]]:
    """The facets that an answer with these documents has."""
    documents = [BY_ID[id_] for id_ in found]
    return {
        "type": Counter(each.type for each in documents if each.type),
        "year": Counter(str(each.date.year) for each in documents if each.date),
        "body": Counter(each.body for each in documents if each.body),
        "person": Counter(person for each in documents for person in {str(id_) for id_, _ in each.persons}),
        "case": Counter(str(id_) for each in documents for id_, _ in each.cases),
        "quality": Counter(str(each.quality) for each in documents),
    }

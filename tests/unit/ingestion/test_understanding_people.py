"""Identity numbers, people with birth dates, and signers."""

import pytest
from drawn_papers import DECISION, Line, plain_page, recognised_page

from ingestion import Fact, PersonMention, understand
from ingestion.understanding.signing import looks_like_name


def _people(text: str) -> list[tuple[str, str | None, str | None]]:
    return [(one.name, one.birth_date, one.birth_precision) for one in understand([plain_page(text)]).people]


def _value(fact: Fact | None) -> str | None:
    return fact.value if fact else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Họ và tên: NGUYỄN VĂN THỬ; Giới tính: Nam\nNgày, tháng, năm sinh: 05/03/1990",
            ("NGUYỄN VĂN THỬ", "1990-03-05", "day"),
        ),
        ("1. Họ và tên (viết in hoa): TRẦN THỊ MẪU\nNăm sinh: 1985", ("TRẦN THỊ MẪU", "1985", "year")),
        ("Họ và tên khai sinh: Lê Văn Thử. Sinh ngày 01 tháng 02 năm 2001", ("Lê Văn Thử", "2001-02-01", "day")),
        ("Họ, chữ đệm và tên: Lê Văn Thử\nSinh: 02/2001", ("Lê Văn Thử", "2001-02", "month")),
        ("đối với ông Nguyễn Văn Thử, sinh năm 1990, trú tại xã Mẫu", ("Nguyễn Văn Thử", "1990", "year")),
        ("Ông (bà) Nguyễn Văn Thử Giới tính Nam\nNgày sinh: 05/03/1990", ("Nguyễn Văn Thử", "1990-03-05", "day")),
        ("đối với bà Trần Thị Mẫu (sinh ngày 7-8-1979)", ("Trần Thị Mẫu", "1979-08-07", "day")),
        ("Họ và tên: ....Phạm Văn Thử.... Ngày sinh: ..../..../.....", ("Phạm Văn Thử", None, None)),
    ],
)
def test_person_is_read_with_the_birth_date_beside_the_name(
    text: str, expected: tuple[str, str | None, str | None]
) -> None:
    assert _people(text) == [expected]


def test_birth_date_of_the_next_person_is_not_taken() -> None:
    text = "Họ và tên: Nguyễn Văn Thử\nHọ và tên: Trần Thị Mẫu\nNgày sinh: 01/01/1990"
    assert _people(text) == [("Nguyễn Văn Thử", None, None), ("Trần Thị Mẫu", "1990-01-01", "day")]


def test_official_named_without_a_birth_date_is_no_subject() -> None:
    assert _people("Giao ông Nguyễn Văn Thử, Trưởng Công an xã, chịu trách nhiệm thi hành.") == []


def test_same_person_is_mentioned_once_with_the_date() -> None:
    text = "Họ và tên: Nguyễn Văn Thử\n" + "x" * 300 + "\nHọ và tên: NGUYỄN VĂN THỬ\nSinh ngày 05/03/1990"
    assert _people(text) == [("NGUYỄN VĂN THỬ", "1990-03-05", "day")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Số CCCD: 000090000123 cấp ngày 01/01/2021", ["000090000123"]),
        ("Số căn cước 000 090 000 123", ["000090000123"]),
        ("Số CC: 000090000123; Ngày cấp: 05/09/2025", ["000090000123"]),
        ("CMND số 000123456, cấp tại Thử Nghiệm", ["000123456"]),
        ("CCCD: 000090000123; CCCD 000090000123", ["000090000123"]),
        ("Điện thoại 000123456, số tài khoản 000090000123", []),
        ("Mã hồ sơ 0000900001234567, CCCD: chưa có", []),
        ("Số định danh cá nhân: 000090000123", ["000090000123"]),
    ],
)
def test_identity_number_counts_only_near_a_word_for_it(text: str, expected: list[str]) -> None:
    assert [mention.value for mention in understand([plain_page(text)]).identities] == expected


def test_identity_numbers_in_a_table_belong_to_the_heading_of_the_page() -> None:
    text = "TT\tHọ tên\tSố CCCD\n" + "\n".join(f"{row}\tNguyễn Văn Thử\t00009000{row:04}" for row in range(20))
    assert len(understand([plain_page(text)]).identities) == 20


def test_signer_post_and_authority_stand_at_the_foot() -> None:
    facts = understand([recognised_page(DECISION)])
    assert _value(facts.signer) == "Trần Thị Mẫu"
    assert _value(facts.signer_post) == "PHÓ CHỦ TỊCH"
    assert _value(facts.signer_authority) == "TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH"


def test_signer_by_order_does_not_change_the_issuing_body() -> None:
    lines = [line for line in DECISION if not line.text.startswith(("TM.", "KT.", "PHÓ", "Trần"))]
    foot = [
        Line(430, 350, "TL. CHỦ TỊCH", 13, True),
        Line(430, 366, "CHÁNH VĂN PHÒNG", 13, True),
        Line(430, 460, "Thượng tá Lê Văn Mẫu", 13, True),
    ]
    facts = understand([recognised_page([*lines, *foot])])
    assert _value(facts.signer) == "Lê Văn Mẫu"
    assert (_value(facts.signer_post), _value(facts.signer_authority)) == ("CHÁNH VĂN PHÒNG", "TL. CHỦ TỊCH")
    assert _value(facts.body) == "ỦY BAN NHÂN DÂN XÃ THỬ NGHIỆM"


def test_unsigned_paper_has_no_signer() -> None:
    lines = [line for line in DECISION if not line.text.startswith("Trần")]
    facts = understand([recognised_page(lines)])
    assert facts.signer is None
    assert _value(facts.signer_authority) == "TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH"


def test_foot_is_found_before_an_annex() -> None:
    annex = plain_page("PHỤ LỤC\nDanh mục giấy tờ kèm theo", number=2)
    assert _value(understand([recognised_page(DECISION), annex]).signer) == "Trần Thị Mẫu"


@pytest.mark.parametrize("text", ["Nguyễn Văn Thử", "TRẦN THỊ MẪU", "Ksor Thử"])
def test_names_of_people_are_told(text: str) -> None:
    assert looks_like_name(text)


@pytest.mark.parametrize("text", ["Nơi nhận", "Thử", "nguyễn văn thử", "Nguyễn Văn Xyzk", "Quyết định này có hiệu lực"])
def test_other_words_are_not_names(text: str) -> None:
    assert not looks_like_name(text)


def test_evidence_of_a_person_spans_name_and_date() -> None:
    page = plain_page("Họ và tên: Nguyễn Văn Thử\nNgày sinh: 05/03/1990.")
    person: PersonMention = understand([page]).people[0]
    assert person.evidence.quote == "Nguyễn Văn Thử\nNgày sinh: 05/03/1990"

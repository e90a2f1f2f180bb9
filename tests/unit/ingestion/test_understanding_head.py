"""Header facts after Decree 30: number, symbol, date, place, body, type, subject; flags where a fact is not known."""

from dataclasses import replace

import pytest
from drawn_papers import DECISION, HEAD, Line, plain_page, recognised_page

from ingestion import Fact, Facts, Page, Region, RegionKind, facts_from_json, understand
from ingestion.understanding.dates import find_dates
from ingestion.understanding.numbers import citations, number_line


def _value(fact: Fact | None) -> str | None:
    return fact.value if fact else None


def _replaced(old: str, new: str) -> Page:
    lines = [Line(line.x, line.y, line.text.replace(old, new), line.size, line.centred) for line in DECISION]
    return recognised_page(lines)


def test_two_column_head_read_as_one_line_is_parted_by_the_gap() -> None:
    page = recognised_page(DECISION)
    assert page.text.startswith("ỦY BAN NHÂN DÂN CỘNG HÒA XÃ HỘI")
    facts = understand([page])
    assert _value(facts.body) == "ỦY BAN NHÂN DÂN XÃ THỬ NGHIỆM"
    assert (_value(facts.number), _value(facts.suffix), _value(facts.symbol)) == ("15", "a", "QĐ-UBND")
    assert (_value(facts.place), _value(facts.date)) == ("Thử Nghiệm", "2025-09-05")
    assert (_value(facts.type), _value(facts.subject)) == ("QĐ", "Về việc quản lý sau cai nghiện ma túy")
    assert facts.flags == ()


def test_every_fact_has_its_evidence_in_the_text() -> None:
    page = recognised_page(DECISION)
    facts = understand([page])
    for fact in (facts.type, facts.number, facts.symbol, facts.date, facts.place, facts.signer):
        assert fact is not None
        assert fact.evidence is not None
        found = fact.evidence
        assert found.page == 1
        assert page.text[found.start : found.end] == found.quote
    for mention in (*facts.identities, *facts.people):
        assert page.text[mention.evidence.start : mention.evidence.end] == mention.evidence.quote


def test_facts_survive_json() -> None:
    facts = understand([_replaced("Số: 15a/QĐ-UBND", "Số: /QĐ-UBND")])
    assert facts_from_json(facts.as_json()) == facts


def test_blank_number_is_none_and_flagged_and_its_symbol_is_kept() -> None:
    for blank in ("Số: /QĐ-UBND", "Số:       /QĐ-UBND", "Số: ......./QĐ-UBND", "Số: …… / QĐ - UBND"):
        facts = understand([_replaced("Số: 15a/QĐ-UBND", blank)])
        assert facts.number is None
        assert _value(facts.symbol) == "QĐ-UBND"
        assert "NO_NUMBER" in facts.flags


@pytest.mark.parametrize(
    ("written", "number", "suffix", "symbol"),
    [
        ("Số: 144/KH-SLĐTBXH", "144", None, "KH-SLĐTBXH"),
        ("Số: 2534/ SLĐT BXH-PCTNXH-BĐG", "2534", None, "SLĐTBXH-PCTNXH-BĐG"),
        ("Số: 659/UBND-THVX", "659", None, "UBND-THVX"),
        ("Số: 116/2021/NĐ-CP", "116", None, "2021/NĐ-CP"),
        ("Số: 116/2021-NĐ-CP", "116", None, "2021/NĐ-CP"),
        ("Số: 15a/QĐ-UBND", "15", "a", "QĐ-UBND"),
        ("Số : 07 / GXN – CSCN", "07", None, "GXN-CSCN"),
        ("Sô: 12/TB-CAX", "12", None, "TB-CAX"),
        ("S6: 12/QÐ-UBND", "12", None, "QĐ-UBND"),
        ("Số 35/QĐ-CAX", "35", None, "QĐ-CAX"),
        ("Số: 73/2021/QH14", "73", None, "2021/QH14"),
        ("Số: 12/", "12", None, None),
    ],
)
def test_number_and_symbol_in_every_spelling(written: str, number: str, suffix: str | None, symbol: str | None) -> None:
    line = number_line(written.replace("Ð", "Đ"))
    assert line is not None
    assert (line.number, line.suffix, line.symbol) == (number, suffix, symbol)


@pytest.mark.parametrize("sentence", ["Số người cai nghiện là 12/15", "Sở Y tế", "Số lượng: 5", "Sổ theo dõi"])
def test_sentence_about_numbers_is_no_number_line(sentence: str) -> None:
    assert number_line(sentence) is None


def test_two_numbers_in_the_head_are_both_kept_and_none_is_chosen() -> None:
    facts = understand([recognised_page([*DECISION, Line(170, 126, "Số: 16/QĐ-UBND", 12, True)])])
    assert facts.number is None
    assert "CONFLICTING_NUMBERS" in facts.flags
    assert [fact.value for name, fact in facts.alternatives if name == "number"] == ["15a/QĐ-UBND", "16/QĐ-UBND"]


@pytest.mark.parametrize(
    ("written", "value", "flag"),
    [
        ("ngày    tháng 9 năm 2025", "2025-09", "PARTIAL_DATE"),
        ("ngày ..... tháng 9 năm 2025", "2025-09", "PARTIAL_DATE"),
        ("ngày … tháng … năm 2025", "2025", "PARTIAL_DATE"),
        ("ngày 31 tháng 02 năm 2025", None, "NO_DATE"),
        ("ngày ... tháng ... năm ......", None, "NO_DATE"),
    ],
)
def test_blank_or_impossible_date_is_partial_or_none_never_guessed(written: str, value: str | None, flag: str) -> None:
    facts = understand([_replaced("ngày 05 tháng 9 năm 2025", written)])
    assert _value(facts.date) == value
    assert flag in facts.flags
    assert _value(facts.place) == "Thử Nghiệm"


def test_two_dates_in_the_head_are_both_kept_and_none_is_chosen() -> None:
    facts = understand([recognised_page([*DECISION, Line(410, 126, "Thử Nghiệm, ngày 06 tháng 9 năm 2025", 12, True)])])
    assert facts.date is None
    assert "CONFLICTING_DATES" in facts.flags
    assert [fact.value for _, fact in facts.alternatives] == ["2025-09-05", "2025-09-06"]


def test_citing_a_later_document_contradicts_the_date() -> None:
    facts = understand([_replaced("Căn cứ Luật", "Căn cứ Kế hoạch số 12/KH-UBND ngày 13/6/2026; Luật")])
    assert "CONFLICTING_DATES" in facts.flags
    assert [fact.value for _, fact in facts.alternatives] == ["2025-09-05", "2026-06-13"]


def test_document_that_begins_at_its_title_is_typed_and_flagged() -> None:
    facts = understand([plain_page("KẾ HOẠCH\nQuản lý sau cai nghiện ma túy năm 2023\n\nThực hiện Luật ...")])
    assert (_value(facts.type), _value(facts.subject)) == ("KH", "Quản lý sau cai nghiện ma túy năm 2023")
    assert {"NO_NUMBER", "NO_DATE"} <= set(facts.flags)
    assert facts.body is None


def test_letter_is_told_by_its_subject_beside_the_number() -> None:
    lines = [*HEAD, Line(170, 130, "V/v phối hợp quản lý người", 12, True), Line(170, 145, "sau cai nghiện", 12, True)]
    lines = [Line(x.x, x.y, x.text.replace("15a/QĐ-UBND", "659/UBND-VP"), x.size, x.centred) for x in lines]
    facts = understand([recognised_page([*lines, Line(300, 190, "Kính gửi: Công an xã Thử Nghiệm", 13, True)])])
    assert (_value(facts.type), _value(facts.symbol)) == ("CV", "UBND-VP")
    assert _value(facts.subject) == "phối hợp quản lý người sau cai nghiện"


def test_type_comes_from_the_symbol_where_no_title_is_read() -> None:
    facts = understand([_replaced("QUYẾT ĐỊNH", "@@@@")])
    assert _value(facts.type) == "QĐ"


def test_title_with_wrong_accents_is_still_known() -> None:
    assert _value(understand([_replaced("QUYẾT ĐỊNH", "QUYÉT ĐINH")]).type) == "QĐ"


def test_paper_without_any_head_is_of_unknown_type() -> None:
    facts = understand([plain_page("Hôm nay trời đẹp.\nTôi đi ra chợ mua rau.")])
    assert facts.type is None
    assert set(facts.flags) == {"UNKNOWN_TYPE", "NO_NUMBER", "NO_DATE"}


def test_a_number_read_into_the_line_of_the_body_is_not_part_of_its_name() -> None:
    facts = understand([plain_page("CÔNG AN TỈNH MẪU\nCÔNG AN PHƯỜNG MẪU 1 Số: 21ĐN-CAP\nQUYẾT ĐỊNH\nVề việc thử")])
    assert _value(facts.body) == "CÔNG AN PHƯỜNG MẪU 1"


def test_issuing_body_is_the_last_name_below_its_superior() -> None:
    lines = [
        Line(170, 56, "UBND TỈNH THỬ NGHIỆM", 12, True),
        Line(170, 70, "SỞ LAO ĐỘNG - THƯƠNG BINH", 12, True),
        Line(170, 86, "VÀ XÃ HỘI", 12, True),
        *HEAD[2:],
    ]
    facts = understand([recognised_page(lines)])
    assert _value(facts.body) == "SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI"


def test_head_in_cells_of_a_word_table_is_read() -> None:
    text = (
        "CÔNG AN TỈNH THỬ NGHIỆM\nCÔNG AN XÃ MẪU\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
        "Số: 07/GXN-CAX\tXã Mẫu, ngày 02 tháng 01 năm 2026\n\nGIẤY XÁC NHẬN\nHoàn thành cai nghiện ma túy tự nguyện\n\n"
        "Căn cứ Luật Phòng, chống ma túy;"
    )
    facts = understand([plain_page(text)])
    assert (_value(facts.body), _value(facts.type)) == ("CÔNG AN XÃ MẪU", "GXN")
    assert (_value(facts.number), _value(facts.symbol)) == ("07", "GXN-CAX")
    assert (_value(facts.place), _value(facts.date)) == ("Xã Mẫu", "2026-01-02")
    assert _value(facts.subject) == "Hoàn thành cai nghiện ma túy tự nguyện"


def test_nothing_read_means_no_facts() -> None:
    assert understand([]) == Facts(flags=("UNKNOWN_TYPE", "NO_NUMBER", "NO_DATE"))


def test_weak_pages_flag_the_facts() -> None:
    assert "WEAK" in understand([recognised_page(DECISION, confidence=0.7)]).flags
    assert "HANDWRITTEN?" in understand([recognised_page(DECISION, confidence=0.3)]).flags


def test_cited_documents_are_canonical() -> None:
    text = "Nghị định số 116/2021-NĐ-CP ngày 21/12/2021; Kế hoạch số 381/ KH-UBND; tỷ lệ 53/04 nữ"
    assert [one.value for one in citations(text)] == ["116/2021/NĐ-CP", "381/KH-UBND"]


def test_dates_in_running_text_are_found_in_order() -> None:
    text = "trước ngày 30/9/2024, từ ngày 05 tháng 9 năm 2023 và 31/02/2024"
    assert [(one.value, one.precision) for one in find_dates(text)] == [("2024-09-30", "day"), ("2023-09-05", "day")]


def test_copy_of_an_identity_card_is_no_body_but_its_own_kind() -> None:
    lines = [
        Line(85, 60, "BẢN SAO CĂN CƯỚC", 14),
        Line(85, 90, "Họ và tên: Nguyễn Văn Thử"),
        Line(85, 110, "Sinh năm: 1990"),
    ]
    assert understand([recognised_page(lines)]).body is None
    card = [Line(85, 60, "CĂN CƯỚC CÔNG DÂN", 14), *lines[1:]]
    assert _value(understand([recognised_page(card)]).type) == "GT"


def test_subject_that_begins_with_an_assignment_is_read() -> None:
    page = _replaced("Về việc quản lý sau cai nghiện ma túy", "Phân công người thực hiện nhiệm vụ")
    assert _value(understand([page]).subject) == "Phân công người thực hiện nhiệm vụ"


def test_handwriting_seen_in_the_picture_is_flagged_whatever_the_confidence() -> None:
    page = recognised_page(DECISION)
    pen = Region(RegionKind.HANDWRITING, (80, 200, 500, 400), 0.9)
    assert "HANDWRITTEN?" in understand([replace(page, regions=(pen,))]).flags
    assert "HANDWRITTEN?" not in understand([replace(page, regions=(replace(pen, score=0.2),))]).flags


def test_running_foot_is_no_part_of_the_head_or_foot() -> None:
    page = recognised_page(DECISION)
    foot = "Số: 99/KH-UBND"
    told = replace(page, text=f"{page.text}\n{foot}", running=len(page.text) + 1)
    facts = understand([told])
    assert (_value(facts.number), facts.alternatives) == ("15", ())

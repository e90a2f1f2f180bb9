"""What stands on the finished paper: the wording of the form, the facts, nothing of the drafting aids."""

import re
import unicodedata
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from filled_forms import MOTHER, filled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError

from doc_templates.catalogue import Form, form, forms
from doc_templates.errors import BadFact, MissingFacts
from doc_templates.rendering import Rendered, RenderMode, environment, render

each_form = pytest.mark.parametrize("one", forms(), ids=lambda row: row.code)


def printed(
    tmp_path: Path, code: str, *, mode: RenderMode = RenderMode.FINAL, empty: bool = False, **changes: object
) -> Rendered:
    """A form filled with its right facts and the changes (with none at all where `empty`)."""
    return render(form(code), {} if empty else filled(code, **changes), tmp_path / "paper.docx", mode=mode)


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        (
            "D163/V/22",
            [
                "CÔNG AN TỈNH THỬ NGHIỆM",
                "CÔNG AN PHƯỜNG MẪU 1",
                "Số: 05/QĐ-CA",
                "Mẫu 1, ngày 03 tháng 8 năm 2026",
                "Cai nghiện ma túy tự nguyện",
                "TRƯỞNG CÔNG AN PHƯỜNG MẪU 1",
                "Căn cứ đơn xin đi cai nghiện ma túy tự nguyện;",
                "1. Ông (bà) Nguyễn Văn Thử Giới tính Nam",
                "Số CCCD: 000090000012 ngày cấp 10/05/2021 nơi cấp: Cơ quan Cấp thẻ Thử",
                "2. Thời gian cai nghiện: từ ngày 03 tháng 8 năm 2026 đến ngày 03 tháng 8 năm 2028",
                "Điều 3. Quyết định này có hiệu lực kể từ ngày ký",
                "Điều 4. Ông có tên tại Điều 1, cơ quan, tổ chức, cá nhân chịu trách nhiệm thi hành Quyết định này.",
                "- Phòng PC04 Công an tỉnh Thử Nghiệm;",
                "- Lưu: VT, HS.",
            ],
        ),
        (
            "D163/V/50",
            [
                "Số: 15a/GXN-CSCN",
                "TRƯỞNG CƠ SỞ CAI NGHIỆN MA TÚY SỐ 1",
                "Căn cứ Luật Phòng, chống ma túy năm 2025;",
                "Căn cứ Quyết định số: 07/QĐ-TA ngày 12 tháng 11 năm 2024 của Tòa án nhân dân khu vực 1 - Thử Nghiệm"
                " về việc đưa đi cai nghiện bắt buộc;",
                "XÁC NHẬN",
                "1. Họ, tên (viết in hoa): NGUYỄN VĂN THỬ; Giới tính: Nam",
                "2. Xác nhận: Chấp hành xong Quyết định đưa đi cai nghiện bắt buộc.",
                "- TAND khu vực 1 - Thử Nghiệm;",
                "KT. TRƯỞNG CƠ SỞ",
                "PHÓ TRƯỞNG CƠ SỞ",
            ],
        ),
        (
            "D163/V/53",
            [
                "CHỦ TỊCH ỦY BAN NHÂN DÂN PHƯỜNG MẪU 1",
                "Theo đề nghị của Trưởng Công an phường Mẫu 1.",
                "Tên gọi khác (nếu có): không",
                "Nghề nghiệp: không; Nơi làm việc: không",
                "Họ, tên: Trần Thị Mẫu; Tuổi: 60",
                "Điều 3. Quyết định này có hiệu lực kể từ ngày 12 tháng 11 năm 2026.",
                "- Trưởng Công an phường Mẫu 1;",
                "- Cơ sở cai nghiện ma túy số 1;",
            ],
        ),
        (
            "D163/V/56",
            [
                "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
                "Căn cứ Quyết định số: 03/QĐ-UBND ngày 10 tháng 11 năm 2025 của Chủ tịch Ủy ban nhân dân phường Mẫu 1"
                " về việc quản lý sau cai nghiện ma túy tại nơi cư trú;",
                "2. Xác nhận: Đã chấp hành xong thời hạn quản lý sau cai nghiện ma túy tại nơi cư trú."
                " Thời gian: từ ngày 12 tháng 11 năm 2025 đến ngày 12 tháng 11 năm 2026",
                "KT. CHỦ TỊCH",
                "PHÓ CHỦ TỊCH",
            ],
        ),
        (
            "D116/51",
            [
                "CHỦ TỊCH UBND PHƯỜNG MẪU 1",
                "Theo đề nghị của Trưởng Công an phường Mẫu 1,",
                "Họ, tên mẹ: Trần Thị Mẫu; Tuổi: 60",
                "Ông có tên tại Điều 1, cơ quan, tổ chức, cá nhân được giao tại Điều 2 chịu trách nhiệm thi hành"
                " Quyết định này./.",
                "TM. ỦY BAN NHÂN DÂN",
                "CHỦ TỊCH",
            ],
        ),
    ],
)
def test_the_paper_prints_the_wording_of_the_form(tmp_path: Path, code: str, lines: list[str]) -> None:
    text = printed(tmp_path, code).text.split("\n")
    for line in lines:
        assert line in text


@each_form
def test_a_final_paper_holds_no_dots_no_fields_and_no_instruction(tmp_path: Path, one: Form) -> None:
    made = printed(tmp_path, one.code)
    assert made.unfilled == ()
    for trace in ("....", "{{", "{%", "(Ký", "sau sau", "dựng lại", "CC/CCCD", "làm việc/học tập"):
        assert trace not in made.text


@each_form
def test_equal_facts_give_equal_bytes(tmp_path: Path, one: Form) -> None:
    first, second = (render(one, filled(one.code), tmp_path / name, mode=RenderMode.FINAL) for name in "ab")
    assert first.path.read_bytes() == second.path.read_bytes()


@each_form
def test_a_final_paper_lacking_something_required_is_refused(tmp_path: Path, one: Form) -> None:
    with pytest.raises(MissingFacts) as caught:
        printed(tmp_path, one.code, person__full_name="  ")
    assert caught.value.names == ("person.full_name",)
    assert not (tmp_path / "paper.docx").exists()


def test_an_open_paper_leaves_number_and_date_as_dots_even_where_known(tmp_path: Path) -> None:
    made = printed(tmp_path, "D163/V/53", mode=RenderMode.OPEN)
    assert set(made.unfilled) == {"doc.number", "doc.date"}
    assert "Số: ......../QĐ-UBND" in made.text
    assert "Mẫu 1, ngày ..... tháng ..... năm .........." in made.text
    assert "NGUYỄN VĂN THỬ" in made.text


def test_an_open_paper_does_not_need_number_and_date_but_everything_else(tmp_path: Path) -> None:
    printed(tmp_path, "D163/V/53", mode=RenderMode.OPEN, doc__number=None, doc__date=None)
    with pytest.raises(MissingFacts):
        printed(tmp_path, "D163/V/53", mode=RenderMode.OPEN, post__assignee=None)


@each_form
def test_a_blank_form_prints_dots_for_every_fact_and_the_official_alternatives(tmp_path: Path, one: Form) -> None:
    made = printed(tmp_path, one.code, mode=RenderMode.BLANK, empty=True)
    fixed = {"doc.symbol"} if one.symbol else set()
    assert set(made.unfilled) == {row.name for row in one.variables if row.printed} - fixed
    assert re.search(r"Số C\w+/CCCD|Số CCCD/CMND/Hộ chiếu", made.text)
    assert "ghi rõ họ tên, đóng dấu)" in made.text


def test_a_half_filled_form_prints_what_is_known(tmp_path: Path) -> None:
    context = {"person": {"full_name": "Nguyễn Văn Thử"}}
    made = render(form("D163/V/22"), context, tmp_path / "half.docx", mode=RenderMode.BLANK)
    assert "1. Ông (bà) Nguyễn Văn Thử Giới tính ........" in made.text
    assert "person.full_name" not in made.unfilled


def test_women_are_addressed_as_ba_and_pupils_have_a_place_of_study(tmp_path: Path) -> None:
    text = printed(tmp_path, "D163/V/22", person__sex="Nữ").text
    assert "Điều 4. Bà có tên tại Điều 1" in text
    text = printed(tmp_path, "D163/V/53", person__occupation="học sinh", person__workplace="Trường Thử").text
    assert "Nghề nghiệp: học sinh; Nơi học tập: Trường Thử" in text


@pytest.mark.parametrize(
    ("code", "kind", "number", "line"),
    [
        ("D163/V/22", "CC", "000090000012", "Số CC: 000090000012"),
        ("D163/V/22", "CMND", "000900012", "Số CMND: 000900012"),
        ("D163/V/22", "HC", "T0000001", "Số HC: T0000001"),
        ("D116/51", "HC", "T0000001", "Số Hộ chiếu: T0000001"),
    ],
)
def test_the_identity_paper_is_named_in_the_words_of_the_form(
    tmp_path: Path, code: str, kind: str, number: str, line: str
) -> None:
    assert line in printed(tmp_path, code, person__id_doc__kind=kind, person__id_doc__number=number).text


def test_without_an_identity_paper_the_reason_is_printed(tmp_path: Path) -> None:
    none = {"none_reason": "chưa được cấp"}
    assert "không có (chưa được cấp) ngày cấp không" in printed(tmp_path, "D163/V/53", person__id_doc=none).text


def test_the_certificate_names_the_parent_of_a_minor_by_the_right_word(tmp_path: Path) -> None:
    text = printed(tmp_path, "D163/V/50", rep=MOTHER).text
    assert "- Họ và tên mẹ: Trần Thị Mẫu" in text
    assert "Số điện thoại: không" in text
    assert "Họ và tên" not in printed(tmp_path, "D163/V/50").text


def test_a_reformatory_certificate_is_signed_by_its_headmaster(tmp_path: Path) -> None:
    made = printed(
        tmp_path,
        "D163/V/50",
        agency__kind="reformatory",
        agency__name="Trường giáo dưỡng số 1",
        signer__prefix="—",
        signer__position="Hiệu trưởng",
    )
    assert "HIỆU TRƯỞNG TRƯỜNG GIÁO DƯỠNG SỐ 1" in made.text
    assert made.text.split("\n")[-2:] == ["HIỆU TRƯỞNG", "Lê Văn Mẫu"]


@pytest.mark.parametrize(
    ("prefix", "position", "lines"),
    [
        ("—", "Chủ tịch", ["CHỦ TỊCH"]),
        ("TM.", "Chủ tịch", ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]),
        ("KT.", "Phó Chủ tịch", ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]),
        ("Q.", "Chủ tịch", ["Q. CHỦ TỊCH"]),
        ("TUQ.", "Chánh Văn phòng", ["TUQ. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"]),
    ],
)
def test_the_signing_power_stands_above_the_name(tmp_path: Path, prefix: str, position: str, lines: list[str]) -> None:
    text = printed(tmp_path, "D163/V/53", signer__prefix=prefix, signer__position=position).text
    tail = text.split("\n")
    assert tail[-len(lines) - 1 :] == [*lines, "Lê Văn Mẫu"]


@pytest.mark.parametrize(
    ("name", "value"), [("doc__date", "2026-13-01"), ("recipients", "một nơi"), ("person__full_name", ["a"])]
)
def test_a_fact_of_the_wrong_shape_is_refused(tmp_path: Path, name: str, value: object) -> None:
    with pytest.raises(BadFact):
        printed(tmp_path, "D163/V/22", **{name: value})


def test_fields_a_form_does_not_declare_are_errors() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ person.full_name }}").render()


@given(st.text(st.characters(), min_size=1, max_size=60))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_fact_holds_is_printed_as_text_and_never_run(tmp_path: Path, value: str) -> None:
    tricky = f"{value} <w:p/> & {{{{ 7 * 7 }}}} {{% raw %}}"
    made = printed(tmp_path, "D163/V/22", rehab__place=tricky)
    odd = ("Cc", "Cs", "Zl", "Zp")  # XML allows none of these, nor the two below
    kept = "".join(" " if unicodedata.category(mark) in odd or mark in "\ufffe\uffff" else mark for mark in tricky)
    wanted = " ".join(unicodedata.normalize("NFC", kept).split())
    assert f"Điều 2. Địa điểm cai nghiện ma túy {wanted}." in made.text
    assert len(Document(str(made.path)).tables) == 2


def test_the_file_carries_no_time_of_making(tmp_path: Path) -> None:
    with ZipFile(printed(tmp_path, "D163/V/22").path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}

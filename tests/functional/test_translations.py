"""The screens in two languages: every text is Vietnamese in the source, goes through gettext, and has an English."""

import ast
import gettext
import io
import re
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from app.web.told import told
from app.web.translating import PO, ROOT, catalogue, extract, is_vietnamese, lacking, texts, update, write
from tests.functional.conftest import Browser

PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
WITHOUT_ACCENTS = frozenset(
    {
        *("Ai", "Nam", "Theo", "Thanh tra", "Xem", "Xem nhanh", "Xong", "sao y", "sau", "sinh", "trang", "xong"),
        *(
            "Trang",
            "Trang 1",
            "Trang sau",
            "Trang %(page)s",
            "%(n)s trang",
            "trang %(page)s",
            "tr. %(page)s",
            "trang %(page)s/%(total)s",
        ),
        *("%(pages)s trang", "%(count)s trang", "{n} trang", "Trang 1, %(what)s", "tr. %(pages)s trong %(all)s trang"),
        *("“%(words)s”, tr. %(page)s", "cho “%(query)s”"),
    }
)
"""Vietnamese messages whose words happen to have no accents."""
STANDING = frozenset(
    {
        "Tiếng Việt",  # the name of the language, in that language
        "Bỏ khi tiếp nhận.",  # kept with the record as its reason
        "quản lý sau cai nghiện",  # examples of queries
        '"nơi cư trú"',
        "15/QĐ-UBND",
        "số:15 năm:2026",
        "từ ngày:01/01/2026 đến ngày:30/06/2026",
        "loại:QĐ cơ quan:phường",
        'trích yếu:"cai nghiện"',
        "bắt buộc OR tự nguyện",
        '"quản lý nơi cư trú"~5',
        "nghiệ*",
        "nghị định 116",
        "người:An người ký:Bình",
        "cai nghiện -tự nguyện",
    }
)
"""Vietnamese texts that stay as they are in every language."""
ARTICLES = re.compile(r"(khoản \d+ )?Điều [\d, ]+ NĐ \d+/\d{4}")
SAID = ("errors.py", "guard.py", "security.py", "translating.py")
"""Modules whose texts are errors, translated where they are told."""
NAMES = frozenset({"Hồ", "Sơ", "Tiếng", "Việt", "English", "api", "openapi", "json", "SHA", "kB", "MB", "DOCX", "wide"})
MARKUP = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<svg\b.*?</svg>|<kbd\b.*?</kbd>|<[^>]*>", re.DOTALL)
SPOKEN = re.compile(r'\b(?:aria-label|title|placeholder|alt)="([^"{]*[^\W\d_]{3,}[^"]*)"')


@cache
def used() -> list[str]:
    return [str(one.id if isinstance(one.id, str) else one.id[0]) for one in extract() if one.id]


def pairs() -> list[tuple[str, str]]:
    found = []
    for one in catalogue():
        if one.id and isinstance(one.id, str):
            found.append((one.id, str(one.string)))
        elif one.id:
            found += [(one.id[0], text) for text in one.string]
    return found


def test_the_catalogue_holds_every_message_in_use_and_no_other() -> None:
    known = {one.id for one in catalogue() if one.id}
    assert known == {one.id for one in extract() if one.id}, "run scripts/translate and give the English"


def test_every_message_has_an_english_text() -> None:
    assert lacking(catalogue()) == []


def test_what_is_filled_in_is_the_same_in_both_languages() -> None:
    assert [one for one, text in pairs() if sorted(PLACES.findall(one)) != sorted(PLACES.findall(text))] == []


def test_an_english_text_holds_no_vietnamese_word_but_quoted_ones() -> None:
    def words(text: str) -> set[str]:
        return {word.lower() for word in re.findall(r"[^\W\d_]+", text) if is_vietnamese(word)}

    quoted = {"lưu"}
    assert [text for one, text in pairs() if words(text) - words(one) - quoted] == []


def test_the_compiled_catalogue_says_what_the_readable_one_says() -> None:
    with (ROOT / PO).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    said = {
        one: (compiled.gettext(one), compiled.ngettext(one, one, 1), compiled.ngettext(one, one, 2))
        for one, _ in pairs()
    }
    assert [one for one, text in pairs() if text not in said[one]] == []


def test_writing_the_catalogue_again_changes_nothing(tmp_path: Path) -> None:
    write(update(), tmp_path)
    assert (tmp_path / PO).read_bytes() == (ROOT / PO).read_bytes()


def test_every_message_is_vietnamese() -> None:
    assert [one for one in used() if not is_vietnamese(one) and one not in WITHOUT_ACCENTS] == []


@pytest.mark.parametrize("module", sorted((ROOT / "app/web").glob("*.py")), ids=lambda path: path.name)
def test_every_vietnamese_text_of_a_page_goes_through_gettext(module: Path) -> None:
    if module.name in SAID:
        pytest.skip("its texts are errors, translated where they are told")
    found = [one for one in texts(ast.parse(module.read_text(encoding="utf-8"))) if one.text not in STANDING]
    assert [one for one in found if not ARTICLES.fullmatch(one.text)] == []


@pytest.mark.parametrize("module", ["app/errors.py", "app/web/errors.py", "app/web/guard.py", "app/web/security.py"])
def test_every_text_of_an_error_is_in_the_catalogue(module: str) -> None:
    said_there = {one.text for one in texts(ast.parse((ROOT / module).read_text(encoding="utf-8")))}
    assert said_there - set(used()) == set()


@pytest.mark.parametrize(
    "template",
    sorted((ROOT / "app/web/templates").rglob("*.html")),
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_a_template_has_no_words_outside_gettext(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert [word for word in re.findall(r"[^\W\d_]{2,}", MARKUP.sub(" ", text)) if word not in NAMES] == []
    assert SPOKEN.findall(text) == []


def test_an_error_is_told_in_the_language_of_the_reader(officer: Browser) -> None:
    assert "Không tìm thấy" in officer.get("/van-ban/999999").text
    officer.get("/tai-khoan/cua-toi")
    officer.post("/ngon-ngu", {"language": "en"})
    page = officer.get("/van-ban/999999").text
    assert "Not found, or this account may not see it" in page
    assert "Không tìm thấy" not in page


def test_a_text_with_something_filled_in_is_recognised_by_its_shape(application: Flask) -> None:
    with application.test_request_context(headers={"Accept-Language": "en"}) as context:
        context.session["language"] = "en"
        assert told("Dài quá 120 ký tự; rút gọn lại.") == "Longer than 120 characters; make it shorter."
        assert told("Mẫu D163/V/53 không dùng cho ngày 01/02/2020.") == "Form D163/V/53 is not used on 01/02/2020."
        assert told("một câu không có trong danh mục") == "một câu không có trong danh mục"
        assert told("") == ""


def test_vietnamese_stays_as_it_is(application: Flask) -> None:
    with application.test_request_context():
        assert told("Dài quá 120 ký tự; rút gọn lại.") == "Dài quá 120 ký tự; rút gọn lại."


def test_extraction_finds_sentences_with_what_is_filled_in() -> None:
    source = 'def f(n: int) -> str:\n    """Giải thích."""\n    return f"Dài quá {n} ký tự." + _("đã dịch")\n'
    from app.web.translating import said

    assert [one[2] for one in said(io.BytesIO(source.encode()), (), (), {})] == ["Dài quá {0} ký tự."]

"""The catalogue of forms: every form with what it needs and what is not verified, and its empty print."""

import shutil
from html import escape
from io import BytesIO

import pytest
from docx import Document

from doc_templates.catalogue import forms
from tests.functional.conftest import Browser

CODES = [one.code for one in forms()]


def test_every_form_is_listed_with_what_is_not_verified(officer: Browser) -> None:
    page = officer.get("/mau-van-ban").text
    for one in forms():
        assert f'href="/mau-van-ban/{one.code}"' in page
        for part in one.unverified:
            assert part in page


def test_what_the_law_data_does_not_know_is_told(officer: Browser) -> None:
    assert "Thời hạn của Tòa án theo khoản 8 Điều 35" in officer.get("/mau-van-ban").text


@pytest.mark.parametrize("code", CODES)
def test_a_form_shows_every_fact_that_it_declares(officer: Browser, code: str) -> None:
    page = officer.get(f"/mau-van-ban/{code}").text
    for one in next(one for one in forms() if one.code == code).variables:
        assert f"<b>{escape(one.label)}</b>" in page
        assert f">{one.name}<" not in page


@pytest.mark.parametrize("code", CODES)
def test_an_empty_form_is_a_word_file_with_dotted_lines_and_no_person(officer: Browser, code: str) -> None:
    answer = officer.get(f"/mau-van-ban/{code}/ban-trong.docx")
    assert answer.status_code == 200
    assert code.replace("/", "-") in answer.headers["Content-Disposition"]
    text = "\n".join(one.text for one in Document(BytesIO(answer.data)).paragraphs)
    assert "....." in text or "…" in text


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_an_empty_form_is_printed_as_pdf(officer: Browser) -> None:
    answer = officer.get(f"/mau-van-ban/{CODES[0]}/ban-trong.pdf")
    assert answer.data.startswith(b"%PDF-")


@pytest.mark.parametrize("address", ["/D163/V/999", "/../x", "/D163/V/53/ban-trong.exe", "/D163/V/999/ban-trong.pdf"])
def test_an_unknown_form_is_not_found(officer: Browser, address: str) -> None:
    assert officer.get(f"/mau-van-ban{address}").status_code == 404

"""Our own parsers take anything: names, pages, numbers, dates, heads of mail, texts in any bytes."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion import Page, Source, Word, understand
from ingestion.detecting_text import head_text, is_html, is_table, mail_kind
from ingestion.engines.compressed_rtf import decompressed
from ingestion.engines.mail_text import decode_body, decode_head, html_text
from ingestion.engines.member_names import decode_names
from ingestion.engines.members import clean_name
from ingestion.errors import ReadError
from ingestion.understanding.dates import find_dates
from ingestion.understanding.numbers import citations, number_line

# Pieces of which heads are made, so that the parsers get beyond their first line.
PIECES = st.sampled_from(
    ["Số:", "12", "/", "-", "QĐ-UBND", "ngày", "tháng", "năm", "2026", "31", "02", "\n", " ", "QUYẾT ĐỊNH", "Kính gửi:",
     "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "ỦY BAN NHÂN DÂN", "XÃ MẪU", "Nguyễn Văn Thử", "sinh năm", "000123456789",
     "KT. CHỦ TỊCH", "Nơi nhận:", "Căn cứ", "…", "\t", "00", "99/99/9999", "e\u0301", "\u202e"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map(" ".join))
QUICK = settings(max_examples=60, deadline=None)


@QUICK
@given(st.lists(TEXTS, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_any_pages_are_understood(texts: list[str], dice: object) -> None:
    pages = []
    for number, text in enumerate(texts, 1):
        words = tuple(
            Word(word, (at * 7.0, at * 3.0, at * 7.0 + 20, at * 3.0 + 9), 0.5) for at, word in enumerate(text.split())
        )
        pages.append(Page(number, 595.0, 842.0, Source.OCR, 0.5, text, words))
    facts = understand(pages).as_json()
    assert facts == understand(pages).as_json()


@QUICK
@given(TEXTS)
def test_any_text_is_searched_for_numbers_and_dates(text: str) -> None:
    for found in find_dates(text):
        assert text[found.start : found.end]
    assert list(citations(text)) == list(citations(text))
    assert number_line(text) == number_line(text)


@QUICK
@given(st.one_of(st.text(max_size=400), st.binary(max_size=400).map(lambda raw: raw.decode("latin-1"))))
def test_any_name_becomes_one_that_can_be_shown(name: str) -> None:
    shown = clean_name(name)
    assert shown
    assert len(shown.encode()) <= 300
    assert not any(unicodedata.category(letter) == "Cc" for letter in shown)
    assert ".." not in shown.split("/")
    assert clean_name(shown) == shown


@QUICK
@given(st.lists(st.binary(max_size=60), min_size=1, max_size=4))
def test_any_raw_names_are_decoded(raw: list[bytes]) -> None:
    assert len(decode_names(raw)) == len(raw)


@QUICK
@given(
    st.binary(max_size=300),
    st.sampled_from([None, "utf-8", "x-viet-tcvn", "windows-1258", "utf-7", "hex", "rot13", "x"]),
)
def test_any_mail_is_decoded(content: bytes, charset: str | None) -> None:
    text = decode_body(content, charset)
    assert text == unicodedata.normalize("NFC", text)
    decode_head(content.decode("ascii", "surrogateescape"))
    decode_head(f"=?{charset}?b?{content.hex()}?= =?{charset}?q?{content.hex()}")


@QUICK
@given(st.one_of(st.text(max_size=300), st.text(alphabet="<>&;!-ab/=\"'x \n", max_size=200)))
def test_any_page_gives_its_words(page: str) -> None:
    assert isinstance(html_text(page), str)


@QUICK
@given(st.binary(max_size=300))
def test_any_head_is_told_apart(head: bytes) -> None:
    text = head_text(head)
    assert mail_kind(text) in (None, "eml", "mhtml")
    assert is_html(text) in (True, False)
    assert is_table(text) in (True, False)


@QUICK
@given(st.binary(max_size=400))
def test_any_compressed_rtf_is_expanded_or_damaged(content: bytes) -> None:
    packed = len(content).to_bytes(4, "little") + (5000).to_bytes(4, "little") + b"LZFu" + bytes(4) + content
    try:
        assert len(decompressed(packed)) <= 20 * len(content) + 20
    except ReadError as problem:
        assert problem.code == "file-damaged"  # noqa: PT017 - either end is right

"""Fonts older than Unicode: which they are, and that their letters become Unicode and nothing else does."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.vietnamese.legacy import (
    Encoding,
    FontRun,
    encoding_around,
    font_encoding,
    guess,
    is_capitals_font,
    is_legacy_font,
    paragraph,
    to_unicode,
)
from ingestion.vietnamese.legacy_evidence import is_right
from tests.unit.ingestion.legacy_writing import LETTERS, alphabet, written

SENTENCE = (
    "Căn cứ Nghị định số 15 của Chính phủ về nhiệm vụ, quyền hạn và trách nhiệm quản lý nhà nước của các bộ; theo đề "
    "nghị của ông vụ trưởng, người được giao giữ những giấy tờ ấy phải ký nhận đủ"
)
ONE_BYTE = (Encoding.TCVN3, Encoding.VNI, Encoding.VISCII, Encoding.VPS, Encoding.VIETWARE)
FONT_OF = {
    Encoding.TCVN3: ".VnTime",
    Encoding.VNI: "VNI-Times",
    Encoding.VISCII: "VI Times",
    Encoding.VPS: "VPS Times",
    Encoding.VIETWARE: "VNtimes new roman",
}


@pytest.mark.parametrize(
    ("font", "encoding"),
    [
        (".VnTime", Encoding.TCVN3),
        (".VnTimeH", Encoding.TCVN3),
        (".VnTime ", Encoding.TCVN3),
        (".VnCentury Schoolbook", Encoding.TCVN3),
        ("VnTime", Encoding.TCVN3),
        ("UVnTime", Encoding.TCVN3),
        ("VNSTCVN3", Encoding.TCVN3),
        ("ABCDEF+.VnArial-Bold", Encoding.TCVN3),
        (".VnTimeH Tur", Encoding.TCVN3),
        ("VNI-Times", Encoding.VNI),
        ("VNI Helve", Encoding.VNI),
        ("XYZABC+VNI-Times,Bold", Encoding.VNI),
        ("VPS Times", Encoding.VPS),
        ("VI Times", Encoding.VISCII),
        ("VNtimes new roman", Encoding.VIETWARE),
        ("Times New Roman", Encoding.UNICODE),
        ("Verdana", Encoding.UNICODE),
        ("Vnunicode", Encoding.UNICODE),
        ("", Encoding.UNICODE),
        (None, Encoding.UNICODE),
    ],
)
def test_a_font_name_tells_its_encoding(font: str | None, encoding: Encoding) -> None:
    assert font_encoding(font) is encoding
    assert is_legacy_font(font) is (encoding is not Encoding.UNICODE)


@pytest.mark.parametrize(
    ("font", "capitals"),
    [(".VnTimeH", True), (".VnArial NarrowH", True), (".VnTime", False), ("VNI-Truck H", False), (None, False)],
)
def test_capitals_fonts_end_in_h(font: str | None, capitals: bool) -> None:
    assert is_capitals_font(font) is capitals


@pytest.mark.parametrize("encoding", ONE_BYTE)
def test_each_letter_of_an_alphabet_comes_back(encoding: Encoding) -> None:
    table = alphabet(encoding)
    small = {letter for letter in LETTERS if not letter.isascii()}
    assert small <= table.keys()
    for letter, source in table.items():
        assert to_unicode(f"b{source}", FONT_OF[encoding]) == f"b{letter}"


@pytest.mark.parametrize("encoding", [one for one in ONE_BYTE if one is not Encoding.TCVN3])
def test_capitals_of_an_alphabet_are_complete(encoding: Encoding) -> None:
    missing = {letter.upper() for letter in LETTERS if not letter.isascii()} - alphabet(encoding).keys()
    assert not missing


def test_small_letters_of_a_capitals_font_are_shown_as_capitals() -> None:
    assert to_unicode(written("cộng hoà xã hội", Encoding.TCVN3), ".VnTimeH") == "CỘNG HOÀ XÃ HỘI"


@pytest.mark.parametrize("encoding", [*ONE_BYTE, Encoding.VIQR])
def test_a_sentence_without_font_is_told_by_its_words(encoding: Encoding) -> None:
    text = written(SENTENCE, encoding)
    assert guess(text) is encoding
    assert to_unicode(text, None) == SENTENCE
    assert to_unicode(text, "Times New Roman") == SENTENCE


@pytest.mark.parametrize("encoding", ONE_BYTE)
def test_bytes_read_as_windows_1252_are_the_same_letters(encoding: Encoding) -> None:
    data = written(SENTENCE, encoding).encode("latin-1")
    shown = "".join(bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in data)
    assert to_unicode(shown, FONT_OF[encoding]) == SENTENCE


def test_letters_of_a_symbol_font_area_are_their_bytes() -> None:
    private = "".join(chr(0xF000 + ord(letter)) for letter in "B¸o c¸o")
    assert to_unicode(private, ".VnTime") == "Báo cáo"


def test_a_font_that_lies_is_overruled_by_a_clear_text() -> None:
    assert to_unicode(written(SENTENCE, Encoding.VNI), ".VnTime") == SENTENCE
    assert to_unicode(SENTENCE, ".VnTime") == SENTENCE


def test_a_run_with_both_is_settled_word_by_word() -> None:
    assert to_unicode("M¸y mãc thiết bÞ, phụ tïng", ".VnArial") == "Máy móc thiết bị, phụ tùng"


def test_mixed_words_keep_their_unicode_capitals() -> None:
    assert to_unicode("- C¸c ch\u00ad¬ng tr×nh träng ®iÓm về TĐC", ".VnTime") == "- Các chương trình trọng điểm về TĐC"


def test_bytes_taken_for_windows_1258_are_found_again() -> None:
    taken = written(SENTENCE, Encoding.TCVN3).encode("latin-1").decode("cp1258", errors="replace")
    assert "\ufffd" not in taken
    assert to_unicode(taken, ".VnTime") == SENTENCE


def test_a_word_typed_in_capitals_has_its_accents_in_capitals() -> None:
    assert to_unicode("CéNG HOµ X· HéI, Sè 5, Hµ Néi", ".VnTime") == "CỘNG HOÀ Xã HỘI, Số 5, Hà Nội"


def test_a_heading_in_the_other_encoding_is_seen_by_its_words() -> None:
    assert to_unicode("Chöông I", "VNSTCVN3") == "Chương I"
    assert to_unicode("Ch­¬ng I", "VNI-Times") == "Chương I"


def test_a_short_stray_piece_follows_the_rest_of_the_file() -> None:
    around = encoding_around(["Arial", ".VnTime", ".VnTimeH", None])
    assert around is Encoding.TCVN3
    assert to_unicode("L©m tr\u00adêng A", "Arial", around) == "Lâm trường A"
    assert to_unicode("café, 5 µm, Sài Gòn, déjà", "Arial", around) == "café, 5 µm, Sài Gòn, déjà"
    assert encoding_around([".VnTime", "VNI-Times"]) is Encoding.UNICODE
    assert encoding_around(["Arial"], written(SENTENCE, Encoding.VNI)) is Encoding.VNI


def test_a_letter_of_two_bytes_may_be_cut_by_a_run() -> None:
    runs = [FontRun("Coä", "VNI-Times"), FontRun("ng ho", "VNI-Helve"), FontRun("øa", "VNI-Times")]
    assert paragraph(runs) == "Cộng hòa"


def test_runs_of_two_encodings_in_one_paragraph_keep_their_own() -> None:
    runs = [FontRun("Tµi", ".VnTime"), FontRun(" chính ", "Arial"), FontRun("Vieät", "VNI-Times")]
    assert paragraph(runs) == "Tài chính Việt"


def test_a_minus_sign_beside_figures_stays_one() -> None:
    assert to_unicode("t\u2212 \u22125 2\u22123", ".VnTime") == "tư \u22125 2\u22123"


@pytest.mark.parametrize(
    "text",
    [
        "Le médecin a été très content de déjeuner à la forêt où l'élève était né; ça suffit, garçon",
        "El niño pidió más información según la decisión del señor Muñoz y la campaña de España mañana",
        "Über die Straße führten schöne Brücken; für die Gemüsehändler wären größere Plätze nötig gewesen",
        "Não há solução: a situação das populações é má, são razões econômicas e políticas então",
        "The quick brown fox; naïve café résumé, Ångström units of 5 µm ± 2° © 2020 «quoted»",
        "Århus, Malmö, Tromsø, Þórshöfn, Björk Guðmundsdóttir, Jürgen Müller, François Müller",
        "Hà Nội, cá và có, lúc ấy là mùa hè",
        "là và có hai ba cá",
    ],
)
def test_text_that_is_unicode_is_not_changed(text: str) -> None:
    assert to_unicode(text, None) == text
    assert to_unicode(unicodedata.normalize("NFD", text), None) == text


_SYLLABLES = [
    word
    for onset in (
        "",
        "b",
        "c",
        "ch",
        "đ",
        "g",
        "gi",
        "h",
        "kh",
        "l",
        "m",
        "n",
        "ng",
        "nh",
        "ph",
        "qu",
        "s",
        "t",
        "tr",
        "v",
    )
    for rhyme in (
        "a",
        "ai",
        "an",
        "ang",
        "ă",
        "ăn",
        "âu",
        "ê",
        "ên",
        "i",
        "iêu",
        "o",
        "ôi",
        "ông",
        "ơ",
        "ươi",
        "ương",
        "uy",
    )
    for tone in ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
    if is_right(word := unicodedata.normalize("NFC", onset + rhyme[:1] + tone + rhyme[1:]))
]
_texts = st.lists(st.sampled_from(_SYLLABLES), min_size=1, max_size=40).map(" ".join)
_english = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz ABCDEFG.,;:?!()'\"-+*/=0123456789\n"), max_size=300)


@given(_texts)
def test_any_vietnamese_text_in_unicode_stays(text: str) -> None:
    assert to_unicode(text, None) == text
    assert to_unicode(unicodedata.normalize("NFD", text), None) == text


@given(_english)
def test_any_plain_text_stays(text: str) -> None:
    assert to_unicode(text, None) == text


@given(st.sampled_from(ONE_BYTE), _texts)
def test_what_a_font_wrote_it_reads(encoding: Encoding, text: str) -> None:
    assert to_unicode(written(text, encoding), FONT_OF[encoding]) == text


@given(
    st.sampled_from([*ONE_BYTE, Encoding.VIQR]), st.lists(st.sampled_from(SENTENCE.split()), min_size=24, max_size=60)
)
@settings(max_examples=50)
def test_what_was_written_without_a_font_is_guessed_or_left(encoding: Encoding, words: list[str]) -> None:
    text = " ".join(words)
    assert to_unicode(written(text, encoding), None) in (text, written(text, encoding))


@given(st.text(max_size=200), st.sampled_from([*FONT_OF.values(), ".VnTimeH", None, "Arial"]))
def test_no_text_breaks_a_table(text: str, font: str | None) -> None:
    made = to_unicode(text, font, Encoding.TCVN3)
    assert unicodedata.is_normalized("NFC", made) or text.isascii()

"""Plain text in any encoding: told by what makes it right Vietnamese, called guessed where that is not clear."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.engines.text import TextReader
from ingestion.errors import Damaged, UnknownFormat
from ingestion.vietnamese.encodings import text_encoding
from ingestion.vietnamese.legacy import Encoding
from tests.unit.ingestion.legacy_writing import written
from tests.unit.ingestion.test_legacy_fonts import ONE_BYTE, SENTENCE


@pytest.mark.parametrize("encoding", [*ONE_BYTE, Encoding.VIQR])
def test_bytes_of_an_old_encoding_are_read(encoding: Encoding) -> None:
    content = written(SENTENCE, encoding).encode("latin-1")
    codec, guessed = text_encoding(content)
    assert (codec, guessed) == (str(encoding), False)
    assert content.decode(codec) == SENTENCE


@pytest.mark.parametrize("encoding", [Encoding.VISCII, Encoding.VPS])
def test_capitals_among_the_control_characters_are_letters(encoding: Encoding) -> None:
    content = written(SENTENCE.upper(), encoding).encode("latin-1")
    codec, _ = text_encoding(content)
    assert content.decode(codec) == SENTENCE.upper()


def test_letters_of_an_old_font_kept_as_utf_8_are_read(tmp_path: Path) -> None:
    path = tmp_path / "paper.txt"
    path.write_text(written(SENTENCE, Encoding.TCVN3), encoding="utf-8")
    reader = TextReader(path, "utf-8", guessed=False)
    assert reader.text_page(1).text == SENTENCE
    assert not reader.warnings


def test_another_language_is_guessed_and_said_to_be() -> None:
    assert text_encoding("Médecins sans frontières, déjà vu".encode("latin-1"))[1]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_table_of_figures_without_a_mark_is_told_by_its_letters(encoding: str) -> None:
    assert text_encoding("Cân\n1 d\n2 d\n40 g ≤ m ≤ 100 g\n(d = 2 g)\n".encode(encoding)) == (encoding, True)


def test_words_that_stick_together_do_not_hide_the_encoding() -> None:
    stuck = SENTENCE.replace("Chính phủ", "Chínhphủ").replace("quyền hạn", "quyềnhạn").replace("vụ trưởng", "vụtrưởng")
    content = written(f"{stuck} trựctiếp điệntử giaodịch thuếvà", Encoding.TCVN3).encode("latin-1")
    assert text_encoding(content) == ("tcvn3", False)


def test_a_utf_8_text_cut_in_the_middle_of_a_letter_stays_utf_8() -> None:
    content = SENTENCE.encode()
    cut = content[: content.index("ủ".encode()) + 1]
    assert text_encoding(cut) == ("utf-8", True)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(UnknownFormat):
        text_encoding(bytes(range(128, 256)) * 20)


@given(st.binary(max_size=600))
def test_any_bytes_are_decoded_or_refused(content: bytes) -> None:
    try:
        codec, _ = text_encoding(content)
    except (UnknownFormat, Damaged):
        codec = "latin-1"
    assert isinstance(content.decode(codec, errors="replace"), str)

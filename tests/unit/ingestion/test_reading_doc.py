"""DOC: by font run, as shown, from real and made files; what the own reader cannot open goes through LibreOffice."""

import shutil
import struct
from pathlib import Path

import olefile  # type: ignore[import-untyped]
import pytest

import ingestion
from ingestion import Sandbox
from ingestion.engines.office import convert
from ingestion.engines.word_binary import WordBinaryReader
from ingestion.errors import Damaged, Encrypted, OfficeUnavailable
from tests.unit.ingestion.rtf_papers import PAPER, rtf, scan_in_rtf

DECISION = Path(__file__).parents[2] / "data" / "decision-1995-tcvn3.doc"  # public: Ministry of Finance, 1995


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy that a test may alter."""
    path = tmp_path / "paper.doc"
    shutil.copyfile(DECISION, path)
    path.chmod(0o600)
    return path


def _patch(path: Path, stream: str, offset: int, data: bytes) -> None:
    with olefile.OleFileIO(str(path), write_mode=True) as ole:
        content = bytearray(ole.openstream(stream).read())
        content[offset : offset + len(data)] = data
        ole.write_stream(stream, bytes(content))


def test_a_decision_of_1995_reads_as_it_is_shown() -> None:
    page = WordBinaryReader(DECISION).text_page(1)
    assert page.body.startswith("QUYẾT ĐỊNH\nCỦA BỘ TRƯỞNG BỘ TÀI CHÍNH SỐ 1141-TC/QĐ/CĐKT\nNGÀY 01 THÁNG 11 NĂM 1995")
    assert "Căn cứ Nghị định số 15/CP ngày 2-3-1993 của Chính phủ về nhiệm vụ, quyền hạn" in page.body
    assert page.running is not None
    assert "VĂN PHÒNG QUỐC HỘI" in page.text[page.running :]


@pytest.mark.office
def test_a_made_doc_has_what_its_source_had(tmp_path: Path) -> None:
    source = tmp_path / "paper.rtf"
    source.write_bytes(rtf(PAPER + scan_in_rtf()))
    reader = WordBinaryReader(convert(source, "doc"))
    page = reader.text_page(1)
    lines = page.body.split("\n")
    assert lines[:4] == ["CỘNG HOÀ XÃ HỘI", "Độc lập - Tự do[1]", "Cộng hòa and plain", "Tiếng Việt có màu"]
    assert "mới" in lines
    assert "xoá" not in page.text
    assert "liên kết" in lines
    assert "HYPERLINK" not in page.text
    assert page.tables == ((("STT", "Họ tên"), ("1", "Nguyễn Văn Thử")),)
    assert "[1] Ghi chú thứ nhất" in lines
    assert "Văn phòng UBND" not in page.body
    assert "Văn phòng UBND" in page.text
    assert [warning.code for warning in reader.warnings] == ["tracked-changes"]
    assert (reader.page_count, reader.needs_recognition(2)) == (2, True)
    assert min(reader.scan(2).image.size) >= 700


@pytest.mark.office
def test_rows_of_many_columns_end_where_they_end_and_an_optional_hyphen_may_be_a_letter(tmp_path: Path) -> None:
    """More properties than a page of them holds lie in another stream; LibreOffice writes ư of TCVN3 as a hyphen."""
    row = r"\trowd" + "".join(rf"\cellx{400 * number}" for number in range(1, 15)) + r"\pard\intbl\f1 "
    rows = row + r"\cell ".join(["ph\\'ad\\'eang", *map(str, range(2, 15))]) + r"\cell\row "
    source = tmp_path / "paper.rtf"
    source.write_bytes(rtf(rows * 2 + r"\pard\par"))
    page = WordBinaryReader(convert(source, "doc")).text_page(1)
    line = ("phường", *map(str, range(2, 15)))
    assert page.tables == ((line, line),)
    assert page.text.split("\n")[0] == "\t".join(line)


@pytest.mark.office
def test_what_the_own_reader_cannot_open_goes_through_libreoffice_in_the_child(copy: Path, sandbox: Sandbox) -> None:
    with olefile.OleFileIO(str(copy)) as ole:
        fonts = struct.unpack_from("<I", ole.openstream("WordDocument").read(), 154 + 8 * 15)[0]
        table = "1Table" if ole.exists("1Table") else "0Table"
    _patch(copy, table, fonts, b"\xff\xff")  # a number of fonts that the table does not hold
    read = ingestion.read(copy, sandbox=sandbox)
    assert "QUYẾT ĐỊNH" in read.pages[0].text or "Quyết định" in read.pages[0].text


def test_without_libreoffice_the_answer_says_what_to_install(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(OfficeUnavailable, match="libreoffice-writer"):
        convert(copy, "rtf")


def test_an_encrypted_doc_says_so(copy: Path) -> None:
    _patch(copy, "WordDocument", 10, struct.pack("<H", 0x1300))
    with pytest.raises(Encrypted):
        WordBinaryReader(copy)


def test_a_doc_cut_off_in_its_head_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "cut.doc"
    path.write_bytes(DECISION.read_bytes()[:700])
    with pytest.raises(Damaged):
        WordBinaryReader(path)


def test_macros_are_told_and_never_run(copy: Path) -> None:
    content = copy.read_bytes()
    name = "CompObj".encode("utf-16-le")
    assert name in content
    _rename_stream(copy)
    assert "macros-ignored" in [warning.code for warning in WordBinaryReader(copy).warnings]


def _rename_stream(path: Path) -> None:
    """Give the stream of summary information the name of the storage of macros."""
    content = path.read_bytes()
    old = "\x05SummaryInformation".encode("utf-16-le")
    new = "_VBA_PROJECT_CUR".encode("utf-16-le")
    at = content.index(old)
    entry = bytearray(content[at : at + 128])
    entry[: len(old)] = new.ljust(len(old), b"\0")
    entry[64:66] = struct.pack("<H", len(new) + 2)
    path.write_bytes(content[:at] + bytes(entry) + content[at + 128 :])


def test_a_doc_is_read_in_its_child(sandbox: Sandbox) -> None:
    read = ingestion.read(DECISION, sandbox=sandbox)
    assert read.media_type == "application/msword"
    assert "Bộ trưởng Bộ Tài chính" in read.pages[0].text or "BỘ TRƯỞNG BỘ TÀI CHÍNH" in read.pages[0].text

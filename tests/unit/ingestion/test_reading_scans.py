"""Recognition: words with boxes on clean, degraded and turned scans; weak pages say so. Slow: marked `ocr`."""

import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from drawn_papers import DECISION, Line, picture, scan_pdf
from PIL import Image, ImageFilter

import ingestion
from ingestion import ReadError, Sandbox, Source, is_weak

pytestmark = [pytest.mark.ocr, pytest.mark.usefixtures("tesseract")]


def _words(text: str) -> list[str]:
    text = re.sub(r"[*#]+", " ", unicodedata.normalize("NFC", text))
    return re.findall(r"\w+", text.lower())


def _share_right(expected: str, found: str) -> float:
    wanted, got = _words(expected), _words(found)
    blocks = SequenceMatcher(None, wanted, got, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(wanted)


def _share_present(expected: str, found: str) -> float:
    """Words right, whatever the order of columns."""
    wanted, got = Counter(_words(expected)), Counter(_words(found))
    return (wanted & got).total() / wanted.total()


def _degraded(image: Image.Image) -> Image.Image:
    """Laid askew, grainy and soft, as a worn office copier gives it."""
    image = image.rotate(0.8, fillcolor=255, resample=Image.Resampling.BICUBIC)
    grain = Image.effect_noise(image.size, 70)
    return Image.blend(image, grain, 0.25).filter(ImageFilter.GaussianBlur(1.0))


EXPECTED = " ".join(line.text for line in DECISION)


def test_scanned_pdf_is_read_with_boxes_where_the_words_are(tmp_path: Path, sandbox: Sandbox) -> None:
    path = scan_pdf(tmp_path / "scan.pdf", [picture(DECISION), picture([])])
    survey = ingestion.survey(path, sandbox=sandbox)
    assert survey.slices == (ingestion.Slice(1, 2, True),)
    read = ingestion.read(path, sandbox=sandbox)
    page, blank = read.pages
    assert (page.source, blank.source) == (Source.OCR, Source.NONE)
    assert page.confidence is not None
    assert page.confidence > 0.9
    assert _share_present(EXPECTED, page.text) > 0.95
    word = next(word for word in page.words if word.text.startswith("Nguyễn"))
    assert 395 < word.box[0] < word.box[2] < 455
    assert 245 < word.box[1] < word.box[3] < 270


def test_degraded_picture_is_still_found_by_its_facts(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "scan.jpg"
    _degraded(picture(DECISION)).save(path, quality=45, dpi=(200, 200))
    read = ingestion.read(path, sandbox=sandbox)
    facts = read.facts
    assert _share_present(EXPECTED, read.pages[0].text) > 0.9
    assert facts.type is not None
    assert facts.type.value == "QĐ"
    assert facts.date is not None
    assert facts.date.value == "2025-09-05"
    assert [mention.value for mention in facts.identities] == ["000090000123"]


def test_page_on_its_head_is_turned_and_its_boxes_are_those_shown(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "scan.png"
    picture(DECISION).rotate(180).save(path, dpi=(200, 200))
    read = ingestion.read(path, sandbox=sandbox)
    assert [warning.code for warning in read.warnings] == ["page-turned"]
    word = next(word for word in read.pages[0].words if word.text.startswith("Nguyễn"))
    assert 595 - 455 < word.box[0] < 595 - 395
    assert 842 - 270 < word.box[1] < 842 - 245
    assert read.facts.body is not None
    assert read.facts.body.value == "ỦY BAN NHÂN DÂN XÃ THỬ NGHIỆM"


def test_unreadable_page_is_weak(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "scan.png"
    lines = [Line(85, 100 + 24 * row, "Quản lý sau cai nghiện ma túy tại nơi cư trú") for row in range(6)]
    picture(lines).filter(ImageFilter.GaussianBlur(4.2)).save(path, dpi=(200, 200))
    read = ingestion.read(path, sandbox=sandbox)
    assert is_weak(read.pages) or read.pages[0].source is Source.NONE
    assert "WEAK" in read.facts.flags or [warning.code for warning in read.warnings] == ["page-nothing-read"]


def test_missing_language_data_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingestion.engines import ocr
    from ingestion.engines.reader import Scan
    from ingestion.engines.recogniser import Recognisers

    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    with Recognisers() as recognisers, pytest.raises(ReadError) as refused:
        ocr.recognise(Scan(3, picture(DECISION, dpi=72), 595, 842, 72), recognisers)
    assert (refused.value.code, refused.value.page) == ("ocr-unavailable", 3)
    assert not ingestion.ocr_status().available


@pytest.mark.shared
def test_public_scan_is_read_word_for_word(plans: Path, sandbox: Sandbox) -> None:
    read = ingestion.read(plans / "bac-giang-notice-2023.scan.pdf", sandbox=sandbox)
    text = " ".join(page.text for page in read.pages)
    assert _share_right((plans / "bac-giang-notice-2023.txt").read_text(encoding="utf-8"), text) > 0.98
    assert not is_weak(read.pages)

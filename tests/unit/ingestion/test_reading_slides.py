"""PPTX and PPT: one page per slide, what it shows and what the speaker notes say."""

import io
import zipfile
from pathlib import Path

import pytest
from drawn_papers import HEAD, picture
from pptx import Presentation
from pptx.util import Inches

from ingestion.detect import detect
from ingestion.engines.opening import open_reader
from ingestion.engines.slides import SlidesReader
from ingestion.engines.slides_old import OldSlidesReader
from ingestion.engines.slides_old_runs import text_runs
from ingestion.errors import Damaged, Encrypted
from ingestion.kinds import PPT, PPTX
from ingestion.pages import Source
from tests.ole_files import ole_bytes

OLD = Path(__file__).resolve().parents[2] / "data" / "slides-tcvn3.ppt"  # 2 slides, saved by LibreOffice 7.4
TCVN3 = "Céng hoµ x· héi chñ nghÜa ViÖt Nam"
UNICODE = "Cộng hoà xã hội chủ nghĩa Việt Nam"


def _read(presentation, tmp_path: Path) -> SlidesReader:
    path = tmp_path / "slides.pptx"
    presentation.save(str(path))
    return SlidesReader(path)


def _box(slide, text: str):
    frame = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(3), Inches(1)).text_frame
    frame.text = text
    return frame


def test_title_comes_first_then_texts_groups_and_notes(tmp_path: Path) -> None:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    group = slide.shapes.add_group_shape().shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "Trong nhóm"
    _box(slide, "Dòng một\nDòng hai")
    slide.shapes.title.text = "Báo cáo"
    slide.notes_slide.notes_text_frame.text = "Nhắc đại biểu"
    page = _read(presentation, tmp_path).text_page(1)
    assert page.text.splitlines() == ["Báo cáo", "Trong nhóm", "Dòng một", "Dòng hai", "Nhắc đại biểu"]
    assert (page.width, page.height) == (720, 540)


def test_tables_of_slides_are_tables_and_merged_cells_come_once(tmp_path: Path) -> None:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    table = slide.shapes.add_table(2, 2, 0, 0, Inches(4), Inches(1)).table
    table.cell(0, 0).text = "Họ tên"
    table.cell(0, 0).merge(table.cell(0, 1))
    table.cell(1, 0).text = "Nguyễn Văn Thử"
    table.cell(1, 1).text = "1990"
    page = _read(presentation, tmp_path).text_page(1)
    assert page.tables == ((("Họ tên", ""), ("Nguyễn Văn Thử", "1990")),)


def test_old_font_of_a_run_is_unicode(tmp_path: Path) -> None:
    presentation = Presentation()
    paragraph = _box(presentation.slides.add_slide(presentation.slide_layouts[6]), "").paragraphs[0]
    old, new = paragraph.add_run(), paragraph.add_run()
    old.text, old.font.name = TCVN3, ".VnTime"
    new.text, new.font.name = " – tên", "Arial"
    assert _read(presentation, tmp_path).text_page(1).text == f"{UNICODE} – tên"


def test_slide_that_is_only_a_scan_is_that_picture_and_a_photograph_is_counted(tmp_path: Path) -> None:
    presentation = Presentation()
    stream = io.BytesIO()
    picture(HEAD, dpi=150).save(stream, "PNG")
    for title in (None, "Ảnh hội nghị"):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5 if title else 6])
        if title:
            slide.shapes.title.text = title
        stream.seek(0)
        slide.shapes.add_picture(stream, 0, 0, height=presentation.slide_height)
    reader = _read(presentation, tmp_path)
    assert [reader.needs_recognition(number) for number in (1, 2)] == [True, False]
    assert reader.text_page(2).text == "Ảnh hội nghị"
    assert [(warning.code, warning.page) for warning in reader.warnings] == [("pictures-not-read", 2)]


def test_hidden_slides_are_read_and_told_and_feet_stand_apart(tmp_path: Path) -> None:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "Ẩn"
    foot = next(one for one in slide.slide_layout.placeholders if one.placeholder_format.type == 15)
    slide.shapes.clone_placeholder(foot)
    slide.placeholders[foot.placeholder_format.idx].text_frame.text = "Sở Y"
    slide._element.set("show", "0")
    reader = _read(presentation, tmp_path)
    assert (reader.text_page(1).body, reader.text_page(1).text) == ("Ẩn", "Ẩn\nSở Y")
    assert [warning.code for warning in reader.warnings] == ["slides-hidden"]


def test_new_and_old_slides_are_told_by_their_bytes(tmp_path: Path) -> None:
    path = tmp_path / "misnamed.doc"
    Presentation().save(str(path))
    assert detect(path).media_type == PPTX
    assert open_reader(path, detect(path)).page_count == 1
    assert detect(OLD).media_type == PPT
    assert open_reader(OLD, detect(OLD)).page_count == 2


@pytest.mark.parametrize("kind", ["slideshow", "template"])
def test_slide_shows_and_templates_are_read_like_slides(tmp_path: Path, kind: str) -> None:
    presentation = Presentation()
    _box(presentation.slides.add_slide(presentation.slide_layouts[6]), "Chiếu")
    stream = io.BytesIO()
    presentation.save(stream)
    path = tmp_path / "show.ppsx"
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(b"presentation.main+xml", f"{kind}.main+xml".encode())
            target.writestr(name, content)
    assert open_reader(path, detect(path)).text_page(1).text == "Chiếu"


def test_old_slides_are_read_with_the_fonts_of_their_runs_and_their_notes() -> None:
    reader = OldSlidesReader(OLD)
    assert reader.text_page(1).text.splitlines() == [
        "Báo cáo quản lý sau cai nghiện",
        "Dòng một",
        "Dòng hai",
        "Cộng hoà xã hội – tên bằng Unicode",
        "Nhắc đại biểu",
    ]
    assert reader.text_page(2).text == "Trang hai"
    assert reader.text_page(1).source is Source.TEXT


def _streams() -> dict[str, bytes]:
    import olefile

    with olefile.OleFileIO(OLD) as ole:
        return {name: ole.openstream(name).read() for name in ("Current User", "PowerPoint Document")}


def test_locked_old_slides_are_called_encrypted(tmp_path: Path) -> None:
    streams = _streams()
    user = bytearray(streams["Current User"])
    user[12:16] = (0xF3D1C4DF).to_bytes(4, "little")
    path = tmp_path / "locked.ppt"
    path.write_bytes(ole_bytes({**streams, "Current User": bytes(user)}))
    with pytest.raises(Encrypted):
        OldSlidesReader(path)


def test_hidden_old_slides_are_read_and_told(tmp_path: Path) -> None:
    streams = _streams()
    content = bytearray(streams["PowerPoint Document"])
    flags = content.rindex(b"\xf9\x03\x10\x00\x00\x00") + 6 + 10  # how the last slide is shown
    content[flags] |= 4
    path = tmp_path / "hidden.ppt"
    path.write_bytes(ole_bytes({**streams, "PowerPoint Document": bytes(content)}))
    reader = OldSlidesReader(path)
    assert [warning.message[:1] for warning in reader.warnings if warning.code == "slides-hidden"] == ["1"]
    assert reader.text_page(2).text == "Trang hai"


@pytest.mark.parametrize("kept", [0, 200, 4000, 12_000])
def test_cut_off_old_slides_are_damaged_or_read_never_a_crash(tmp_path: Path, kept: int) -> None:
    streams = _streams()
    path = tmp_path / "cut.ppt"
    path.write_bytes(ole_bytes({**streams, "PowerPoint Document": streams["PowerPoint Document"][:kept]}))
    with pytest.raises(Damaged):
        OldSlidesReader(path)


def test_runs_that_make_no_sense_are_no_runs() -> None:
    assert text_runs(b"\xff" * 9, 100) == []
    assert text_runs(b"", 5) == []

"""PDF text layers: every kind of letter, hyphen and font gives the words that the page shows, with their boxes."""

from pathlib import Path

import pikepdf
import pytest
from drawn_papers import DECISION, Line, text_pdf
from pdf_files import one_page, saved, simple_font, write
from pikepdf import Name

import ingestion
from ingestion import Page, Sandbox, Source
from ingestion.engines import halving
from ingestion.engines.answering import answer_read
from ingestion.engines.pdf import PdfReader
from ingestion.packing import packed, unpacked

TCVN3 = "Céng hoµ x· héi chñ nghÜa ViÖt Nam §éc lËp Tù do H¹nh phóc QuyÕt ®Þnh vÒ viÖc qu¶n lý sau cai nghiÖn"
UNICODE = "Cộng hoà xã hội chủ nghĩa Việt Nam Độc lập Tự do Hạnh phúc Quyết định về việc quản lý sau cai nghiện"
VNI = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam Ñoäc laäp Töï do Haïnh phuùc"


def _page(path: Path) -> Page:
    return PdfReader(path).text_page(1)


def test_hyphen_at_the_end_of_a_line_is_kept_and_its_word_ends_there(tmp_path: Path) -> None:
    path = text_pdf(tmp_path / "paper.pdf", [[Line(85, 100, "theo Thông báo số 12/QĐ-"), Line(85, 118, "UBND của xã")]])
    page = _page(path)
    assert "12/QĐ-UBND của xã" in page.text
    before = next(word for word in page.words if word.text == "12/QĐ-")
    after = next(word for word in page.words if word.text == "UBND")
    assert before.box[3] < after.box[3] - 10


def test_letters_in_parts_are_put_together_and_ligatures_taken_apart(tmp_path: Path) -> None:
    parts = "Nguye\u0302\u0303n Va\u0306n Thu\u031b\u0309"
    page = _page(text_pdf(tmp_path / "paper.pdf", [[Line(85, 100, f"{parts} o\ufb03ce \ufb01le")]]))
    assert page.text == "Nguyễn Văn Thử office file"
    assert [word.text for word in page.words] == page.text.split()


def test_letters_beyond_the_first_plane_do_not_shift_the_boxes(tmp_path: Path) -> None:
    path = text_pdf(tmp_path / "paper.pdf", [[Line(85, 100, "\U0001d49c\U0001d49e dấu"), Line(85, 300, "Dưới")]])
    last = _page(path).words[-1]
    assert last.text == "Dưới"
    assert 280 < last.box[1] < last.box[3] < 305


def test_text_beside_the_page_is_left_out(tmp_path: Path) -> None:
    pdf, page = one_page()
    write(pdf, page, [(100, 700, b"trong trang"), (100, 2000, b"ngoai trang")])
    assert _page(saved(pdf, tmp_path / "cut.pdf")).text == "trong trang"


def test_boxes_count_from_the_edges_of_the_part_that_is_shown(tmp_path: Path) -> None:
    pdf, page = one_page()
    write(pdf, page, [(100, 700, b"chu")])
    page.obj.CropBox = pikepdf.Array([50, 100, 545, 800])
    (word,) = _page(saved(pdf, tmp_path / "crop.pdf")).words
    assert abs(word.box[0] - 50) < 3
    assert 85 < word.box[1] < word.box[3] < 104


@pytest.mark.parametrize(
    ("font", "text", "expected"),
    [
        (".VnTime", TCVN3, UNICODE),
        ("ABCDEF+.VnTimeH", "QuyÕt ®Þnh", "QUYẾT ĐỊNH"),
        ("VNI-Times", VNI, "Cộng hòa xã hội chủ nghĩa Việt Nam Độc lập Tự do Hạnh phúc"),
    ],
)
def test_font_older_than_unicode_is_read_as_what_it_shows(tmp_path: Path, font: str, text: str, expected: str) -> None:
    pdf, page = one_page((1400, 842))
    write(pdf, page, [(50, 700, text.encode("cp1252"))], font=font)
    write(pdf, page, [(50, 600, b"Unicode: plain text in a font of today")])
    reader = PdfReader(saved(pdf, tmp_path / "old.pdf"))
    assert not reader.needs_recognition(1)
    page = reader.text_page(1)
    assert page.text.split("\n")[0] == expected
    assert page.text.endswith("plain text in a font of today")
    assert [word.text for word in page.words] == page.text.split()


def test_letter_that_looks_like_a_hyphen_at_the_end_of_a_line_stays_a_letter(tmp_path: Path) -> None:
    pdf, page = one_page()
    lines = [(50, 700, "®Þa chØ c­ tró, nh­".encode("cp1252")), (50, 684, "sau cai nghiÖn ma tuý".encode("cp1252"))]
    write(pdf, page, lines, font=".VnTime")
    words = _page(saved(pdf, tmp_path / "old.pdf")).text.split()
    assert words == ["địa", "chỉ", "cư", "trú,", "như", "sau", "cai", "nghiện", "ma", "tuý"]


def test_old_letters_are_told_by_the_text_where_no_font_tells(tmp_path: Path) -> None:
    pdf, page = one_page((1400, 842))
    write(pdf, page, [(50, 700, TCVN3.encode("cp1252"))], font="TT1A2o00")
    reader = PdfReader(saved(pdf, tmp_path / "old.pdf"))
    assert not reader.needs_recognition(1)
    assert reader.text_page(1).text == UNICODE


def test_letters_without_a_map_are_recognised_instead(tmp_path: Path) -> None:
    pdf, page = one_page()
    font = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/AAAAAA+Odd"),
            Encoding=Name("/Identity-H"),
            DescendantFonts=pikepdf.Array(
                [
                    pikepdf.Dictionary(
                        Type=Name.Font,
                        Subtype=Name.CIDFontType2,
                        BaseFont=Name("/AAAAAA+Odd"),
                        CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
                        FontDescriptor=simple_font(pdf, "Odd").FontDescriptor,
                    )
                ]
            ),
        )
    )
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    codes = "".join(f"{code:04x}" for code in range(0x30, 0x60))
    page.contents_add(f"BT /F 12 Tf 50 700 Td <{codes}> Tj ET".encode())
    assert PdfReader(saved(pdf, tmp_path / "odd.pdf")).needs_recognition(1)


def test_pages_are_the_same_whether_one_process_reads_them_or_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [[Line(85, 100, f"Trang số {number} của hồ sơ")] for number in range(1, halving.WORTH + 11)]
    path = text_pdf(tmp_path / "long.pdf", pages)
    monkeypatch.setattr("os.sched_getaffinity", lambda _process: {0})
    alone = answer_read(path, first=1, last=None, images=None)
    monkeypatch.setattr("os.sched_getaffinity", lambda _process: {0, 1})
    answers = []
    asked = halving.SecondProcess.answer
    monkeypatch.setattr(halving.SecondProcess, "answer", lambda self: answers.append(asked(self)) or answers[-1])
    together = answer_read(path, first=1, last=None, images=None)
    assert len(answers) == 1
    assert together == alone


def test_pages_that_the_second_process_leaves_are_read_by_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = text_pdf(tmp_path / "long.pdf", [[Line(85, 100, f"Trang {number}")] for number in range(halving.WORTH)])
    monkeypatch.setattr("os.sched_getaffinity", lambda _process: {0, 1})
    begin = halving.SecondProcess.__init__

    def killed(self: halving.SecondProcess, path: Path, first: int, last: int, images: Path | None) -> None:
        begin(self, path, first, last, images)
        self.stop()
        (self.claims / "claim-141").touch()

    monkeypatch.setattr(halving.SecondProcess, "__init__", killed)
    read = answer_read(path, first=1, last=None, images=None)
    assert [page["text"] for page in read["pages"]] == [f"Trang {number}" for number in range(halving.WORTH)]


def test_words_survive_the_way_from_the_child(tmp_path: Path) -> None:
    page = _page(text_pdf(tmp_path / "paper.pdf", [DECISION]))
    back = unpacked(packed(page))
    assert (back.text, [word.text for word in back.words]) == (page.text, [word.text for word in page.words])
    for word, again in zip(page.words, back.words, strict=True):
        assert again.box == pytest.approx(word.box, abs=0.001)


@pytest.mark.parametrize("change", [{"count": 2}, {"boxes": ""}, {"texts": "a\nb"}, {"confidences": ""}])
def test_packed_words_that_do_not_add_up_are_refused(change: dict[str, object]) -> None:
    row = packed(Page(1, 10.0, 10.0, Source.TEXT, None, "a", (ingestion.Word("a", (1.0, 2.0, 3.0, 4.0)),)))
    row["packed"] |= change
    with pytest.raises((KeyError, TypeError, ValueError)):
        unpacked(row)


@pytest.mark.shared
def test_public_text_is_read_whole(plans: Path, sandbox: Sandbox) -> None:
    read = ingestion.read(plans / "bac-giang-notice-2023.pdf", sandbox=sandbox)
    found = "".join("".join(page.text.split()) for page in read.pages)
    wanted = "".join((plans / "bac-giang-notice-2023.txt").read_text(encoding="utf-8").split())
    assert abs(len(found) - len(wanted)) < len(wanted) * 0.02

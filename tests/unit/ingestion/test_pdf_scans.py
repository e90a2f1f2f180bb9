"""Scans in PDF files reach recognition point by point as they were scanned, in whatever way the file keeps them."""

from pathlib import Path
from typing import Any

import pikepdf
import pytest
from drawn_papers import DECISION, Line, picture, stamped_scan_pdf
from pdf_files import one_page, saved, scan_page, write
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageChops, ImageOps, ImageStat

from ingestion.engines.pdf import PdfReader
from ingestion.engines.reader import Scan

SCAN = picture(DECISION, dpi=150)


def _scan(tmp_path: Path, image: Image.Image, *, rotate: int = 0, **entries: Any) -> Scan:
    pdf, page = one_page()
    scan_page(pdf, page, image, **{key: value(pdf) if callable(value) else value for key, value in entries.items()})
    page.obj.Rotate = rotate
    reader = PdfReader(saved(pdf, tmp_path / "scan.pdf"))
    assert reader.needs_recognition(1)
    return reader.scan(1)


def _unlike(one: Image.Image, other: Image.Image) -> float:
    return ImageStat.Stat(ImageChops.difference(one.convert("L"), other.convert("L").resize(one.size))).mean[0]


def _palette(_pdf: pikepdf.Pdf) -> Array:
    """Backwards: the value 0 is white."""
    return Array([Name.Indexed, Name.DeviceGray, 255, pikepdf.String(bytes(range(255, -1, -1)))])


BITS = SCAN.convert("1")
CASES: dict[str, tuple[Image.Image, dict[str, Any]]] = {
    "grey": (SCAN, {}),
    "colour": (SCAN.convert("RGB"), {}),
    "bits": (BITS, {}),
    "bits-backwards": (ImageChops.invert(BITS.convert("L")).convert("1"), {"Decode": Array([1, 0])}),
    "grey-backwards": (ImageOps.invert(SCAN), {"Decode": Array([1, 0])}),
    "palette-backwards": (ImageOps.invert(SCAN), {"ColorSpace": _palette}),
    "cmyk": (SCAN.convert("CMYK"), {}),
}


@pytest.mark.parametrize("case", CASES)
def test_page_that_is_one_picture_gives_its_own_points(tmp_path: Path, case: str) -> None:
    image, entries = CASES[case]
    scan = _scan(tmp_path, image, **entries)
    assert scan.image.size == SCAN.size
    assert scan.dpi == pytest.approx(150, rel=0.01)
    assert _unlike(scan.image, BITS if case.startswith("bits") else SCAN) < 1.0


def test_points_are_turned_as_the_page_is_shown(tmp_path: Path) -> None:
    scan = _scan(tmp_path, SCAN, rotate=90)
    assert (scan.width, scan.height, scan.image.size) == (842, 595, SCAN.size[::-1])
    assert _unlike(scan.image, SCAN.transpose(Image.Transpose.ROTATE_270)) < 0.1


def test_colours_are_handed_on_where_the_scan_has_any(tmp_path: Path) -> None:
    red = SCAN.convert("RGB")
    red.paste((200, 20, 20), (700, 900, 900, 1100))
    scan = _scan(tmp_path, red)
    assert scan.colour is not None
    assert scan.colour.size == scan.image.size
    assert _scan(tmp_path, SCAN.convert("RGB")).colour is None


def test_masked_picture_is_taken_as_the_page_shows_it(tmp_path: Path) -> None:
    def mask(pdf: pikepdf.Pdf) -> Any:
        half = Image.new("L", SCAN.size, 255)
        half.paste(0, (0, 0, SCAN.width, SCAN.height // 2))
        return pdf.make_stream(
            half.tobytes(),
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=half.width,
            Height=half.height,
            ColorSpace=Name.DeviceGray,
            BitsPerComponent=8,
        )

    scan = _scan(tmp_path, ImageOps.invert(SCAN), SMask=mask)
    upper = scan.image.crop((0, 0, scan.image.width, scan.image.height // 2 - 5))
    assert upper.getextrema()[0] > 250  # the masked half is paper, though its points are black


def test_picture_cut_by_the_page_is_rendered(tmp_path: Path) -> None:
    pdf, page = one_page()
    scan_page(pdf, page, SCAN)
    page.obj.CropBox = Array([0, 421, 595, 842])
    scan = PdfReader(saved(pdf, tmp_path / "crop.pdf")).scan(1)
    assert scan.image.height == pytest.approx(SCAN.height / 2, abs=2)
    assert _unlike(scan.image, SCAN.crop((0, 0, SCAN.width, SCAN.height // 2))) < 4


def test_text_over_a_scan_is_in_the_picture_to_be_recognised(tmp_path: Path) -> None:
    stamp = Line(60, 800, "Ký bởi Ủy ban nhân dân xã Thử Nghiệm", 12)
    reader = PdfReader(stamped_scan_pdf(tmp_path / "scan.pdf", SCAN, stamp))
    image = reader.scan(1).image
    foot = image.crop((0, round(image.height * 0.93), image.width, round(image.height * 0.96)))
    assert foot.getextrema()[0] < 100


def test_scan_in_strips_is_one_scan(tmp_path: Path) -> None:
    pdf, page = one_page()
    strips = 8
    height = SCAN.height // strips
    names = Dictionary()
    for number in range(strips):
        part = SCAN.crop((0, number * height, SCAN.width, (number + 1) * height))
        held = pdf.make_stream(part.tobytes(), Type=Name.XObject, Subtype=Name.Image, Width=part.width)
        held.Height, held.ColorSpace, held.BitsPerComponent = part.height, Name.DeviceGray, 8
        names[f"/S{number}"] = held
        y = 842 - (number + 1) * 842 / strips
        page.contents_add(f"q 595 0 0 {842 / strips} 0 {y} cm /S{number} Do Q\n".encode())
    page.obj.Resources = Dictionary(XObject=names)
    reader = PdfReader(saved(pdf, tmp_path / "strips.pdf"))
    assert reader.needs_recognition(1)
    assert reader.scan(1).dpi == pytest.approx(150, rel=0.02)


def test_scan_wrapped_in_a_form_is_seen_in_its_size(tmp_path: Path) -> None:
    pdf, page = one_page()
    scan_page(pdf, page, SCAN)
    inner = pdf.make_stream(
        b"q 100 0 0 100 0 0 cm /Im Do Q",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, 100, 100]),
        Resources=page.obj.Resources,
    )
    page.obj.Resources = Dictionary(XObject=Dictionary(Fm=inner))
    page.obj.Contents = pdf.make_stream(b"q 5.95 0 0 8.42 0 0 cm /Fm Do Q")
    scan = PdfReader(saved(pdf, tmp_path / "form.pdf")).scan(1)
    assert scan.image.size == SCAN.size


# What Tesseract with English data makes of a public notice (the same page in Vietnamese has 0.99 syllables).
ENGLISH = """
Ket ludn cia Phé Chi tich Thuéng tryc tinh Mai Son tai hoi nghi chuyén dé vé cong tac cai nghién ma tiy va quan ly sau
cai tai noi cv tri Thudng true to chttc hoi nghi chuyén dé vé cong tac cai nghién ma tty va quan ly sau cai tai noi cu
tré Du héi nghi cé lanh dao so nganh va phong chuyén mon cac co quan don vi So Lao dong Thuong binh va Xa hoi
"""
PROSE = """
The commune people committee shall decide on the term of supervision after rehabilitation and report on it in time to
the district office which keeps the records of all persons under supervision within its own area and sends them every
month together with the decisions that were made by the chairman of the committee on the cases at hand
"""


@pytest.mark.parametrize(("layer", "recognise"), [(ENGLISH, True), (PROSE, False)], ids=["wrong-language", "english"])
def test_layer_recognised_as_another_language_is_recognised_again(tmp_path: Path, layer: str, recognise: bool) -> None:
    pdf, page = one_page((2200, 842))
    scan_page(pdf, page, SCAN)
    words = layer.split()
    rows = [" ".join(words[start : start + 12]) for start in range(0, len(words), 12)]
    write(pdf, page, [(60, 700 - 20 * number, row.encode("cp1252")) for number, row in enumerate(rows)])
    assert PdfReader(saved(pdf, tmp_path / "laid.pdf")).needs_recognition(1) is recognise

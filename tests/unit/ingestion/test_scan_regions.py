"""What a scan shows besides words: seals without colour, codes upright and turned, sides that only look blank."""

import json

import numpy as np
import pytest
import zxingcpp
from drawn_papers import DECISION, picture
from PIL import Image, ImageDraw, ImageEnhance

from ingestion.engines import cleaning
from ingestion.engines.reader import Scan
from ingestion.engines.regions import find
from ingestion.pages import Region, RegionKind, Word

INK = (30, 50, 170)
PARAPH = [(1090, 1180), (1150, 1110), (1180, 1200), (1230, 1100), (1260, 1190), (1330, 1130)]


def _scan(image: Image.Image, *, dpi: float = 200) -> Scan:
    points = (image.width / dpi * 72, image.height / dpi * 72)
    return Scan(1, image.convert("L"), *points, dpi, image if image.mode == "RGB" else None)


def _found(image: Image.Image, kind: RegionKind) -> list[Region]:
    scan = _scan(image)
    words: list[list[Word]] = []
    return [one for one in find(scan, cleaning.look(scan), words).regions if one.kind is kind]


def _with_code(format: zxingcpp.BarcodeFormat, turned: int) -> Image.Image:
    code = zxingcpp.create_barcode("THU-0001", format).to_image(scale=3, add_quiet_zones=True)
    page = picture(DECISION)
    page.paste(Image.fromarray(np.asarray(code)).rotate(turned, expand=True, fillcolor=255), (300, 1500))
    return page


@pytest.mark.parametrize("turned", [0, 90])
@pytest.mark.parametrize("format", [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128])
def test_code_is_read_upright_and_turned(format: zxingcpp.BarcodeFormat, turned: int) -> None:
    [code] = _found(_with_code(format, turned), RegionKind.CODE)
    assert code.value == "THU-0001"
    x0, y0, x1, y1 = code.box
    assert 300 * 0.36 <= x0 < x1 <= 900 * 0.36
    assert 1500 * 0.36 <= y0 < y1 <= 2100 * 0.36
    if format is zxingcpp.BarcodeFormat.Code128:
        assert (y1 - y0 > x1 - x0) is (turned == 90)


def test_print_alone_is_no_code() -> None:
    assert _found(picture(DECISION), RegionKind.CODE) == []


def test_seal_of_a_black_and_white_copy_is_found_at_a_lower_score() -> None:
    page = picture(DECISION)
    draw = ImageDraw.Draw(page)
    draw.ellipse((1000, 1500, 1280, 1780), outline=40, width=8)
    draw.ellipse((1055, 1555, 1225, 1725), outline=40, width=4)
    draw.polygon([(1140, 1590), (1185, 1690), (1095, 1690)], fill=40)
    [seal] = _found(page, RegionKind.SEAL)
    assert seal.box == pytest.approx((360, 540, 460.8, 640.8), abs=6)
    assert 0.3 < seal.score < 0.7
    assert json.loads(json.dumps(seal.as_json()))["kind"] == "seal"  # it leaves the child as JSON


def test_side_with_holes_and_print_showing_through_is_blank() -> None:
    side = picture(DECISION).transpose(Image.Transpose.FLIP_LEFT_RIGHT).point(lambda level: 255 - (255 - level) // 14)
    draw = ImageDraw.Draw(side)
    for y in (780, 1500):
        draw.ellipse((60, y, 107, y + 47), fill=25)
    assert cleaning.look(_scan(side)).blank
    assert not cleaning.look(_scan(ImageEnhance.Contrast(side).enhance(6.0))).blank


def test_side_with_a_signature_alone_is_not_blank() -> None:
    side = Image.new("RGB", (1654, 2339), "white")
    ImageDraw.Draw(side).line(PARAPH, INK, 5)
    assert not cleaning.look(_scan(side)).blank
    assert len(_found(side, RegionKind.SIGNATURE)) == 1

"""Pictures of pages: what cheap tests see, what is set right, and how boxes find back to the page as shown."""

import numpy as np
import pytest
from drawn_papers import DECISION, Line, picture
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from ingestion.engines import cleaning
from ingestion.engines.reader import Scan
from ingestion.engines.regions import find
from ingestion.pages import RegionKind, Word


def _scan(image: Image.Image, *, dpi: float = 200) -> Scan:
    points = (image.width / dpi * 72, image.height / dpi * 72)
    colour = image if image.mode == "RGB" else None
    return Scan(1, image.convert("L"), *points, dpi, colour)


def _steps(image: Image.Image, *, dpi: float = 200) -> tuple[str, ...]:
    scan = _scan(image, dpi=dpi)
    return cleaning.prepare(scan, cleaning.look(scan)).steps


def _sealed(image: Image.Image) -> Image.Image:
    made = image.convert("RGB")
    draw = ImageDraw.Draw(made)
    draw.ellipse((1000, 1000, 1280, 1280), outline=(205, 30, 40), width=9)
    draw.ellipse((1060, 1060, 1220, 1220), outline=(205, 30, 40), width=5)
    draw.polygon([(1140, 1090), (1190, 1190), (1090, 1190)], fill=(205, 30, 40))
    return made


def test_clean_page_is_read_as_it_is() -> None:
    image = picture(DECISION)
    scan = _scan(image)
    prepared = cleaning.prepare(scan, cleaning.look(scan))
    assert prepared.steps == ()
    assert np.array_equal(prepared.image, np.asarray(image))


@pytest.mark.parametrize("angle", [-3.0, 2.0])
def test_skewed_page_is_straightened_and_its_points_find_back(angle: float) -> None:
    image = picture(DECISION).rotate(angle, fillcolor=255, resample=Image.Resampling.BICUBIC)
    scan = _scan(image)
    seen = cleaning.look(scan)
    assert seen.skew == pytest.approx(angle, abs=0.25)
    prepared = cleaning.prepare(scan, seen)
    assert prepared.steps == ("deskewed",)
    high, wide = prepared.image.shape
    back = prepared.back @ np.array([wide / 2, high / 2, 1.0])
    assert back == pytest.approx([image.width / 2, image.height / 2], abs=1.0)
    straight = Scan(1, Image.fromarray(prepared.image), 595, 842, 200)
    assert abs(cleaning.look(straight).skew) < 0.3


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_points_of_a_turned_page_find_back(quarters: int) -> None:
    image = Image.new("L", (60, 40), 255)
    image.putpixel((50, 5), 0)
    start = cleaning.Prepared(np.asarray(image), 200, (), np.eye(2, 3))
    turned = cleaning.turned(start, quarters)
    down, across = (int(place[0]) for place in np.nonzero(turned.image == 0))
    assert turned.steps == (f"turned-{quarters * 90}",)
    assert turned.back @ np.array([across + 0.5, down + 0.5, 1.0]) == pytest.approx([50.5, 5.5])


def test_lines_that_run_up_the_page_are_seen() -> None:
    assert cleaning.look(_scan(picture(DECISION).rotate(90, expand=True))).sideways
    assert not cleaning.look(_scan(picture(DECISION))).sideways


def test_faults_ask_for_their_remedy_alone() -> None:
    page = picture(DECISION)
    grain = np.random.default_rng(1).normal(0, 35, (page.height, page.width))
    noisy = Image.fromarray(np.clip(np.asarray(page) + grain, 0, 255).astype(np.uint8))
    assert _steps(noisy) == ("denoised",)
    assert _steps(page.filter(ImageFilter.GaussianBlur(1.5))) == ("sharpened",)
    assert _steps(ImageEnhance.Contrast(page).enhance(0.25)) == ("contrast-raised",)
    assert _steps(page.resize((page.width // 2, page.height // 2), Image.Resampling.BOX), dpi=100)[-1] == "enlarged"


def test_grain_of_a_page_of_few_words_is_no_faint_print() -> None:
    page = picture([Line(85, 100, "Người lập biểu"), Line(85, 130, "Nguyễn Văn Thử")])
    grain = np.random.default_rng(1).normal(0, 35, (page.height, page.width))
    assert _steps(Image.fromarray(np.clip(np.asarray(page) + grain, 0, 255).astype(np.uint8))) == ("denoised",)


def test_black_margin_of_an_open_lid_is_taken_away() -> None:
    page = picture(DECISION)
    page.paste(10, (0, 0, 90, page.height))
    scan = _scan(page)
    prepared = cleaning.prepare(scan, cleaning.look(scan))
    assert prepared.steps == ("border-removed",)
    assert prepared.image[:, :80].min() > 200


def test_red_seal_is_found_and_taken_off_the_print() -> None:
    page = picture(DECISION)
    scan = _scan(_sealed(page))
    seen = cleaning.look(scan)
    prepared = cleaning.prepare(scan, seen)
    assert prepared.steps == ("seal-removed",)
    assert prepared.image[1075:1200, 1000:1280].min() > 150  # between the lines of print
    seals = [region for region in find(scan, seen, []).regions if region.kind is RegionKind.SEAL]
    assert len(seals) == 1
    assert seals[0].box == pytest.approx((360, 360, 460.8, 460.8), abs=4)
    assert seals[0].score > 0.8


def test_blank_sides_may_have_holes_rules_and_print_showing_through() -> None:
    side = ImageEnhance.Brightness(picture(DECISION)).enhance(1.0).point(lambda level: 255 - (255 - level) // 15)
    draw = ImageDraw.Draw(side)
    for y in (700, 1500):
        draw.ellipse((60, y, 105, y + 45), fill=30)
    draw.line((200, 1000, 1400, 1000), fill=120, width=2)
    assert cleaning.look(_scan(side)).blank
    assert not cleaning.look(_scan(picture([Line(250, 400, "Trang này để trống")]))).blank


def test_blue_strokes_above_a_name_are_a_signature() -> None:
    page = picture(DECISION).convert("RGB")
    draw = ImageDraw.Draw(page)
    draw.line([(1090, 1180), (1150, 1110), (1180, 1200), (1230, 1100), (1260, 1190), (1330, 1130)], (30, 50, 170), 5)
    names = [Word("Trần", (385, 448, 410, 463), 0.95), Word("Mẫu", (440, 448, 470, 463), 0.95)]
    scan = _scan(page)
    found = [one for one in find(scan, cleaning.look(scan), [names]).regions if one.kind is RegionKind.SIGNATURE]
    best = found[0]
    assert best.score >= 0.9
    assert best.box == pytest.approx((391, 395, 480, 433), abs=9)


def test_lines_of_nonsense_are_handwriting_and_leave_the_text() -> None:
    page = picture(DECISION)
    scan = _scan(page)
    good = [Word("Nguyễn", (85, 270, 120, 285), 0.97), Word("Thử", (125, 270, 150, 285), 0.95)]
    pen = [Word(text, (85.0 + 40 * at, 400, 120.0 + 40 * at, 420), 0.1) for at, text in enumerate(("vwq", "Ztk", "xx"))]
    found = find(scan, cleaning.look(scan), [good, pen])
    assert found.lines == [good]
    assert found.handwritten == 3
    assert [one.box for one in found.regions if one.kind is RegionKind.HANDWRITING] == [(85.0, 400, 200.0, 420)]


def test_number_in_the_corner_is_that_of_the_sheet() -> None:
    scan = _scan(picture([Line(540, 40, "17", 14)]))
    number = [[Word("17", (540, 30, 555, 42), 0.96)]]
    found = find(scan, cleaning.look(scan), number).regions
    assert [(one.kind, one.value) for one in found] == [(RegionKind.SHEET_NUMBER, "17")]

"""Formats of pictures: pages of TIFF as fax machines write them, photographs as phones turn them, sizes believed."""

from pathlib import Path

import pytest
from drawn_papers import DECISION, picture
from PIL import Image

from ingestion.detect import detect
from ingestion.engines.image import ImageReader
from ingestion.errors import ReadError

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.mark.parametrize("compression", ["group4", "tiff_lzw"])
def test_every_page_of_a_tiff_is_a_page(tmp_path: Path, compression: str) -> None:
    mode = "1" if compression == "group4" else "L"
    pages = [picture(DECISION).convert(mode), picture(DECISION).transpose(Image.Transpose.ROTATE_90).convert(mode)]
    path = tmp_path / "scan.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:], compression=compression, dpi=(200, 200))
    reader = ImageReader(path)
    assert reader.page_count == 2
    assert [(round(reader.scan(at).width), round(reader.scan(at).height)) for at in (1, 2)] == [(595, 842), (842, 595)]


def test_fax_with_half_the_lines_has_the_shape_of_its_paper(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    Image.new("1", (1728, 1146), 1).save(path, compression="group4", dpi=(204, 98))
    scan = ImageReader(path).scan(1)
    assert (scan.width, scan.height) == pytest.approx((610, 842), abs=3)


def test_photograph_is_turned_as_its_phone_says(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright: the sensor's rows run down the page
    Image.new("RGB", (1600, 1200), "white").save(path, exif=exif.tobytes())
    scan = ImageReader(path).scan(1)
    assert scan.image.size == (1200, 1600)
    assert scan.colour is None


def test_colour_is_kept_where_there_is_any(tmp_path: Path) -> None:
    path = tmp_path / "scan.png"
    page = picture(DECISION).convert("RGB")
    page.paste((205, 30, 40), (900, 900, 1100, 1100))
    page.save(path, dpi=(200, 200))
    scan = ImageReader(path).scan(1)
    assert scan.image.mode == "L"
    assert scan.colour is not None
    assert scan.colour.size == scan.image.size


def test_resolution_that_nobody_scans_at_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "scan.jpg"
    Image.new("L", (1654, 2339), 255).save(path, dpi=(72, 72))
    assert ImageReader(path).scan(1).dpi == pytest.approx(200, abs=1)


def test_heic_of_a_phone_is_opened() -> None:
    """The picture comes from the tests of pi-heif 1.4.0 (BSD-3-Clause)."""
    path = DATA / "small.heic"
    assert detect(path).media_type == "image/heic"
    reader = ImageReader(path)
    assert reader.page_count == 1
    assert reader.scan(1).image.size == (29, 100)


def test_broken_heic_is_a_damaged_file() -> None:
    with pytest.raises(ReadError) as refused:
        ImageReader(DATA / "corrupted.heic").scan(1)
    assert refused.value.code == "file-damaged"

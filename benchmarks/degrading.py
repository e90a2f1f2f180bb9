"""Worse scans made from good ones, one fault at a time, the same at every run: what offices hold, by kind."""

from collections.abc import Callable
from math import cos, pi, sin

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

Degrade = Callable[[Image.Image], Image.Image]
_SEED = 2026
_RED = (206, 32, 44)  # stamping ink as scanners show it
_SEAL = 36 / 25.4  # inches: a seal of an office is 36 mm across
_DPI = 200  # of the public scans


def _skew(image: Image.Image) -> Image.Image:
    """Laid three degrees askew on the glass."""
    return image.rotate(3, resample=Image.Resampling.BICUBIC, fillcolor=255)


def _noise(image: Image.Image) -> Image.Image:
    """Grain of a worn sensor: Gaussian of 35 levels, and specks of dust on one point in five hundred."""
    random = np.random.default_rng(_SEED)
    points = np.asarray(image.convert("L"), np.float32) + random.normal(0, 35, (image.height, image.width))
    specks = random.random(points.shape) < 0.002
    points[specks] = 0
    return Image.fromarray(np.clip(points, 0, 255).astype(np.uint8))


def _blur(image: Image.Image) -> Image.Image:
    """Out of focus by 1.5 points of 200 dpi."""
    return image.filter(ImageFilter.GaussianBlur(1.5))


def _low_contrast(image: Image.Image) -> Image.Image:
    """Faded to a quarter of its contrast on paper that is darker on one side."""
    faded = np.asarray(ImageEnhance.Contrast(image.convert("L")).enhance(0.25), np.float32)
    shade = np.linspace(1.0, 0.75, image.width, dtype=np.float32)[None, :]
    return Image.fromarray(np.clip(faded * shade, 0, 255).astype(np.uint8))


def _coarse(image: Image.Image) -> Image.Image:
    """Scanned at 150 dpi."""
    size = (round(image.width * 0.75), round(image.height * 0.75))
    return image.resize(size, Image.Resampling.BOX)


def _sealed(image: Image.Image) -> Image.Image:
    """Two red seals over text, in colour; ink lets the print beneath through, as stamping ink does."""
    ink = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(ink)
    radius = _SEAL * _DPI / 2
    for across, down in ((0.35, 0.4), (0.65, 0.75)):
        _draw_seal(draw, image.width * across, image.height * down, radius)
    paper = np.asarray(image.convert("RGB"), np.float32) / 255
    share = np.asarray(ink.filter(ImageFilter.GaussianBlur(0.7)), np.float32)[..., None] / 255 * 0.9
    red = np.array(_RED, np.float32) / 255
    return Image.fromarray((paper * (1 - share + share * red) * 255).astype(np.uint8))


def _draw_seal(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    for share, width in ((1.0, 7), (0.62, 4)):
        reach = radius * share
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), outline=255, width=width)
    star = [
        (
            x + radius * (0.3 if step % 2 == 0 else 0.12) * sin(step * pi / 5),
            y - radius * (0.3 if step % 2 == 0 else 0.12) * cos(step * pi / 5),
        )
        for step in range(10)
    ]
    draw.polygon(star, fill=255)
    for step in range(28):  # letters around the edge, as blocks of ink
        turn = step * 2 * pi / 28
        cx, cy = x + radius * 0.8 * sin(turn), y - radius * 0.8 * cos(turn)
        draw.rectangle((cx - 6, cy - 9, cx + 6, cy + 9), fill=255)


def worn(image: Image.Image) -> Image.Image:
    """Far gone: more out of focus, grainy, faded and coarse at once, so that many words cannot be read."""
    return _coarse(_noise(ImageEnhance.Contrast(image.filter(ImageFilter.GaussianBlur(2.2))).enhance(0.6)))


KINDS: dict[str, tuple[Degrade, int]] = {
    "skew of 3 degrees": (_skew, _DPI),
    "noise": (_noise, _DPI),
    "blur": (_blur, _DPI),
    "low contrast": (_low_contrast, _DPI),
    "150 dpi": (_coarse, 150),
    "red seal over text": (_sealed, _DPI),
}
"""What is done, and the dots per inch of the result, by the name of the kind."""

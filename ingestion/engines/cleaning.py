"""Pictures of pages made readable: looked at in small first, then set right only where the look asks for it.

The original picture is never changed; what was done is told by `Prepared.steps`, and `Prepared.back` leads from its
points to those of the original, so that boxes are always those of the page as shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ingestion.engines.reader import Scan

cv2.setNumThreads(1)  # two pages are worked on at a time, a core each

Grey = NDArray[np.uint8]
Matrix = NDArray[np.float64]

_LOOK_DPI = 75.0  # of the reduced picture: a line of text is still three to eight points high
_LOOK_MOST = 1400  # points of its longer side, for sizes that nobody can believe
_MOST_SKEW = 8.0  # degrees; a page laid worse than that is seen by whoever laid it
_SKEW_FROM = 1.0  # degrees; Tesseract itself follows lines that are less askew
# Points: turning by a few degrees leaves steps along strokes, which read as accents. Smoothed by this much 0.16 % of
# the characters of two plan pages were wrong instead of 1.4 %; larger pictures and sharpening made it worse.
_TURNED_SOFT = 0.6
_SKEW_INK = 300  # points of ink below which nothing can be said about the direction of lines
_FAINT = 100  # levels between paper and ink under which print is faded; fresh print on white has 180 and more
_SHADE = 40  # levels by which the paper differs between its parts: shadow of a fold, coloured or yellowed paper
_GRAIN_FROM = 14.0  # levels (standard deviation of the paper from point to point); good scanners stay under 8
_SOFT = 0.33  # of the contrast from point to point: a picture out of focus; clean scans have 0.42 and more
_FOCUS = 1.5  # points of blur taken back
_FOCUS_CLEAN, _FOCUS_NOISY = 0.001, 0.01  # the share of noise that is not to be raised, with even paper and with grain
_EVEN = 2.5  # levels of grain of even paper
_BLANK_SHARE = 0.0004  # dark points of a page that shows nothing; a line of text covers ten times as much
_MARK = 28  # levels under the paper from which a point is a mark; print of the other side shows through with 10 to 25
_FEWEST_MARKS = 60  # points of the reduced picture: a word or two
_RED = 45  # levels by which red stands above green and blue in stamping ink, under a film of noise
_RED_SHARE = 0.0006  # of the page; a seal of 36 mm that is half faded covers twice as much
_EDGE_SHARE = 0.004  # of the page: a dark piece at the edge larger than this is the lid or a torn margin
_NARROWEST = 8  # pixels
# Dots per inch: pictures coarser than the first are enlarged to the second. Measured on the plans at 150 dpi: read as
# they are 0.4 % of the characters are wrong, enlarged to 200 dpi 2 %, to 300 dpi 6 %.
_READ_COARSE, _READ_BEST = 140.0, 200.0


@dataclass(frozen=True, slots=True)
class Look:
    """What the reduced picture says. `small` is grey, `factor` points of it for one of the scan; `paper` and `ink` are
    levels, `skew` degrees (by which lines rise to the right), `grain` levels, `red` the share of red ink, `soft` the
    steepest edges as a share of the contrast (a step is 1);
    `darker` is by how many levels each point of `small` is darker than the paper around it, without dark margins;
    `sideways` is whether lines run up the page, `edges` a mask of dark margins."""

    small: Grey
    darker: Grey
    factor: float
    paper: int
    ink: int
    shade: int
    skew: float
    grain: float
    red: float
    soft: float
    sideways: bool
    edges: Grey | None
    blank: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture to recognise, its dots per inch, what was done, and the way back to the points of the scan (2 by 3)."""

    image: Grey
    dpi: float
    steps: tuple[str, ...]
    back: Matrix


def look(scan: Scan) -> Look:
    """Cheap tests of a scan; about 30 ms of a page of A4 at 200 dpi."""
    full = np.asarray(scan.image)
    if min(full.shape) < _NARROWEST:
        return _strip(full)
    factor = min(1.0, _LOOK_DPI / scan.dpi, _LOOK_MOST / max(full.shape))
    small = _scaled(full, factor)
    ground = paper_of(small)
    paper = int(np.median(ground))
    edges = _edges(small, paper)
    inner = small
    if edges is not None:
        inner = np.where(edges > 0, np.uint8(paper), small)
        ground = paper_of(inner)
    shade = int(np.percentile(ground, 95)) - int(np.percentile(ground, 5))
    darker = np.asarray(cv2.subtract(ground, inner), np.uint8)
    grain = _grain(full, paper)
    ink = paper - _contrast(darker, _MARK + grain if grain >= _GRAIN_FROM else _MARK)
    points = darker > max(18, (paper - ink) // 3)
    skew, sideways = _skew(points)
    return Look(
        small,
        darker,
        factor,
        paper,
        ink,
        shade,
        skew,
        grain,
        _red_share(scan, factor),
        _softness(full),
        sideways,
        edges,
        _is_blank(darker),
    )


def _strip(full: Grey) -> Look:
    """Of a picture too narrow for any letter: it is blank, and nothing is to be done to it."""
    return Look(full, np.zeros_like(full), 1.0, 255, 0, 0, 0.0, 0.0, 0.0, 1.0, False, None, True)


def paper_of(small: Grey) -> Grey:
    """The paper beneath the print of a reduced picture: what is brightest around, smoothed."""
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((13, 13), np.uint8))
    return np.asarray(cv2.medianBlur(closed, 21), np.uint8)


def prepare(scan: Scan, seen: Look) -> Prepared:
    """The picture as the tests ask for it; untouched where they ask for nothing."""
    image, steps = np.asarray(scan.image), []
    back: Matrix = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    if seen.red >= _RED_SHARE and scan.colour is not None:
        image = _without_red(image, np.asarray(scan.colour))
        steps.append("seal-removed")
    if seen.edges is not None:
        cover = cv2.resize(seen.edges, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_NEAREST)
        image = np.where(cover > 0, np.uint8(seen.paper), image)
        steps.append("border-removed")
    if seen.grain >= _GRAIN_FROM:
        image = smoothed(image)
        steps.append("denoised")
    if seen.paper - seen.ink < _FAINT or seen.shade > _SHADE:
        image = flattened(image, seen.factor)
        steps.append("contrast-raised")
    if seen.soft < _SOFT:
        image = sharpened(image, _FOCUS_CLEAN if seen.grain < _EVEN else _FOCUS_NOISY)
        steps.append("sharpened")
    if abs(seen.skew) >= _SKEW_FROM:
        image, back = _straightened(image, seen.skew)
        if "denoised" not in steps and "sharpened" not in steps:
            image = np.asarray(cv2.GaussianBlur(image, (0, 0), _TURNED_SOFT), np.uint8)
        steps.append("deskewed")
    dpi = scan.dpi
    if dpi < _READ_COARSE:
        scale = _READ_BEST / dpi
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        back = back @ np.array([[1 / scale, 0, 0], [0, 1 / scale, 0], [0, 0, 1.0]])
        dpi = _READ_BEST
        steps.append("enlarged")
    return Prepared(image, dpi, tuple(steps), back)


def turned(prepared: Prepared, quarters: int) -> Prepared:
    """Turned clockwise by so many quarters."""
    high, wide = prepared.image.shape
    image = np.rot90(prepared.image, -quarters)
    # From the turned picture to the one before, in homogeneous points.
    before = {
        1: [[0, 1, 0], [-1, 0, high], [0, 0, 1]],
        2: [[-1, 0, wide], [0, -1, high], [0, 0, 1]],
        3: [[0, -1, wide], [1, 0, 0], [0, 0, 1]],
    }[quarters]
    back = prepared.back @ np.array(before, np.float64)
    return Prepared(np.ascontiguousarray(image), prepared.dpi, (f"turned-{quarters * 90}", *prepared.steps), back)


def smoothed(image: Grey) -> Grey:
    """Without grain; medians and means of like neighbourhoods, up to ten times as slow, gained no more."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.8), np.uint8)


def sharpened(image: Grey, noise: float) -> Grey:
    """Blur taken back by Wiener's filter; 96.0 % of accents right became 99.2 % on pages out of focus by 1.5 points
    (unsharp masks gained nothing)."""
    points = 128
    waves = np.fft.fftfreq(points)
    blur = np.exp(-2 * np.pi**2 * _FOCUS**2 * (waves[:, None] ** 2 + waves[None] ** 2))
    kernel = np.fft.fftshift(np.fft.ifft2(blur / (blur**2 + noise)).real)
    middle, reach = points // 2, 10
    kernel = kernel[middle - reach : middle + reach + 1, middle - reach : middle + reach + 1]
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE), np.uint8)


def softened(image: Grey) -> Grey:
    """For pictures that read badly as they are: of several filters this gained most on worn copies (47 % right words
    became 72 %)."""
    soft = cv2.GaussianBlur(image, (0, 0), 1.5)
    dark, light = np.percentile(soft[::4, ::4], (2, 98))
    return _stretched(soft, float(dark), max(20.0, float(light - dark)))


def flattened(image: Grey, factor: float) -> Grey:
    """Dark print on even white: divided by the paper beneath, then stretched."""
    small = _scaled(image, factor)
    ground = cv2.resize(paper_of(small), (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    even = cv2.divide(image, ground, scale=255.0)
    dark, light = np.percentile(even[::4, ::4], (0.5, 50))
    span = max(20.0, float(light) - 4.0 - float(dark))
    return _stretched(even, float(dark), span)


def _stretched(image: NDArray[Any], dark: float, span: float) -> Grey:
    """`dark` becomes black, and what is `span` levels brighter white."""
    scale = 255.0 / span
    table = np.clip((np.arange(256) - dark) * scale, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(image, table), np.uint8)


def _scaled(image: Grey, factor: float) -> Grey:
    size = [max(_NARROWEST, round(side * factor)) for side in (image.shape[1], image.shape[0])]
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _contrast(darker: Grey, mark: float) -> int:
    """Levels between paper and print: what the darker part of the marks reach; 255 where there are hardly any marks.

    A point is a mark from `mark` levels on: on a page of few words the grain of the paper, reduced, would be taken for
    faint print.
    """
    marks = darker[darker > mark]
    return int(np.percentile(marks, 85)) if marks.size >= _FEWEST_MARKS else 255


def _is_blank(darker: Grey) -> bool:
    """Hardly a point much darker than the paper around it, but for the outermost 3 % (lid, punch holes), small specks,
    and rules that stand alone."""
    high, wide = darker.shape
    margin_y, margin_x = max(1, high * 3 // 100), max(1, wide * 3 // 100)
    ink = (darker[margin_y : high - margin_y, margin_x : wide - margin_x] > _MARK).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    across, down, area = stats[1:, 2], stats[1:, 3], stats[1:, 4]
    dust = area <= 3  # a point of print at 75 dpi hangs together with its letter
    rule = (np.minimum(across, down) <= 3) & (np.maximum(across, down) > 60)
    hole = (across >= 8) & (across <= 24) & (abs(across - down) <= 3) & (area > 0.6 * across * down)
    return bool(area[~(dust | rule | hole)].sum() < ink.size * _BLANK_SHARE)


def _edges(small: Grey, paper: int) -> Grey | None:
    """Dark pieces that hang at the edge of the picture (a mask, grown by two points), or None."""
    dark = (small < min(110, paper // 2)).astype(np.uint8)
    rim = np.concatenate((dark[0], dark[-1], dark[:, 0], dark[:, -1]))
    if float(rim.mean()) < 0.03:
        return None
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    high, wide = small.shape
    mask = np.zeros_like(small)
    for at in range(1, count):
        left, top, across, down, area = (int(value) for value in stats[at])
        touches = left == 0 or top == 0 or left + across == wide or top + down == high
        if touches and area > small.size * _EDGE_SHARE:
            mask[labels == at] = 255
    if not mask.any():
        return None
    return np.asarray(cv2.dilate(mask, np.ones((5, 5), np.uint8)), np.uint8)


def _skew(points: NDArray[np.bool_]) -> tuple[float, bool]:
    """Degrees by which lines rise to the right, and whether they run up the page instead: the slope along which ink
    gathers most sharply into rows, or into columns."""
    down, across = np.nonzero(points)
    if len(down) < _SKEW_INK:
        return 0.0, False
    step = max(1, len(down) // 12_000)
    y, x = down[::step].astype(np.float64), across[::step].astype(np.float64)
    angles = np.arange(-_MOST_SKEW, _MOST_SKEW + 0.1, 0.4)
    rows, best = max((_sharpness(y, x, angle), angle) for angle in angles)
    columns = max(_sharpness(x, y, angle) for angle in angles)
    found, angle = max((_sharpness(y, x, one), one) for one in np.arange(best - 0.3, best + 0.35, 0.1))
    if columns > 1.5 * rows:
        return 0.0, True
    return (float(angle) if found > 1.15 * _sharpness(y, x, 0.0) else 0.0), False


def _sharpness(y: NDArray[np.float64], x: NDArray[np.float64], angle: float) -> float:
    """How unlike neighbouring rows are when the lines are taken to rise by this angle."""
    rows = y + x * math.tan(math.radians(angle))
    counts = np.bincount((rows - rows.min()).astype(np.int64)).astype(np.float64)
    return float(np.square(np.diff(counts)).sum())


def _grain(full: Grey, paper: int) -> float:
    """How much the paper differs from point to point, in levels (standard deviation), away from print."""
    high, wide = full.shape
    part = full[high // 4 : high // 4 + min(400, high // 2), wide // 5 : wide // 5 + min(500, wide * 3 // 5)]
    near = cv2.medianBlur(part, 5)
    paper_only = near > paper - 25
    if int(paper_only.sum()) < 1000:
        return 0.0
    differs = np.abs(part.astype(np.int16) - near)[paper_only]
    return float(np.percentile(differs, 68))


def _softness(full: Grey) -> float:
    """How steep the edges of the print are from point to point, as a share of its contrast; 1 where there is none."""
    high, wide = full.shape
    part = full[high // 4 : high // 4 + min(500, high // 2), wide // 5 : wide // 5 + min(700, wide * 3 // 5)]
    near = cv2.GaussianBlur(part, (3, 1), 0.6).astype(np.int16)
    dark, light = np.percentile(near[::2, ::2], (0.5, 60))
    if light - dark < _MARK:
        return 1.0
    return float(np.percentile(np.abs(np.diff(near, axis=1)), 99.5)) / float(light - dark)


def red_of(colour: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The points of red ink."""
    red, green, blue = (colour[..., at].astype(np.int16) for at in range(3))
    return np.asarray(red - np.maximum(green, blue) > _RED)


def _red_share(scan: Scan, factor: float) -> float:
    if scan.colour is None:
        return 0.0
    small = _scaled(np.asarray(scan.colour), factor)
    return float(red_of(small).mean())


def _without_red(image: Grey, colour: NDArray[np.uint8]) -> Grey:
    """Red ink as bright as the paper beside it, print beneath it as dark as before: what a red lamp would show."""
    cover = cv2.dilate(red_of(colour).astype(np.uint8), np.ones((5, 5), np.uint8))
    lamp = colour[..., 0]
    mask = cover > 0
    # Ink dims even the red light a little; stretched so that ink alone becomes paper.
    level = float(np.percentile(lamp[mask], 75)) if mask.any() else 255.0
    bright = cv2.convertScaleAbs(lamp, alpha=min(1.6, 255.0 / max(level, 1.0)))
    return np.where(mask, bright, image)


def _straightened(image: Grey, angle: float) -> tuple[Grey, Matrix]:
    """Turned so that lines lie level, on a sheet that holds all of it."""
    high, wide = image.shape
    sine, cosine = abs(math.sin(math.radians(angle))), math.cos(math.radians(angle))
    across, down = math.ceil(wide * cosine + high * sine), math.ceil(high * cosine + wide * sine)
    there = cv2.getRotationMatrix2D((wide / 2, high / 2), -angle, 1.0)
    there[:, 2] += ((across - wide) / 2, (down - high) / 2)
    paper = int(np.median(image[::16, ::16]))
    level = cv2.warpAffine(image, there, (across, down), flags=cv2.INTER_CUBIC, borderValue=paper)
    return np.asarray(level, np.uint8), np.asarray(cv2.invertAffineTransform(there), np.float64)

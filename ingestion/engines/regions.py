"""What a page shows besides printed words: seals, signatures, handwriting, bar and QR codes, the number of the sheet.

All of it is looked for in the reduced picture, except codes. A score says how sure the kind is; nothing found is never
a statement that nothing is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from ingestion.engines.cleaning import Look, red_of
from ingestion.engines.reader import Scan
from ingestion.pages import Box, Region, RegionKind, Word

_POINTS = 72.0
_MM = _POINTS / 25.4
_SEAL_LEAST, _SEAL_MOST = 18 * _MM, 56 * _MM  # points; seals of offices are 30 to 42 mm, ovals and name stamps differ
_ROUND_LEAST, _ROUND_MOST = 14 * _MM, 22 * _MM  # radius of seals looked for without colour
_RIM_INK = 0.72  # share of a circle that must be ink
_SIGNED_WIDE = (34.0, 230.0)  # points across a signature, its paraph included
_SIGNED_HIGH = (16.0, 130.0)
_SIGNED_FILL = 0.4  # share of its box that is ink: strokes, not a picture
_SURE_WORD = 0.75  # calibrated confidence from which a word is print
_BLUE = 35  # levels by which blue stands above red in pen ink
_CORNER = (0.8, 0.1)  # right of, above: where offices write the number of a sheet
_SQUARE = 5 * _MM  # a code is at least so wide
_DENSE = 0.62  # share of such a square that a code darkens (0.73 and more); lines of print stay under 0.59


@dataclass(frozen=True, slots=True)
class Found:
    """Regions of a page, and the words that are print (those in handwriting are left out)."""

    regions: tuple[Region, ...]
    lines: list[list[Word]]
    handwritten: int


def find(scan: Scan, seen: Look, lines: Sequence[Sequence[Word]]) -> Found:
    """All regions of a scan; about 25 ms of processor time for a page of A4 at 200 dpi."""
    printed, written = _parted(lines)
    words = [word for line in printed for word in line]
    scale = scan.width / seen.small.shape[1]
    colour = _reduced(scan, seen)
    seals = _red_seals(colour, scale) if colour is not None else _grey_seals(seen, words, scale)
    regions = [*seals, *_signatures(seen, colour, words, seals, scale), *written, *_codes(scan, seen)]
    number = _sheet_number(scan, printed)
    if number is not None:
        regions.append(number)
    dropped = sum(len(line) for line in lines) - len(words)
    return Found(tuple(regions), printed, dropped)


def _reduced(scan: Scan, seen: Look) -> NDArray[np.uint8] | None:
    if scan.colour is None:
        return None
    size = (seen.small.shape[1], seen.small.shape[0])
    return np.asarray(cv2.resize(np.asarray(scan.colour), size, interpolation=cv2.INTER_AREA), np.uint8)


def _boxed(left: float, top: float, across: float, down: float, scale: float) -> Box:
    edges = (left * scale, top * scale, (left + across) * scale, (top + down) * scale)
    return (round(edges[0], 2), round(edges[1], 2), round(edges[2], 2), round(edges[3], 2))


def _pieces(mask: NDArray[np.uint8]) -> list[tuple[int, int, int, int, int]]:
    """(left, top, across, down, area) of what hangs together, in points of the reduced picture."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return [(int(row[0]), int(row[1]), int(row[2]), int(row[3]), int(row[4])) for row in stats[1:]]


def _red_seals(colour: NDArray[np.uint8], scale: float) -> list[Region]:
    """Blobs of red ink of the size of a seal; round ones score best."""
    ink = red_of(colour).astype(np.uint8)
    closed = np.asarray(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), np.uint8)
    found: list[Region] = []
    for left, top, across, down, _ in sorted(_pieces(closed), key=lambda piece: -piece[2] * piece[3]):
        wide, high = across * scale, down * scale
        if any(_inside((left + across / 2) * scale, (top + down / 2) * scale, one.box) for one in found):
            continue  # the inner ring of a seal
        if not (_SEAL_LEAST <= max(wide, high) <= _SEAL_MOST and min(wide, high) >= _SEAL_LEAST / 2):
            continue
        share = float(ink[top : top + down, left : left + across].mean())
        if share < 0.04:
            continue
        roundness = min(wide, high) / max(wide, high)
        found.append(Region(RegionKind.SEAL, _boxed(left, top, across, down, scale), round(0.5 + 0.45 * roundness, 2)))
    return found


def _grey_seals(seen: Look, words: Sequence[Word], scale: float) -> list[Region]:
    """Circles of ink of the size of a seal, without colour: at lower scores, for anything round looks so."""
    ink = _ink(seen)
    least, most = round(_ROUND_LEAST / scale), round(_ROUND_MOST / scale)
    rest = ink.copy()
    _wipe(rest, words, scale)
    if int(rest.sum()) < 2 * pi * least * 0.5:
        return []  # too little ink besides the words for the rim of a seal
    small = cv2.GaussianBlur(rest * 255, (0, 0), 1.0)
    circles = cv2.HoughCircles(
        small, cv2.HOUGH_GRADIENT, 2, least, param1=120, param2=45, minRadius=least, maxRadius=most
    )
    found: list[Region] = []
    rounds = [] if circles is None else circles.reshape(-1, circles.shape[-1])[:8, :3].tolist()
    for x, y, radius in rounds:  # plain numbers: what leaves the child is JSON
        share = _rim(ink, x, y, radius)
        if share >= _RIM_INK and not any(_inside(x * scale, y * scale, one.box) for one in found):
            box = _boxed(x - radius, y - radius, 2 * radius, 2 * radius, scale)
            found.append(Region(RegionKind.SEAL, box, round(0.6 * share, 2)))
    return found


def _rim(ink: NDArray[np.uint8], x: float, y: float, radius: float) -> float:
    turns = np.linspace(0, 2 * pi, 90, endpoint=False)
    share = 0.0
    for reach in (radius - 1, radius, radius + 1):
        across = np.clip(np.rint(x + reach * np.cos(turns)), 0, ink.shape[1] - 1).astype(int)
        down = np.clip(np.rint(y + reach * np.sin(turns)), 0, ink.shape[0] - 1).astype(int)
        share = max(share, float(cv2.dilate(ink, np.ones((3, 3), np.uint8))[down, across].mean()))
    return share


def _inside(x: float, y: float, box: Box) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _ink(seen: Look) -> NDArray[np.uint8]:
    mask = (seen.darker > max(24, (seen.paper - seen.ink) // 4)).astype(np.uint8)
    if seen.edges is not None:
        mask[seen.edges > 0] = 0
    return mask


def _wipe(ink: NDArray[np.uint8], words: Sequence[Word], scale: float) -> None:
    """Take the printed words out, with a margin of a point."""
    for word in words:
        x0, y0, x1, y1 = word.box
        ink[int(y0 / scale) - 1 : int(y1 / scale) + 2, max(0, int(x0 / scale) - 1) : int(x1 / scale) + 2] = 0


def _signatures(
    seen: Look,
    colour: NDArray[np.uint8] | None,
    words: Sequence[Word],
    seals: Sequence[Region],
    scale: float,
) -> list[Region]:
    """Strokes that are no words in the lower half; right of the middle, above a name, and in blue they score more."""
    high, wide = seen.small.shape
    ink = _ink(seen)
    if colour is not None:
        ink[red_of(colour)] = 0
    _wipe(ink, [word for word in words if (word.confidence or 0.0) >= _SURE_WORD and len(word.text) > 1], scale)
    joined = np.asarray(cv2.dilate(ink, np.ones((3, 7), np.uint8)), np.uint8)
    found = []
    for left, top, across, down, _ in _pieces(joined):
        fits = _SIGNED_WIDE[0] <= across * scale <= _SIGNED_WIDE[1]
        if not fits or not _SIGNED_HIGH[0] <= down * scale <= _SIGNED_HIGH[1] or top <= high * 0.3:
            continue
        box = _boxed(left, top, across, down, scale)
        part = ink[top : top + down, left : left + across]
        if not 0.03 <= float(part.mean()) <= _SIGNED_FILL or int(part.sum()) < 40:
            continue
        if colour is None and any(_inside((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, one.box) for one in seals):
            continue
        score = 0.4 + 0.2 * (left + across / 2 > wide * 0.45) + 0.15 * _named_below(box, words)
        if colour is not None and _is_blue(colour[top : top + down, left : left + across], part):
            score += 0.2
        found.append(Region(RegionKind.SIGNATURE, box, round(score, 2)))
    return sorted(found, key=lambda region: -region.score)[:4]


def _named_below(box: Box, words: Sequence[Word]) -> bool:
    """Whether two to six capitalised words stand under a box, as the name of who signed does."""
    below = [
        word.text
        for word in words
        if box[3] - 6 <= word.box[1] <= box[3] + 60 and word.box[2] > box[0] - 40 and word.box[0] < box[2] + 40
    ]
    return 2 <= len(below) <= 6 and all(text[:1].isupper() for text in below)


def _is_blue(colour: NDArray[np.uint8], ink: NDArray[np.uint8]) -> bool:
    inked = colour[ink > 0].astype(np.int16)
    return bool(len(inked)) and float((inked[:, 2] - inked[:, 0] > _BLUE).mean()) > 0.4


def _parted(lines: Sequence[Sequence[Word]]) -> tuple[list[list[Word]], list[Region]]:
    """Printed lines, and regions of those that a pen wrote: runs of doubtful nonsense of three words or more, or whole
    lines of it. Only words that are clearly nonsense go, for a faded word is worth more than none."""
    printed: list[list[Word]] = []
    regions: list[Region] = []
    for line in lines:
        doubtful = [word for word in line if _is_nonsense(word)]
        if len(doubtful) >= 3 and len(doubtful) >= 0.6 * len(line):
            mean = sum(word.confidence or 0.0 for word in line) / len(line)
            regions.append(Region(RegionKind.HANDWRITING, _around(line), round(min(0.9, 1.0 - mean), 2)))
            continue
        printed.append(list(line))
    return printed, regions


def _is_nonsense(word: Word) -> bool:
    from ingestion.vietnamese.syllables import is_syllable

    if (word.confidence or 0.0) >= 0.4:
        return False
    return not any(letter.isdigit() for letter in word.text) and not is_syllable(word.text.strip(".,;:()").lower())


def _around(words: Sequence[Word]) -> Box:
    return (
        min(word.box[0] for word in words),
        min(word.box[1] for word in words),
        max(word.box[2] for word in words),
        max(word.box[3] for word in words),
    )


def _codes(scan: Scan, seen: Look) -> list[Region]:
    """Bar and QR codes, upright or turned, read at full size where the reduced picture has a dark patch dense and large
    enough for one."""
    ink = (cv2.subtract(np.full_like(seen.small, max(seen.paper, 1)), seen.small) > 40).astype(np.uint8)
    patch = max(3, round(_SQUARE / (scan.width / seen.small.shape[1])))
    dense = cv2.boxFilter(ink, cv2.CV_32F, (patch, patch))
    if float(dense.max()) < _DENSE:
        return []
    found = []
    for code in zxingcpp.read_barcodes(np.asarray(scan.image), try_downscale=False, try_invert=False):
        place = code.position
        corners = [(at.x, at.y) for at in (place.top_left, place.top_right, place.bottom_left, place.bottom_right)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        scale = scan.width / scan.image.width
        box = _boxed(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys), scale)
        found.append(Region(RegionKind.CODE, box, 1.0, code.text))
    return found


def _sheet_number(scan: Scan, lines: Sequence[Sequence[Word]]) -> Region | None:
    """Digits alone on their line in the upper right corner, recognised with confidence."""
    for line in lines:
        word = line[-1]
        corner = word.box[0] > scan.width * _CORNER[0] and word.box[3] < scan.height * _CORNER[1]
        if len(line) == 1 and corner and word.text.isdigit() and len(word.text) <= 4:
            confidence = word.confidence or 0.0
            return Region(RegionKind.SHEET_NUMBER, word.box, round(0.7 * confidence, 2), word.text)
    return None

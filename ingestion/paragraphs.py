"""Which line begins a paragraph: marks of lists and clauses, labels, indents, gaps, lines that ended early."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ingestion.pieces import Piece, Zone

# What a paragraph of an office paper begins with (Decree 30/2020, Appendix I: parts, chapters, articles, clauses).
_CLAUSE = re.compile(
    r"(?:Điều|Khoản|Chương|CHƯƠNG|Mục|MỤC|Phần|PHẦN|Phụ lục|PHỤ LỤC|Bước) (?:[\dIVXLC]+|thứ )|"
    r"\(?\d{1,3}[.)](?!\d)|\d{1,2}(?:\.\d{1,2}){1,3}\.? |\(?[a-zđ]\)|[IVXLC]{1,5}[.)]|[*•●○▪■□◦·►✓☐➢+] ?|[-–—] |"
    r"(?:TM|KT|TL|TUQ)[.,] ?(?=[A-ZĐ])|Độc lập ?[-–—]|Căn cứ |"
    r"Theo đề nghị |Xét đề nghị |Kính gửi|Nơi nhận|Số: |V/v |Hôm nay, |Ký bởi"
)
# What a body's name begins with in the head; a line beginning otherwise goes on with the name above.
_BODY = re.compile(
    r"(?:ỦY BAN|UỶ BAN|UBND|HĐND|SỞ|CÔNG AN|CHI CỤC|CƠ SỞ|TRUNG TÂM|PHÒNG(?! ?,)|TÒA ÁN|TOÀ ÁN|TRẠM|BỆNH VIỆN)\b"
)
# The State's name broken in a narrow cell: "... CHỦ NGHĨA VIỆT" / "NAM".
_NATION_OPEN, _NATION_END = re.compile(r"NGH[ĨIÌ]A(?: VI[ỆÊE]T)?$"), re.compile(r"(?:VI[ỆÊE]T )?NAM")
_AUTHORITY = re.compile(r"\W{0,3}(?:TM|KT|TL|TUQ)[.,]")  # what a signing block begins with; each line stands alone
_DASH = re.compile(r"[-–—]\s?(?=\w)")
_LABEL = re.compile(r"[^\W\d_][^\s:]*(?: [^\s:.,;]+){0,6} ?(?:\([^():]{1,40}\))? ?:")
# A line that ends in one of these goes on: "khoản" / "1. Điều 5", "ngày 01 tháng" / "6. ..."
_OPEN_END = re.compile(
    r"(?:^|\s)(?:khoản|điều|Điều|điểm|mục|Mục|số|Số|tháng|ngày|năm|và|hoặc|của|các|những|theo|với|là|tại|về|cho|từ|đến)$"
)
_CLOSED = (".", ";", ":", "!", "?", "./.", ".”", '."')
_GAP = 1.42  # times the usual step from line to line
_WIDEST_STEP = 2.6  # letter heights; more is another paragraph in any case
_INDENT = 0.9  # letter heights
_SLACK = 0.35  # letter heights by which lines of one margin differ
_BLANK = 0.3  # letter heights between two words
_SOFT = ("\u00ad", "\u0002", "\ufffe")
_NUMBERISH = re.compile(r"\d")
_TAIL = re.compile(r"[\w)]-$")


def page_margin(pieces: Sequence[Piece]) -> tuple[float, float, float]:
    """(left, right) edges of the running text and the usual step from line to line, in points."""
    wide = max(piece.right - piece.left for piece in pieces)
    full = [piece for piece in pieces if piece.right - piece.left > 0.75 * wide]
    left = min(piece.left for piece in full)
    right = max(piece.right for piece in full)
    steps = sorted(
        after.level - before.level
        for before, after in pairwise(pieces)
        if 0.5 * before.height < after.level - before.level < 4 * before.height
    )
    # The lower quartile: steps inside paragraphs, not between them.
    step = steps[len(steps) // 3] if steps else 2 * pieces[0].height
    return left, right, step


def begins_paragraph(pieces: Sequence[Piece], index: int, margin: tuple[float, float, float], width: float) -> bool:
    """Whether the piece at `index` (from 1) begins a paragraph, as against going on with the piece before."""
    above, piece = pieces[index - 1], pieces[index]
    left, right, step = margin
    height = max(above.height, piece.height)
    down = piece.level - above.level
    if down < 0.4 * height or down > max(_GAP * step, 1.2 * height) or down > _WIDEST_STEP * 1.6 * height:
        return True
    if piece.left > above.right or piece.right < above.left:
        return True
    full = _is_full(pieces, index, left, right, width)
    if _opens(above.text, piece.text, full=full):
        return True
    if piece.zone is Zone.HEAD and _NATION_END.fullmatch(piece.text) and _NATION_OPEN.search(above.text):
        return False
    capital = _is_capital(piece.text)
    if _is_capital(above.text) != capital and (not capital or len(piece.words) > 2):
        return True
    if capital and _AUTHORITY.match(above.text):
        return True
    if capital and (piece.zone is Zone.FOOT or (piece.zone is Zone.HEAD and _BODY.match(piece.text))):
        return True
    goes_on = piece.text[:1].islower() and not above.text.endswith(_CLOSED)
    if not full:
        return not goes_on or _is_centred(above, left, right) != _is_centred(piece, left, right)
    indent = piece.left - above.left
    return indent > _INDENT * height and not goes_on and not _hangs(above, piece)


def _opens(above: str, text: str, *, full: bool) -> bool:
    """Whether the text begins as paragraphs do, and the line above does not run into it."""
    if _CLAUSE.match(text):
        dash = _DASH.match(text)
        if dash and (text[dash.end()].islower() or full) and not above.endswith((*_CLOSED, ",")):
            return False  # "phát triển kinh tế" / "- xã hội", "Bộ Lao động" / "- Thương binh và Xã hội"
        return not (_OPEN_END.search(above) and text[:1] in "0123456789")
    return text[:1].isupper() and bool(_LABEL.match(text)) and not _OPEN_END.search(above)


def _is_capital(text: str) -> bool:
    return text.isupper() and len(text) > 3


def _is_full(pieces: Sequence[Piece], index: int, left: float, right: float, width: float) -> bool:
    """Whether the line above had no room left for the first word of this one: it was broken, not ended."""
    above, piece = pieces[index - 1], pieces[index]
    edge = right
    if above.left > left + 0.2 * width or above.apart or piece.apart:
        near = pieces[max(0, index - 3) : index + 3]
        edge = max(one.right for one in near if one.apart == above.apart and abs(one.left - above.left) < 0.1 * width)
    first = piece.first
    return above.right + _BLANK * above.height + first[2] - first[0] > edge - _SLACK * above.height


def _is_centred(piece: Piece, left: float, right: float) -> bool:
    before, after = piece.left - left, right - piece.right
    return before > piece.height and abs(before - after) < 1.5 * piece.height


def _hangs(above: Piece, piece: Piece) -> bool:
    """Whether the line stands under the text of a marked line: "- Như Điều 2" with its second line below "Như"."""
    return len(above.words) > 1 and abs(piece.left - above.boxed(1)[0]) < 0.6 * above.height


def glued(before: str, after: str) -> int | None:
    """Where no blank stands between two words over a line break: how many letters of the first are kept; else None.

    "12/QĐ-" + "UBND" and "12/" + "QĐ-UBND" are one symbol; a soft hyphen is dropped; so is the hyphen of a foreign word
    ("organi-" + "zation"). Vietnamese syllables are never broken.
    """
    if before.endswith(_SOFT):
        return len(before) - 1
    first = after[:1]
    if _TAIL.search(before) and first.isalnum():
        stem = before[:-1]
        if stem.isalpha() and stem.isascii() and len(stem) > 2 and stem[-1:].islower() and first.islower():
            return len(stem) if not _is_vietnamese(stem, after) else None
        return len(before)
    if before.endswith("/") and len(before) > 1 and first.isalnum():
        return len(before)
    if first in "/-" and len(after) > 1 and after[1].isalnum() and _NUMBERISH.search(before) and "/" in before + after:
        return len(before) if first == "/" or after[1].isupper() else None
    return None


def _is_vietnamese(stem: str, after: str) -> bool:
    from ingestion.vietnamese.syllables import is_syllable

    return is_syllable(stem) and is_syllable(after.strip(".,;:)"))

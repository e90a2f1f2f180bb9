"""Reading order of the two-column head and foot of office papers: the left block whole, then the right block whole.

Decree 30/2020, Appendix I: the issuing body, number and subject stand left, the State's name, motto, place and date
right; at the foot the recipients stand left, the signature right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from ingestion.pieces import Piece, Zone, gaps, recut
from ingestion.vietnamese.normalise import bare

_HEAD_PIECES = 24  # among which the head lies
_HEAD_SHARE = 0.42  # of the height of the page
_DEPTH = 0.14  # of the height: motto, place and date, number below the State's name
_NATION = "cong hoa xa hoi chu nghia viet nam"
_NUMBER = re.compile(r"\W{0,2}s[ốôồổõóo06]\s?[:;.]|\W{0,2}s[ốô]\s+\d", re.IGNORECASE)
_DATE = re.compile(r"ng[àaáảãạ]y\b.*\bth[áaàảãạ]ng\b", re.IGNORECASE)
_MOTTO = re.compile(r"[đd][ộoôọ]c\s?l[ậaâạ]p.{0,5}t[ựuưụ]\s?do", re.IGNORECASE)
# What a line that holds the State's name or the motto has left of it however badly it was recognised.
_NATIONAL = re.compile(
    r"C[ỘÔOÓỌÒ]NG H|X[ÃAÂÁ] H[ỘÔOỌ]I|CH[ỦUÚ] NGH|[ỆÊEẸ]T N[AÂ]M|[Đđ]?[ộoôọ]c l[ậaâạ]p|h[ạa]nh ph[úu]c", re.IGNORECASE
)
_REGARDING = re.compile(r"\W{0,2}V\s?/\s?v", re.IGNORECASE)
_RECIPIENTS = re.compile(r"\W{0,3}N[ơoở]i\s?nh[ậâaạ]n", re.IGNORECASE)
_OUT = 80  # points by which place and date may begin left of the State's name
_TIGHT = 0.75  # letter heights: the least gap at which a line of both columns is cut
_NARROW = 0.55  # of the width of the page: what stands below the headings of signing blocks


def in_reading_order(pieces: list[Piece], width: float, height: float) -> list[Piece]:
    """The pieces with the columns of head and foot one after the other; all else stays as it came."""
    if len(pieces) < 3:
        return pieces
    return _foot(_head(pieces, width, height), width, height)


def is_nation(text: str) -> bool:
    """Whether the text is the line of the State, however badly recognised."""
    if not 24 <= len(text) <= 42 or sum(map(str.isupper, text)) < 0.6 * sum(map(str.isalpha, text)):
        return False
    plain = re.sub(r"[^a-z]+", " ", bare(text)).strip()
    return plain == _NATION or SequenceMatcher(None, plain, _NATION, autojunk=False).ratio() > 0.75


def _head(pieces: list[Piece], width: float, height: float) -> list[Piece]:
    top = [piece for piece in pieces[:_HEAD_PIECES] if piece.top < height * _HEAD_SHARE]
    cut = _cut_nation(top)
    anchor = next((piece for piece in cut if is_nation(piece.text) or piece.text.startswith("ĐẢNG CỘNG SẢN")), None)
    if anchor is None:
        anchor = next((piece for piece in cut if _DATE.search(piece.text) and piece.left > 0.35 * width), None)
        number = next((piece for piece in cut if _NUMBER.match(piece.text)), None)
        if anchor is None or number is None or abs(anchor.level - number.level) > 2 * anchor.height:
            return pieces
    if anchor.left < 0.25 * width:  # a head of one column, the State's name in the middle
        return pieces
    gutter = anchor.left
    cut = _cut_gutter(cut, anchor, gutter)
    end = _end_of_head(cut, anchor, gutter, height)
    inside = [piece for piece in cut if piece.level <= end]
    spanning = [piece for piece in inside if piece.left < gutter - 0.12 * width and piece.right > gutter + 0.3 * width]
    left = [piece for piece in inside if piece not in spanning and piece.centre < gutter]
    right = [piece for piece in inside if piece not in spanning and piece.centre >= gutter]
    if not left:
        return pieces
    for piece in (*left, *right):
        piece.zone = Zone.HEAD
    rest = [piece for piece in cut if piece.level > end]
    return [*spanning, *left, *right, *rest, *pieces[len(top) :]] if _leads(pieces, top) else pieces


def _leads(pieces: Sequence[Piece], top: Sequence[Piece]) -> bool:
    """Whether the pieces of the top are the first of the page."""
    return all(one is other for one, other in zip(pieces, top, strict=False))


def _cut_nation(top: Sequence[Piece]) -> list[Piece]:
    """The pieces, with the State's name and the motto cut from what was read into the same line before them."""
    found: list[Piece] = []
    for piece in top:
        at = _nation_at(piece)
        found += recut(piece, at) if at else [piece]
    return found


def _nation_at(piece: Piece) -> int | None:
    if len(piece.words) < 7 or len(piece.text) < 36 or not _NATIONAL.search(piece.text):
        return None
    plain = [bare(word.text) for word in piece.words]
    for at in range(1, len(plain) - 4):
        begins = plain[at] in ("cong", "doc") or plain[at + 1] in ("hoa", "lap")
        rest = re.sub(r"[^a-z]+", " ", " ".join(plain[at:]))
        if begins and (
            SequenceMatcher(None, rest, _NATION, autojunk=False).ratio() > 0.8 or _MOTTO.match(" ".join(plain[at:]))
        ):
            return at
    return None


def _cut_gutter(pieces: Sequence[Piece], anchor: Piece, gutter: float) -> list[Piece]:
    """Lines of the head that run over the gutter are cut at their widest gap if it is wider than a blank."""
    found: list[Piece] = []
    for piece in pieces:
        near = -2 * anchor.height < piece.level - anchor.level < 9 * anchor.height
        both = bool(_NUMBER.match(piece.text) and _DATE.search(piece.text))
        if near and len(piece.words) > 2 and piece.left < gutter - 30 and (piece.right > gutter + 60 or both):
            blanks = gaps(piece)
            widest = max(range(len(blanks)), key=blanks.__getitem__)
            if blanks[widest] > _TIGHT * piece.height or both:
                found += recut(piece, widest + 1)
                continue
        found.append(piece)
    return found


def _end_of_head(pieces: Sequence[Piece], anchor: Piece, gutter: float, height: float) -> float:
    """The level of the last line of the head."""
    end = anchor.level + 0.6 * anchor.height
    for piece in pieces:
        if not anchor.level - 2 * anchor.height < piece.level < anchor.level + _DEPTH * height:
            continue
        left = piece.centre < gutter
        says = (left and _NUMBER.match(piece.text)) or (
            piece.left > gutter - _OUT and (_DATE.search(piece.text) or _MOTTO.search(piece.text))
        )
        if says:
            end = max(end, piece.level + 0.6 * piece.height)
    subject: Piece | None = None
    for piece in pieces:
        if piece.centre >= gutter or piece.right > gutter + 20 or piece.level < anchor.level:
            continue
        goes_on = (
            subject is not None
            and 0 < piece.level - subject.level < 2.2 * piece.height
            and abs(piece.centre - subject.centre) < _OUT
        )
        if goes_on or _REGARDING.match(piece.text):
            subject = piece
            end = max(end, piece.level + 0.6 * piece.height)
    return end


def _foot(pieces: list[Piece], width: float, height: float) -> list[Piece]:
    start = next(
        (index for index in range(len(pieces) - 1, -1, -1) if _RECIPIENTS.match(pieces[index].text)), len(pieces)
    )
    if start < len(pieces) and pieces[start].left < 0.4 * width:
        return _recipients(pieces, pieces[start], width)
    return _signing_blocks(pieces, width, height)


def _recipients(pieces: list[Piece], mark: Piece, width: float) -> list[Piece]:
    begin = mark.level - 3.2 * mark.height
    right = [piece for piece in pieces if piece.level >= begin and piece.left > 0.4 * width]
    if not right:
        return pieces
    gutter = max(min(piece.left for piece in right), mark.right)
    zone: list[Piece] = []
    rest: list[Piece] = []
    for piece in pieces:
        if piece.level < begin or (piece.level < mark.level - 0.6 * mark.height and piece.left < gutter - 5):
            rest.append(piece)
        elif piece.left < gutter - 20 and piece.right > gutter + 40 and len(piece.words) > 2:
            zone += _cut_widest(piece)
        else:
            zone.append(piece)
    for piece in zone:
        piece.zone = Zone.FOOT
    left = [piece for piece in zone if piece.left < gutter - 5]
    return [*rest, *left, *(piece for piece in zone if piece not in left)]


def _cut_widest(piece: Piece) -> Sequence[Piece]:
    blanks = gaps(piece)
    widest = max(range(len(blanks)), key=blanks.__getitem__)
    return recut(piece, widest + 1) if blanks[widest] > _TIGHT * piece.height else [piece]


def _signing_blocks(pieces: list[Piece], width: float, height: float) -> list[Piece]:
    """Papers signed by several people side by side: a line of headings in capitals, nothing wide below."""
    for index, (piece, after) in enumerate(pairwise(pieces)):
        if piece.line != after.line or piece.top < 0.25 * height or not (piece.text.isupper() and after.text.isupper()):
            continue
        heads = [one for one in pieces[index : index + 4] if one.line == piece.line]
        below = pieces[index:]
        if not all(one.text.isupper() and len(one.text) > 5 for one in heads):
            continue
        if len(below) > 24 or any(one.right - one.left > _NARROW * width for one in below):
            continue
        columns: list[list[Piece]] = [[] for _ in heads]
        for one in below:
            nearest = min(range(len(heads)), key=lambda at: abs(heads[at].centre - one.centre))
            columns[nearest].append(one)
            one.zone = Zone.FOOT
        return [*pieces[:index], *(one for column in columns for one in column)]
    return pieces

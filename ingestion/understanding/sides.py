"""What one side of a scanned dossier shows of beginnings and ends: head, title, page number, signing block, size."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingestion.pages import Page, RegionKind
from ingestion.understanding.dates import long_date
from ingestion.understanding.header import title_of
from ingestion.understanding.layout import Column, Fragment, fragments, is_national
from ingestion.understanding.numbers import citations, number_line
from ingestion.understanding.signing import is_post, looks_like_name
from ingestion.vietnamese.normalise import bare

_HEAD = 0.36  # share of the page's height in which a head lies
_HEAD_LINES = 12
_TITLE = 0.48  # share in which a title begins
_SPECKS = 4  # words; fewer at the top of a page may be dirt
_SEEN, _LOWER = 0.5, 0.35  # score from which a region counts; share of the height below which papers are signed
_MARGIN = 0.09  # share in which page numbers stand
_NUMBER = re.compile(
    r"\W{0,3}(?:(?:trang|page|tr)\W{0,2}\s?)?(?P<number>\d{1,3})(?:\s?(?:[/|]|trên|of)\s?(?P<total>\d{1,3}))?\W{0,3}",
    re.IGNORECASE,
)
_ANNEX = re.compile(
    r"\W{0,3}phu luc\b(?! *van ban)|\W{0,3}\((?:ban hanh )?kem theo\b|\W{0,3}danh sach\b.{0,60}kem theo\b"
)
_WITH = re.compile(r"\((?:ban hanh )?kem theo\s+(?!nghi dinh|thong tu|luat)")
_COVER = re.compile(r"\W{0,3}(?:bia ho so|bia sau|ho so so\b|chung tu ket thuc|to bia)")
_CONTENTS = re.compile(
    r"\W{0,3}(?:to )?(?:muc luc (?:van ban|tai lieu|ho so|ban an|giay to)|muc luc$|"
    r"danh muc (?:tai lieu|van ban|giay to) trong ho so|bang ke (?:tai lieu|van ban) trong ho so)"
)
_CARD = re.compile(r"\W{0,3}(?:the )?(?:can cuoc(?: cong dan)?|chung minh nhan dan|giay khai sinh)\W{0,3}")
_SEPARATOR = re.compile(
    r"\W{0,3}(?:to (?:ngan|phan) cach|trang (?:ngan|phan) cach|separator( page| sheet)?|patch ?(?:code)? ?[t123]?)\W*$"
)
_CODE = re.compile(r"^(?:HOSO:|PATCH|SEPARATOR)", re.IGNORECASE)
_SIGNS = re.compile(
    r"\W{0,3}(?:noi nhan\b|\(ky[,; ]|ky, ?(?:va )?ghi ro|ky ten|(?:tm|kt|tl|tuq)[.,] ?[a-z]|xac nhan cua|"
    r"nguoi (?:khai|lap|lam|cam ket|viet|giao|nhan|nop|tiep nhan|xac nhan|chung kien|vi pham|duoc|dai dien)|"
    r"dai dien|(?:pho )?(?:truong cong an|chu tich|giam doc|tham phan|truong co so)\b|can bo lap|bac si|nhan vien)"
)
_RECEIVES = re.compile(r"\W{0,3}noi nhan\b|\s*[-+•*(]|\W{0,3}nhu (?:tren|dieu)\b|\W{0,3}luu\b")
_ADDRESSED = re.compile(r"\W{0,3}kinh (?:gui|chuyen)\b")
_CLOSED = (".", ";", ":", "!", "?", "”", '"', ")", "/")
_ORDINAL = re.compile(r"(?:(?P<clause>\d{1,2})[.)]\s|(?P<letter>[a-zđ])\)\s|[Đđ]i[ềê]u (?P<article>\d{1,3})[.:])")


@dataclass(frozen=True, slots=True)
class Side:
    """One page as boundaries see it. Shares are of the page's height; sizes in points.

    `front` is "cover" or "contents" for the front matter of a dossier. `motto` is where the State's name stands; `own`
    is the number and symbol in the head, `parent` that of the paper to which an annex says it belongs; `title` is the
    code of a known kind, `heading` says whether other capitals stand centred at the top; `ordinals` are the first and
    last numbers of clauses, `broken` that the text begins inside a sentence, `ended` that it ends with one, `signed`
    that a signing block stands on it, `foot` that nothing but recipients and a signing block do.
    """

    page: int
    blank: bool = False
    separator: bool = False
    front: str = ""
    motto: float | None = None
    annex: bool = False
    belongs: bool = False
    own: str | None = None
    parent: str | None = None
    title: str | None = None
    heading: bool = False
    numbered: bool = False
    dated: bool = False
    body: bool = False
    addressed: bool = False
    number: int | None = None
    total: int | None = None
    wide: float = 0.0
    high: float = 0.0
    letters: float = 0.0
    signed: bool = False
    foot: bool = False
    filled: float = 0.0
    broken: bool = False
    ended: bool = True
    ordinals: tuple[int, int] | None = None
    capitals: float = 0.0


def side_of(page: Page) -> Side:
    """The signs of one page. About two milliseconds."""
    if any(region.kind is RegionKind.CODE and _CODE.match(region.value.strip()) for region in page.regions):
        return Side(page.number, separator=True, wide=page.width, high=page.height)
    seen = [line for line in fragments(replace(page, running=None)) if any(map(str.isalnum, line.text))]
    pen = any(region.kind is RegionKind.HANDWRITING for region in page.regions)
    if page.blank or not (seen or pen):
        return Side(page.number, blank=True, wide=page.width, high=page.height)
    number, total = _page_number(seen)
    lines = [line for line in seen if not _is_page_number(line)]
    if not lines:
        return Side(page.number, blank=not pen, number=number, total=total, wide=page.width, high=page.height)
    top = [line for line in lines[:_HEAD_LINES] if line.top is None or line.top < _HEAD]
    plain = [bare(line.text) for line in lines]
    if len(lines) <= 4 and any(_SEPARATOR.match(text) for text in plain):
        return Side(page.number, separator=True, wide=page.width, high=page.height)
    motto = next((line.top or 0.0 for line in lines[:_HEAD_LINES] if is_national(line)), None)
    titled = title_of([line for line in lines if line.top is None or line.top < _TITLE])
    said = lines[titled.index].text.rstrip() if titled and titled.index < len(lines) else ""
    lower = plain[-max(4, len(plain) // 2) :]
    foot = _is_foot(lines)
    last = _last_line(lines)
    return Side(
        page.number,
        front=_front(plain[:8]),
        motto=motto,
        annex=any(_ANNEX.match(text) for text in plain[:8]),
        belongs=any(_WITH.search(text) for text in plain[:10]),
        own=_own_number(top),
        parent=_parent(lines[:10]),
        title="GT" if _is_card(plain, lines) else titled.code if titled and not said.endswith(":") else None,
        heading=not foot and _has_heading(top),
        numbered=any(number_line(line.text) is not None for line in top),
        dated=any(long_date(line.text) is not None and len(line.text) < 70 for line in top),
        body=_has_body(top),
        addressed=any(_ADDRESSED.match(text) for text in plain[:14]),
        number=number,
        total=total,
        wide=page.width,
        high=page.height,
        letters=_letters(page),
        signed=any(_SIGNS.match(text) for text in lower) or _is_sealed(page),
        foot=foot,
        filled=max((line.bottom or 0.0) for line in lines),
        broken=_is_broken(lines[0]),
        ended=last.text.rstrip().endswith(_CLOSED) or last.is_upper or (last.right or 1.0) < 0.6,
        ordinals=_ordinals(lines),
        capitals=sum(line.is_upper for line in top) / max(1, len(top)),
    )


def _is_card(plain: Sequence[str], lines: Sequence[Fragment]) -> bool:
    """Whether the copy of an identity card stands here: its name in capitals alone on a line, wherever it lies."""
    return any(line.is_upper and _CARD.fullmatch(text) for text, line in zip(plain[:10], lines, strict=False))


def _front(plain: Sequence[str]) -> str:
    if any(_CONTENTS.match(text) for text in plain):
        return "contents"
    return "cover" if any(_COVER.match(text) for text in plain) else ""


def _own_number(top: Sequence[Fragment]) -> str | None:
    """Number and symbol in the head, as "12/QĐ-UBND"; None where either is blank."""
    for line in top:
        said = number_line(line.text)
        if said is not None:
            return f"{said.number}{said.suffix or ''}/{said.symbol}" if said.number and said.symbol else None
    return None


def _parent(lines: Sequence[Fragment]) -> str | None:
    """The paper named after "Kèm theo", also where the number stands on the next line."""
    for line, below in zip(lines, [*lines[1:], None], strict=True):
        if "kem theo" in bare(line.text):
            text = line.text + (" " + below.text if below is not None else "")
            return next((cited.value for cited in citations(text)), None)
    return None


def _is_foot(lines: Sequence[Fragment]) -> bool:
    """Whether the lines are those of a foot that did not fit on the page before: who receives the paper, who signs it,
    and the name; no sentence among them."""
    return any(is_post(line) for line in lines) and all(
        line.is_upper
        or _RECEIVES.match(bare(line.text)) is not None
        or looks_like_name(line.text.strip(" .,'`*_-"))
        or len(line.text.split()) <= _SPECKS
        for line in lines
    )


def _is_sealed(page: Page) -> bool:
    """Whether a seal or signature was seen in the lower part of the picture."""
    return any(
        region.kind in (RegionKind.SEAL, RegionKind.SIGNATURE)
        and region.score >= _SEEN
        and region.box[1] > _LOWER * page.height
        for region in page.regions
    )


def _is_page_number(line: Fragment) -> bool:
    if line.top is None or line.bottom is None:
        return False
    return (line.top < _MARGIN or line.bottom > 1 - _MARGIN) and bool(_NUMBER.fullmatch(line.text.strip()))


def _page_number(lines: Sequence[Fragment]) -> tuple[int | None, int | None]:
    for line in lines:
        if _is_page_number(line) and (match := _NUMBER.fullmatch(line.text.strip())):
            total = int(match["total"]) if match["total"] else None
            number = int(match["number"])
            if 1 <= number <= (total or 400):
                return number, total
    return None, None


def _has_heading(top: Sequence[Fragment]) -> bool:
    """Whether capitals stand centred near the top, with nothing but capitals and short lines above them."""
    for line in top[:6]:
        if is_post(line):
            return False  # who signs stands in capitals too, and below it nothing begins
        if line.top is None or line.left is None or line.right is None:
            return line.is_upper and len(line.text) > 6
        centred = abs((line.left + line.right) / 2 - 0.52) < 0.09 and line.left > 0.17
        if line.is_upper and centred and len(line.text) >= 6 and not is_national(line):
            return True
        if not line.is_upper and line.right - line.left > 0.6:
            return False
    return False


_BODIES = (
    "uy ban",
    "ubnd",
    "cong an",
    "toa an",
    "so ",
    "chi cuc",
    "trung tam",
    "co so",
    "benh vien",
    "hoi dong",
    "vien kiem",
)


def _has_body(top: Sequence[Fragment]) -> bool:
    return any(
        line.is_upper
        and line.column is not Column.RIGHT
        and bare(line.text).startswith(_BODIES)
        and (line.top or 0) < 0.2
        for line in top[:6]
    )


def _letters(page: Page) -> float:
    """The usual height of a word of lower-case letters, in points; 0 without boxes."""
    heights = sorted(word.box[3] - word.box[1] for word in page.words if len(word.text) > 2 and word.text.islower())
    return heights[len(heights) // 2] if len(heights) >= 12 else 0.0


def _last_line(lines: Sequence[Fragment]) -> Fragment:
    return (
        max(lines, key=lambda line: (line.bottom or 0.0, line.left or 0.0))
        if lines[0].bottom is not None
        else lines[-1]
    )


def _is_broken(first: Fragment) -> bool:
    text = first.text.lstrip("“\"'(-–•. ")
    return text[:1].islower() and len(text.split()) >= _SPECKS and not _ORDINAL.match(text)


def _ordinals(lines: Sequence[Fragment]) -> tuple[int, int] | None:
    found = [
        int(match["clause"] or match["article"])
        for line in lines
        if (match := _ORDINAL.match(line.text)) and (match["clause"] or match["article"])
    ]
    return (found[0], found[-1]) if found else None

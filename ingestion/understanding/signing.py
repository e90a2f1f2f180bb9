"""The foot of a document: authority and post in capitals, below them the name of the signer (Decree 30, Article 8)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.facts import Fact
from ingestion.understanding.layout import Column, Fragment
from ingestion.vietnamese.normalise import bare
from ingestion.vietnamese.syllables import is_syllable, words_of

_AUTHORITY = re.compile(r"^\W{0,3}(?P<prefix>(?:TM|KT|TL|TUQ)(?=[\s.,])|Q(?=[.,]))\s?[.,]?\s?(?=[^\W\d_])")
_POSTS = (
    "chu tich|pho chu tich|giam doc|pho giam doc|truong |pho truong|chanh |pho chanh|tham phan|bo truong|thu truong|"
    "cuc truong|chi cuc truong|doi truong|pho doi truong|chi huy|thu tuong|tong cuc truong|vien truong|can bo|nguoi |"
    "thu ky|bac si|benh vien truong|uy vien"
)
_POST = re.compile(rf"^(?:{_POSTS})")
_RANK = re.compile(
    r"^(?:(?:đại|thượng|trung|thiếu)\s+(?:tướng|tá|úy|uý)|ths\.?|ts\.?|bs\.?|bs\s?cki{1,2}\.?|pgs\.?|gs\.?|cn\.?|ông|bà)[\s.:]+",
    re.IGNORECASE,
)
# Family names that cover nearly all people of Vietnam; a name at the foot begins with one of them.
_FAMILY = frozenset(
    words_of("""
    nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly an au bach bo ca cao chau che chu chung co
    cu cung dam dao dau dien dinh doan dong dai dieu giang giap ha han hau hua hung huu khong khuat khuc kieu kim ksor
    ke la lai lam lang lac leo lieu lo long lu lua luc luong luu ma mac mai man mau moc mong mua nghiem nghi ninh
    nong on ong phi pho phu phung phuong quach quan quang sam sung ta tang tao than thach thai thanh thao thi thieu tho
    tieu to ton tong tra trang tri trieu trinh truong tu tuong ung uong van vang vi vien vuong vua xa xong y giang lau
    thao hang ka kpa rmah siu
    """)
)
# What ends the name of a role, as in "CÁN / BỘ TIẾP NHẬN" broken over two lines; no given name is of these pairs.
_ROLE = re.compile(r" (?:tiep nhan|chung kien|giao nhan|lap bien ban|phu trach)$")
_FOOT_LINES = 40


@dataclass(frozen=True, slots=True)
class Signing:
    """Name, post (the last line before the name) and authority (TM., KT., TL., ... lines), None where not found."""

    name: Fact | None = None
    post: Fact | None = None
    authority: Fact | None = None


def looks_like_name(text: str) -> bool:
    """Whether the words look like the full name of a Vietnamese person: 2 to 6 capitalised syllables, a family name."""
    words = text.split()
    if not 2 <= len(words) <= 6 or bare(words[0]) not in _FAMILY or _ROLE.search(bare(text)):
        return False
    return all(word[0].isupper() for word in words) and all(is_syllable(word) for word in words[1:])


def read_signing(lines: Sequence[Fragment]) -> Signing:
    """The last post line of the foot that a name follows; without a name the post and authority alone."""
    foot = [line for line in lines if line.text.strip()][-_FOOT_LINES * 3 :]
    for index in range(len(foot) - 1, -1, -1):
        if not is_post(foot[index]):
            continue
        name = _name_below(foot, index)
        if name is None and not _AUTHORITY.match(_strip(foot[index].text)):
            continue
        return Signing(name, *_post_lines(foot, index))
    return Signing()


def _strip(text: str) -> str:
    return text.strip(" *_#()")


def is_post(line: Fragment) -> bool:
    """Whether a line names in capitals who signs: an authority (TM., KT., ...) or a post."""
    text = _strip(line.text)
    authority = _AUTHORITY.match(text)
    if authority:
        text = text[authority.end() :]
    return line.is_upper and len(text) <= 70 and (authority is not None or bool(_POST.match(bare(text))))


def _name_below(foot: Sequence[Fragment], index: int) -> Fact | None:
    """The name below the post line, in the same column, before anything that is a post of somebody else."""
    for line in foot[index + 1 : index + 9]:
        if is_post(line):
            break
        text = _strip(line.text)
        lead = line.text.find(text)
        rank = _RANK.match(text)
        if rank:
            text, lead = text[rank.end() :], lead + rank.end()
        text = text.strip(" .,'`*_-")
        beside = line.column is Column.LEFT and foot[index].column in (Column.RIGHT, Column.MIDDLE)
        if (not beside or line is foot[index + 1]) and looks_like_name(text):
            start = line.text.find(text, max(lead, 0))
            return Fact(text, line.evidence(start, start + len(text)))
    return None


def _post_lines(foot: Sequence[Fragment], index: int) -> tuple[Fact | None, Fact | None]:
    """(post, authority) from the run of capital lines that ends at `index`."""
    run = [foot[index]]
    for line in reversed(foot[max(0, index - 4) : index]):
        if line.column is Column.LEFT and foot[index].column is not Column.LEFT:
            continue
        if not line.is_upper or not (is_post(line) or line.column is Column.RIGHT):
            break
        run.insert(0, line)
    plain = [line for line in run if not _AUTHORITY.match(_strip(line.text))]
    lent = [line for line in run if _AUTHORITY.match(_strip(line.text))]
    post = Fact(_strip(plain[-1].text), plain[-1].evidence()) if plain else None
    authority = Fact(" / ".join(_authority(line) for line in lent), lent[0].evidence()) if lent else None
    return post, authority


def _authority(line: Fragment) -> str:
    """ "KT. CHỦ TỊCH" however the sign after the prefix was recognised."""
    text = _strip(line.text)
    match = _AUTHORITY.match(text)
    return f"{match['prefix']}. {text[match.end() :]}" if match else text

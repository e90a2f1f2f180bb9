"""The subject (trích yếu) of a document: the lines below its title, or what follows "V/v" in a letter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingestion.facts import Evidence, Fact
from ingestion.understanding.dates import long_date
from ingestion.understanding.layout import Column, Fragment, is_national
from ingestion.vietnamese.normalise import bare

# How the first line after the subject begins: the legal bases, the addressee, the form's first field, the authority
# that decides, a numbered part, or one of the phrases with which the text of a plan begins.
_ENDS = re.compile(
    r"^(?:can cu|kinh gui|thuc hien |theo |xet |de |hom nay|ngay |nham |tiep tuc|dieu \d|quyet dinh|i\.|1\.|- |\+ |"
    r"phan (?!cong|loai|bo |giao)|ho va ten|toi ten|toi la|chung toi|so:|chu tich|giam doc|"
    r"truong |thu tuong|bo truong|noi nhan|ten co quan|"
    r"(?:uy ban nhan dan|cong an|toa an nhan dan) [^,]{0,60}(?:xac nhan|chung nhan|thong bao|de nghi)|"
    r"trong thoi gian|qua |sau khi|nam 20\d\d,)"
)
_RULE = re.compile(r"^[\W_]+$")
_MOST_LINES = 6
_MOST_LETTERS = 450
_PARAGRAPH_GAP = 0.75  # of the height of a line; the lines of one paragraph stand closer
_REGARDING = re.compile(r"^\W{0,2}V\s?/\s?[vV]\b[:.]?\s*|^\W{0,2}(?:V[ềêe] vi[ệêe]c)\b[:.]?\s*", re.IGNORECASE)


def letter_subject(lines: Sequence[Fragment], start: int) -> Fact | None:
    """What "V/v" stands before, from the line `start` on, with the lines below it in its column."""
    for index in range(start, len(lines)):
        match = _REGARDING.match(lines[index].text)
        if match:
            return _fact([lines[index], *_below(lines, index)], match.end())
    return None


def titled_subject(lines: Sequence[Fragment], title: int, end: int) -> Fact | None:
    """The rest of the title line from `end` on and the lines below it, up to where the text begins."""
    line = lines[title]
    rest = line.text[end:].strip(" *_:.-–")
    taken = [line] if rest else []
    for following in lines[title + 1 : title + 1 + _MOST_LINES]:
        if is_national(following):
            break
        plain = bare(following.text).strip(" *_#()")
        if _RULE.match(following.text):
            if taken:
                break
            continue
        if _ENDS.match(plain) or len(plain) > 260 or _is_apart(taken, following, line):
            break
        taken.append(following)
    return _fact(taken, end if rest else 0) if taken else None


def _is_apart(taken: Sequence[Fragment], following: Fragment, title: Fragment) -> bool:
    """Whether a line stands in another paragraph than the subject so far."""
    if not taken or taken[-1] is title:
        return False
    last = taken[-1]
    if following.paragraph != last.paragraph or last.text.rstrip().endswith((".", ":")):
        return True
    if following.top is None or last.bottom is None or last.top is None:
        # Without boxes: a subject in mixed case is one paragraph, and one in capitals goes on in capitals only.
        return not (last.is_upper and following.is_upper) and not following.text[:1].islower()
    gap = (following.top - last.bottom) / max(last.bottom - last.top, 0.001)
    centred = (last.left or 0) > 0.2 and (following.left or 0) > 0.2 and (following.right or 1) < 0.88
    return gap > (1.5 if centred else _PARAGRAPH_GAP)


def _below(lines: Sequence[Fragment], index: int) -> list[Fragment]:
    """The lines that go on below a "V/v" line in the same column."""
    first = lines[index]
    taken: list[Fragment] = []
    for line in lines[index + 1 : index + 5]:
        if is_national(line) or long_date(line.text) or (first.column is Column.LEFT and line.column is Column.RIGHT):
            continue
        apart = line.paragraph != first.paragraph or (first.column is Column.LEFT and line.column is not Column.LEFT)
        if _ENDS.match(bare(line.text)) or apart:
            break
        taken.append(line)
    return taken


def _fact(taken: Sequence[Fragment], cut: int) -> Fact | None:
    words = " ".join([taken[0].text[cut:], *(line.text for line in taken[1:])])
    words = re.sub(r"\s+", " ", re.sub(r"[*#_]+", " ", words)).strip(" :-–")[:_MOST_LETTERS]
    if len(words) < 4:
        return None
    return Fact(words, Evidence(taken[0].page, taken[0].start + cut, taken[-1].end, words))

"""Identity numbers and people with their birth dates, as forms and office papers write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingestion.facts import Evidence, Mention, PersonMention
from ingestion.pages import Page
from ingestion.understanding.dates import iso
from ingestion.understanding.signing import looks_like_name

_TWELVE = re.compile(r"(?<![\d/.,-])\d(?:[ .]?\d){11}(?![\d/])")
_NINE = re.compile(r"(?<![\d/.,-])\d(?:[ .]?\d){8}(?![ .]?\d)(?!/)")
_CONTEXT = re.compile(
    r"CCCD|\bCC\b|CMND|CMTND|CMT\b|c[ăa]n c[ướuo]{1,2}c|ch[ứu]ng minh|[đd][ịi]nh danh|giấy tờ t(?:ùy|uỳ) thân|\bGTTT\b",
    re.IGNORECASE,
)
_NEAR = 120  # characters before a number in which its label may stand
_NAME = r"(?P<name>[^\W\d_]+(?:[ ]+[^\W\d_]+){1,6})"
_LABELLED = re.compile(
    rf"h[ọo](?: v[àa]|,)?(?: ch[ữu] [đd][ệe]m v[àa])? t[êe]n(?: khai sinh)?"
    rf"(?: *\([^)\n]{{0,40}}\))? *[:;][ .…_]*{_NAME}",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    rf"(?<!\w)(?:[ÔôOo]ng|[Bb]à|BÀ|ÔNG|[Aa]nh|[Cc]hị|[Ee]m)(?:\s?\(\w+\))?(?:/[Bb]à)?[ ]*:?[ .…]*{_NAME}"
)
_BORN = re.compile(
    r"(?:ng[àa]y,? th[áa]ng,? n[ăa]m sinh|ng[àa]y sinh|sinh ng[àa]y|n[ăa]m sinh|sinh n[ăa]m|sinh)"
    r"[ ]*(?:\([^)\n]{0,30}\))?"
    r"[ :;.…_]*(?:"
    r"(?P<day>\d{1,2})\s?[/.-]\s?(?P<month>\d{1,2})\s?[/.-]\s?(?P<year>\d{4})"
    r"|(?:ng[àa]y\s*)?(?P<day2>\d{1,2})\s*th[áa]ng\s*(?P<month2>\d{1,2})\s*n[ăa]m\s*(?P<year2>\d{4})"
    r"|(?:th[áa]ng\s*)?(?P<month3>\d{1,2})\s?[/.-]\s?(?P<year3>\d{4})"
    r"|(?P<year4>(?:19|20)\d{2})(?![\d/])"
    r")",
    re.IGNORECASE,
)
_NEXT = re.compile(r"[Hh][ọo],? (?:v[àa] )?(?:ch[ữu] |t[êe]n)|(?<!\w)(?:[Ôô]ng|[Bb]à) [A-ZĐ]")
# Labels of forms that follow a name on the same line without a sign between.
_LABELS = frozenset(
    {
        *("giới tính", "sinh ngày", "sinh năm", "ngày sinh", "năm sinh", "ngày tháng", "tên gọi", "nghề nghiệp"),
        *("địa chỉ", "quốc tịch", "dân tộc", "quê quán", "hộ khẩu", "thường trú", "chức vụ", "nơi cư", "nơi ở"),
        *("nơi sinh", "số cccd", "số cc", "số căn", "số cmnd", "số giấy"),
    }
)
_LABELLED_REACH, _ADDRESSED_REACH = 260, 60  # characters after a name in which its birth date may stand


def identities(pages: Sequence[Page]) -> tuple[Mention, ...]:
    """CCCD (12 digits, on a page that names such a paper) and CMND (9 digits, right after its name), once each."""
    found: dict[str, Mention] = {}
    for page in pages:
        general = bool(_CONTEXT.search(page.text))
        long = [match for match in _TWELVE.finditer(page.text) if general]
        short = [
            match
            for match in _NINE.finditer(page.text)
            if _CONTEXT.search(page.text[max(0, match.start() - _NEAR) : match.start()])
            and not any(one.start() <= match.start() < one.end() for one in long)
        ]
        for match in sorted([*long, *short], key=lambda one: one.start()):
            value = re.sub(r"\D", "", match.group())
            evidence = Evidence(page.number, match.start(), match.end(), match.group())
            found.setdefault(value, Mention(value, evidence))
    return tuple(found.values())


def people(pages: Sequence[Page]) -> tuple[PersonMention, ...]:
    """People named by a label or an address, with the birth date that stands right after; each (name, date) once."""
    found: dict[tuple[str, str | None], PersonMention] = {}
    for page in pages:
        mentions = [
            *_mentions(page, _LABELLED, _LABELLED_REACH, alone=True),
            *_mentions(page, _ADDRESSED, _ADDRESSED_REACH, alone=False),
        ]
        for mention in sorted(mentions, key=lambda one: one.evidence.start):
            found.setdefault((mention.name.upper(), mention.birth_date), mention)
    dated = {name for name, born in found if born}
    return tuple(mention for (name, born), mention in found.items() if born or name not in dated)


def _mentions(page: Page, pattern: re.Pattern[str], reach: int, *, alone: bool) -> Iterator[PersonMention]:
    for match in pattern.finditer(page.text):
        name = _name(match["name"])
        if name is None:
            continue
        start = match.start("name")
        end = start + len(name)
        window = page.text[end : end + reach]
        stop = _NEXT.search(window)
        born = _BORN.search(window[: stop.start()] if stop else window)
        value = _birth(born) if born else None
        if value is None and not alone:
            continue
        whole = end + born.end() if born and value else end
        evidence = Evidence(page.number, start, whole, page.text[start:whole])
        yield PersonMention(name, value[0] if value else None, value[1] if value else None, evidence)


def _name(text: str) -> str | None:
    """The longest run of capitalised syllables from the left that looks like a name."""
    words = text.split()
    kept: list[str] = []
    for index, word in enumerate(words):
        after = words[index + 1].lower() if index + 1 < len(words) else ""
        if (
            f"{word.lower()} {after}" in _LABELS
            or not word[0].isupper()
            or (kept and kept[0].isupper() != word.isupper() and len(word) > 1)
        ):
            break
        kept.append(word)
    while len(kept) >= 2:
        name = " ".join(kept)
        if looks_like_name(name) and text.startswith(name):
            return name
        kept.pop()
    return None


def _birth(match: re.Match[str]) -> tuple[str, str] | None:
    year = match["year"] or match["year2"] or match["year3"] or match["year4"]
    month = match["month"] or match["month2"] or match["month3"]
    return iso(year, month, match["day"] or match["day2"])

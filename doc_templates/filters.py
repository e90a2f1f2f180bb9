"""What the forms' fields pass through on the way to paper: dates in words, numbers, capitals, one of several words.

Sources: Decree 30/2020 Appendix I (II.3.c, II.4.b: leading zeros of numbers below 10, days below 10, months 1 and 2)
and the alternatives between slashes that the forms print in fixed lines ("keep only the right one").
"""

import re
import unicodedata
from collections.abc import Callable, Mapping

UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")  # controls, lone surrogates, separators of lines and paragraphs


class Dots(str):
    """An absent fact, printed as a dotted line; the filters let it through."""

    __slots__ = ()


def dots(count: int) -> Dots:
    """A dotted line of `count` points."""
    return Dots("." * count)


def unfilled(value: object) -> bool:
    """True for a dotted line."""
    return isinstance(value, Dots)


def post_of(kind: str, post: str, post_reformatory: str) -> str:
    """The post that signs: a reformatory's own where the form has one."""
    return post_reformatory if kind == "reformatory" and post_reformatory else post


def caps(value: str) -> str:
    """Capitals, where a form says "(viết in hoa)"."""
    return value if isinstance(value, Dots) else value.upper()


def bare(value: str, *prefixes: str) -> str:
    """The name without the words the form already prints before it ("Công an"): the first prefix that fits."""
    for prefix in () if isinstance(value, Dots) else prefixes:
        rest = value[len(prefix) :]
        starts = value.casefold().startswith(prefix.casefold())
        if starts and rest.strip() and (prefix.endswith("-") or rest[0].isspace()):
            return rest.strip()
    return value


def level(value: str, words: str) -> str:
    """The level printed on the blank form ("CẤP XÃ") while the name is not known, then the name alone."""
    return Dots(f"{words} {value}") if isinstance(value, Dots) else value


def number(value: str) -> str:
    """The number with a leading zero below 10: 5 -> 05, 5a -> 05a."""
    found = re.fullmatch(r"(\d+)([a-zđ]?)", value)
    return value if isinstance(value, Dots) or found is None else f"{int(found[1]):02d}{found[2]}"


def _parts(value: str) -> list[str]:
    return value.split("-")


def day(value: str) -> str:
    """A date in figures as identity papers print it: 05/02/1990, 02/1990 or 1990, as precisely as it is known."""
    return Dots("...../...../..........") if isinstance(value, Dots) else "/".join(reversed(_parts(value)))


def long(value: str) -> str:
    """A date in words after the printed word "ngày": 05 tháng 02 năm 2026; months 3 to 12 plain."""
    if isinstance(value, Dots):
        return Dots("..... tháng ..... năm ..........")
    year, month, date = _parts(value)
    return f"{date} tháng {month if int(month) < 3 else int(month)} năm {year}"


def long_day(value: str) -> str:
    """The same with the word "ngày"."""
    return f"ngày {long(value)}"


def effective(first: str, on_signing: object) -> str:
    """ "ngày ký" where the decision takes effect on the day it is signed, else the day in words."""
    return "ngày ký" if on_signing is True else long_day(first)


_SAME = {"cha": ("cha", "bố"), "HC": ("HC", "Hộ chiếu")}


def one_of(words: str, choice: str) -> str:
    """The right one of the words a form prints between slashes; all of them where the choice is not known."""
    wanted = _SAME.get(choice, (choice,))
    return next((word for word in words.split("/") if word in wanted), words)


def identity(number: str, none_reason: str) -> str:
    """The number of the identity paper; where there is none the reason, which must be noted [forms.md 2.2]."""
    if none_reason and not isinstance(none_reason, Dots):
        return f"không có ({none_reason})"
    return number


def place_of(occupation: str) -> str:
    """Pupils and students have a place of study, everybody else a place of work; unknown stays unknown."""
    if isinstance(occupation, Dots):
        return occupation
    return "học tập" if re.search(r"\b(học sinh|sinh viên)\b", occupation.casefold()) else "làm việc"


def address_of(sex: str) -> str:
    """ "Ông/bà" as one of the two; both where the sex is not known."""
    return {"Nam": "Ông", "Nữ": "Bà"}.get(sex, "Ông/bà")


def head_of(kind: str, name: str) -> str:
    """The issuing line of a facility's paper: its head, or the head of a reformatory [Điều 123, 129 NĐ 163/2026]."""
    if kind == "reformatory":
        return f"HIỆU TRƯỞNG TRƯỜNG GIÁO DƯỠNG {caps(bare(name, 'Trường giáo dưỡng'))}"
    return f"TRƯỞNG CƠ SỞ CAI NGHIỆN MA TÚY {caps(bare(name, 'Cơ sở cai nghiện ma túy'))}"


def signature(post: str, collective: str, prefix: str, position: str) -> tuple[str, ...]:
    """The lines above the signature, in capitals [Decree 30/2020 Article 13, Appendix I II.7.b].

    `post` is the post the form names, `collective` the body for which it signs where the form prints that line. A
    deputy or another post signing by order or authority stands under the prefixed post.
    """
    first = [collective] if collective else []
    if prefix == "TM." and not collective:
        first = ["TM. ỦY BAN NHÂN DÂN"]
    if prefix in ("KT.", "TL.", "TUQ."):
        return (*first, f"{prefix} {post}", caps(position))
    if prefix == "Q.":
        return (*first, f"Q. {post}")
    return (*first, post)


def clean(value: object) -> str:
    """One printable line: NFC, runs of blanks made one, nothing that XML does not allow."""
    text = unicodedata.normalize("NFC", str(value))
    kept = "".join(
        " " if unicodedata.category(mark) in UNPRINTABLE or mark in "\ufffe\uffff" else mark for mark in text
    )
    return " ".join(kept.split())


FILTERS: Mapping[str, Callable[..., str]] = {
    "caps": caps,
    "bare": bare,
    "level": level,
    "number": number,
    "day": day,
    "long": long,
    "long_day": long_day,
}
FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "effective": effective,
    "one_of": one_of,
    "identity": identity,
    "place_of": place_of,
    "address_of": address_of,
    "head_of": head_of,
    "signature": signature,
    "post_of": post_of,
    "unfilled": unfilled,
}

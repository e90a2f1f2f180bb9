"""Number and symbol of documents: the keys under which all spellings of one number meet.

`15/2024/QĐ-UBND` is number 15, year 2024, symbol QĐ-UBND; its kind is the first group of letters of the symbol (qd).
Keys are `15/2024/qdubnd`, `15/qdubnd`, `15/2024`, `15`, `/qdubnd`, and with the kind `qd 15/2024` and `qd 15`; `-`
stands where neither the number nor its document's date says a year, so that a question that names one still finds it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile

from config.document_types import UNKNOWN, document_types
from indexer.folding import folded_tokens, is_syllable
from indexer.tree import NamedNumber, Node, Number, Text

_GROUP = r"[^\W\d_]+\d*"
SPELLED = re.compile(
    rf"\d+[a-zđ]?\s*/\s*(?:\d{{4}}\s*/\s*)?{_GROUP}(?:(?:[-–/]\s*|\s+[-–/]\s+){_GROUP})*", re.IGNORECASE
)
"""A number and symbol as texts and people write them: 15/QĐ-UBND, 116 / 2021 / NĐ-CP."""

_NUMBER = re.compile(r"\d+[a-z]?")
_BARE = re.compile(r"\d{1,6}[a-z]?")  # eight digits are a day written together, nine and twelve an identity number
_YEAR = re.compile(r"(?:19|20)\d\d")
_LETTERS = re.compile(r"[a-z]+")
_NO_YEAR = "-"

# Kinds whose symbol does not begin with letters of their name: 73/2021/QH14 is a law, 03/2022/UBTVQH15 an ordinance
# (as the sources of the codified law write them). Circulars have no entry among the kinds of documents.
_OTHER_KINDS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("luat",): ("qh",),
    ("bo", "luat"): ("qh",),
    ("phap", "lenh"): ("ubtvqh", "pl"),
    ("nghi", "quyet"): ("nq", "qh", "ubtvqh"),
    ("nq",): ("nq", "qh", "ubtvqh"),
    ("thong", "tu"): ("tt",),
    ("tt",): ("tt",),
    ("thong", "tu", "lien", "tich"): ("ttlt",),
    ("ttlt",): ("ttlt",),
}

# Codes that are words without accents: "số 12" is no register, "đơn 12" names no number.
_WORDS = frozenset({"so", "don"})


@dataclass(frozen=True, slots=True)
class NumberParts:
    """`015a/2024/QĐ-UBND` as number "15a", year "2024" (or None), symbol "qdubnd" (or "") and kind "qd" (or "")."""

    number: str
    year: str | None
    symbol: str
    kind: str = ""


def number_parts(text: str) -> NumberParts | None:
    """Number, year, symbol and kind of a document number in any spelling; None where there is no digit to begin with.

    Words before the first number ("Số:") are passed over. A second token that looks like a year counts as one only
    when something follows it.
    """
    tokens = folded_tokens(text)
    at = next((index for index, token in enumerate(tokens) if _NUMBER.fullmatch(token)), None)
    if at is None:
        return None
    rest = tokens[at + 1 :]
    year = rest.pop(0) if len(rest) > 1 and _YEAR.fullmatch(rest[0]) else None
    letters = _LETTERS.match(rest[0]) if rest else None
    return NumberParts(_plain(tokens[at]), year, "".join(rest), letters.group() if letters else "")


def number_keys(text: str, year: int | None = None) -> tuple[str, ...]:
    """All keys under which a document number is found, the most telling one first.

    `year` is the year of the document's date, for numbers that say none themselves. Empty where there is nothing to
    key.
    """
    parts = number_parts(text)
    if parts is None:
        symbol = "".join(folded_tokens(text))
        return (f"/{symbol}",) if symbol and "/" in text else ()
    number = parts.number
    known = parts.year or (str(year) if year else _NO_YEAR)
    keys = [] if known == _NO_YEAR else [f"{number}/{known}"]
    if parts.symbol:
        keys = [f"{number}/{known}/{parts.symbol}", f"{number}/{parts.symbol}", *keys, f"/{parts.symbol}"]
    if parts.kind:
        keys += [f"{parts.kind} {number}", f"{parts.kind} {number}/{known}"]
    return (*keys, number)


def number_questions(text: str) -> tuple[str, ...]:
    """The keys that answer a question for this number: any one is enough, none is vaguer than the question."""
    parts = number_parts(text)
    if parts is None:
        symbol = "".join(folded_tokens(text))
        return (f"/{symbol}",) if symbol else ()
    if not parts.symbol:
        return (parts.number,)
    if parts.year is None:
        return (f"{parts.number}/{parts.symbol}",)
    return (f"{parts.number}/{parts.year}/{parts.symbol}", f"{parts.number}/{_NO_YEAR}/{parts.symbol}")


def named_number(nodes: Sequence[Node]) -> NamedNumber | None:
    """The number that plain words of a question name: "nghị định 116/2021", "QĐ số 12", "116-2021", "so 15 qd ubnd",
    "0015".

    A number with a kind counts anywhere in the question; number and year without a kind, number and symbol with blanks
    between, and a number by itself, only where the question is nothing else.
    """
    words = [token for node in nodes for token in _words(node)]
    places = [place for place, node in enumerate(nodes) for _ in _words(node)]
    for at in range(len(words)):
        found = _kind_and_number(words, at)
        if found is not None:
            keys, end = found
            return NamedNumber(keys, at == 0 and end == len(words), places[at], places[end - 1] + 1)
    return _announced(nodes) or _spelled(words)


def _announced(nodes: Sequence[Node]) -> NamedNumber | None:
    """A number as it is written that follows its kind: "Nghị định số 116/2021/NĐ-CP"."""
    if len(nodes) < 2 or not isinstance(nodes[-1], Number):
        return None
    before = [word for node in nodes[:-1] for word in _words(node)]
    if before[-1] == "so":
        before.pop()
    return NamedNumber(nodes[-1].keys, alone=True) if tuple(before) in _kinds() else None


def _words(node: Node) -> tuple[str, ...]:
    """The words of a plain text; one empty word for anything else, so that nothing is read across it."""
    return node.folded if isinstance(node, Text) and node.is_plain else ("",)


def _kind_and_number(words: Sequence[str], at: int) -> tuple[tuple[str, ...], int] | None:
    """Keys of a kind, a number and perhaps a year that begin here, and where they end."""
    for length in range(min(_longest(), len(words) - at), 0, -1):
        kinds = _kinds().get(tuple(words[at : at + length]))
        if kinds is None:
            continue
        place = at + length
        if words[place : place + 1] == ["so"]:
            place += 1
        if place >= len(words) or not _NUMBER.fullmatch(words[place]):
            continue
        number, place = _plain(words[place]), place + 1
        if place < len(words) and _YEAR.fullmatch(words[place]):
            year, place = words[place], place + 1
            place = _after_symbol(words, place, kinds)
            keys = tuple(f"{kind} {number}/{one}" for kind in kinds for one in (year, _NO_YEAR))
            return keys, place
        return tuple(f"{kind} {number}" for kind in kinds), _after_symbol(words, place, kinds)
    return None


def _after_symbol(words: Sequence[str], place: int, kinds: Sequence[str]) -> int:
    """Past a symbol that says the kind once more ("nghị định 116 2021 nd cp"), where one follows: abbreviations, none
    of them a syllable ("kế hoạch 12 không" is no symbol of kind kh)."""
    if place >= len(words) or not any(words[place].startswith(kind) for kind in kinds):
        return place
    return place + len(list(takewhile(lambda word: word != "" and not is_syllable(word), words[place:])))


def _spelled(words: Sequence[str]) -> NamedNumber | None:
    """A number and symbol with blanks between, a number and year, or a number, if that is all there is.

    It is nothing else (`alone`) where the symbol begins with a kind: "12 người nghiện" has the shape of a number too. A
    year is a number only where "số" says so.
    """
    announced = words[:1] in (["so"], ["no"])
    rest = list(words[1:] if announced else words)
    if len(rest) == 1 and _BARE.fullmatch(rest[0]) and (announced or not _YEAR.fullmatch(rest[0])):
        return NamedNumber((_plain(rest[0]),), alone=True)
    if not 2 <= len(rest) <= 6 or not _NUMBER.fullmatch(rest[0]):
        return None
    if len(rest) == 2 and _YEAR.fullmatch(rest[1]):
        return NamedNumber((f"{_plain(rest[0])}/{rest[1]}",), alone=True)
    parts = number_parts(" ".join(rest))
    if parts is None or not parts.kind:
        return None
    return NamedNumber(number_questions(" ".join(rest)), alone=(parts.kind,) in _kinds())


def _plain(number: str) -> str:
    return number.lstrip("0") or "0"


@cache
def _kinds() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Folded words of a kind of document, short or long -> the kinds that symbols begin with."""
    found = dict(_OTHER_KINDS)
    for kind in document_types():
        code = "".join(folded_tokens(kind.code))
        if kind.code != UNKNOWN and code not in _WORDS:
            found.setdefault((code,), (code,))
            found.setdefault(tuple(folded_tokens(kind.name_vi)), (code,))
    return found


@cache
def _longest() -> int:
    return max(len(words) for words in _kinds())


def identity_numbers(nodes: Sequence[Node]) -> Iterator[tuple[int, int, str]]:
    """Where plain words spell an identity number with blanks or dots: first node, nodes, its 9 or 12 digits."""
    at = 0
    while at < len(nodes):
        groups = list(takewhile(lambda words: "".join(words).isdigit(), (_words(node) for node in nodes[at:])))
        digits = "".join(group for words in groups for group in words)
        if len(digits) in (9, 12) and sum(len(words) for words in groups) > 1:
            yield at, len(groups), digits
        at += max(1, len(groups))

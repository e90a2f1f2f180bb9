"""Articles of the law as documents of record, and random questions about them: the same from the same seed."""

import gzip
import json
import os
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from indexer import Allowed, SearchDocument, SearchPage, SearchRequest
from indexer.folding import fold

SMALL = Path(__file__).parents[1] / "data" / "articles.jsonl.gz"
SHARED = Path(os.environ.get("HOSO_SHARED", Path(__file__).parents[3] / "shared")) / "data" / "phapdien.jsonl.gz"

PAGE = 700  # characters of a page
FLAGS = ("hiv", "ost")
QUALITIES = ("text", "scan", "weak", "unread")
SORTS = ("relevance", "relevance", "relevance", "newest", "oldest", "number")
NAMES = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khánh", "Lâm")

_DAY = re.compile(r"ngày (\d{1,2})/(\d{1,2})/(\d{4})")
_BODY = re.compile(r"\bcủa (\w[\w ]{3,60})")


@dataclass(frozen=True, slots=True)
class Article:
    """One article: heading, where it stands, number of its act, text."""

    title: str
    source: str
    number: str
    body: str


def articles(path: Path, count: int) -> list[Article]:
    """So many articles of a collection, spread evenly over it."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    names = ("title", "source", "number", "body")
    return [Article(*(row[name] or "" for name in names)) for row in rows[:: max(1, len(rows) // count)][:count]]


def documents(found: Sequence[Article], seed: int) -> list[SearchDocument]:
    """The articles as documents, with owners, persons, cases, flags and qualities drawn from the seed."""
    dice = random.Random(seed)
    return [_document(number, article, dice) for number, article in enumerate(found, start=1)]


def _document(number: int, article: Article, dice: random.Random) -> SearchDocument:
    day, body = _DAY.search(article.source), _BODY.search(article.source)
    case = dice.randrange(40)
    persons = dice.sample(range(200), k=dice.choice([0, 0, 1, 1, 2]))
    return SearchDocument(
        id=number,
        revision=1,
        title=article.title,
        type={"N": "NĐ", "T": "TT", "Q": "QĐ", "L": "NQ"}.get(article.number.rpartition("/")[2][:1], "KHAC"),
        number_text=article.number,
        date=date(int(day[3]), int(day[2]), int(day[1])) if day else None,
        body=body[1].strip() if body else "",
        subject=article.source,
        persons=tuple((person, f"Nguyễn Văn Thử {NAMES[person % 8]} {NAMES[person // 8 % 8]}") for person in persons),
        identities=tuple(f"000{person:09}" for person in persons),
        cases=((case, f"HS-2024-{case:04}"),),
        organisations=(dice.randint(1, 5),),
        case_ids=(case,),
        flags=tuple(dice.sample(FLAGS, k=dice.choice([0, 0, 0, 0, 1, 2]))),
        quality=dice.choice(QUALITIES),
        pages=tuple(
            SearchPage(page, article.body[at : at + PAGE])
            for page, at in enumerate(range(0, max(1, len(article.body)), PAGE), start=1)
        ),
    )


@dataclass(slots=True)
class Questions:
    """Draws questions about these documents."""

    documents: Sequence[SearchDocument]
    dice: random.Random
    _words: dict[int, list[str]] = field(default_factory=dict)

    def requests(self, count: int) -> list[tuple[str, SearchRequest]]:
        """So many questions with their kind, every kind equally often."""
        return [self._one(number) for number in range(count)]

    def _one(self, number: int) -> tuple[str, SearchRequest]:
        kind = KINDS[number % len(KINDS)]
        return kind, SearchRequest(
            ASKED[kind](self),
            self._allowed(),
            self._filters(),
            self.dice.choice(SORTS),
            limit=30,
            exclude=frozenset(self.dice.sample(range(1, len(self.documents)), k=self.dice.choice([0, 0, 5]))),
            home=frozenset({self.dice.randint(1, 5)}),
        )

    def _allowed(self) -> Allowed:
        if self.dice.random() < 0.2:
            return Allowed.everything()
        mine = frozenset(self.dice.sample(range(1, 6), k=self.dice.randint(0, 4)))
        cases = frozenset(self.dice.sample(range(40), k=self.dice.choice([0, 0, 6])))
        return Allowed(mine, cases, frozenset(self.dice.sample(FLAGS, k=self.dice.randint(0, 2))))

    def _filters(self) -> Mapping[str, tuple[str, ...]]:
        chosen: dict[str, tuple[str, ...]] = {}
        one = self.some()
        for name, value in (("type", one.type), ("year", str(one.date.year) if one.date else ""), ("body", one.body)):
            if value and self.dice.random() < 0.1:
                chosen[name] = (value,)
        if self.dice.random() < 0.1:
            chosen["quality"] = tuple(self.dice.sample(QUALITIES, k=2))
        return chosen

    def some(self) -> SearchDocument:
        return self.dice.choice(self.documents)

    def run(self, least: int, most: int) -> list[str]:
        """Words that follow each other in some article."""
        chosen = self.some()
        if chosen.id not in self._words:
            self._words[chosen.id] = re.findall(r"[^\W_]+", " ".join(page.text for page in chosen.pages)) or ["điều"]
        words = self._words[chosen.id]
        length = min(self.dice.randint(least, most), len(words))
        begin = self.dice.randrange(len(words) - length + 1)
        return words[begin : begin + length]

    def maybe_folded(self, text: str) -> str:
        """With accents, without, or with those of some words."""
        how = self.dice.random()
        if how < 0.4:
            return fold(text)
        if how < 0.6:
            return " ".join(fold(word) if self.dice.random() < 0.5 else word for word in text.split())
        return text


def _words(draw: Questions) -> str:
    return draw.maybe_folded(" ".join(draw.run(1, 4)))


def _scattered(draw: Questions) -> str:
    words = draw.run(6, 20)
    return draw.maybe_folded(" ".join(draw.dice.sample(words, k=min(3, len(words)))))


def _sentence(draw: Questions) -> str:
    return draw.maybe_folded(" ".join(draw.run(9, 16)))


def _strange(draw: Questions) -> str:
    return f"{_words(draw)} xyzzy"


def _title(draw: Questions) -> str:
    return draw.maybe_folded(draw.some().title)


def _phrase(draw: Questions) -> str:
    return f'"{draw.maybe_folded(" ".join(draw.run(2, 4)))}" {_words(draw) if draw.dice.random() < 0.3 else ""}'


def _near(draw: Questions) -> str:
    words = draw.run(3, 8)
    return f'"{draw.maybe_folded(f"{words[-1]} {words[0]}")}"~{draw.dice.randint(1, 12)}'


def _prefix(draw: Questions) -> str:
    first, *others = draw.run(1, 2)
    return " ".join([f"{fold(first)[: draw.dice.randint(2, 4)]}*", *others])


def _either(draw: Questions) -> str:
    return f"{draw.run(1, 1)[0]} OR {draw.run(1, 1)[0]} {_words(draw) if draw.dice.random() < 0.5 else ''}"


def _not(draw: Questions) -> str:
    return f"{_words(draw)} -{draw.run(1, 1)[0]}"


def _number(draw: Questions) -> str:
    number = draw.some().number_text
    return draw.dice.choice([number, fold(number), f"số:{number.partition('/')[0]}", f"Điều 3 {number}"])


def _field(draw: Questions) -> str:
    one = draw.some()
    person = draw.dice.choice(one.persons)[1] if one.persons else "Thử"
    return draw.dice.choice(
        [
            f"loại:{one.type}",
            f'cơ quan:"{one.body or "Chính phủ"}"',
            f'người:"{draw.maybe_folded(person)}"',
            f'trích yếu:"{draw.maybe_folded(" ".join(one.title.split()[:3]))}"',
            f"hồ sơ:{one.cases[0][1]} {_words(draw)}",
            one.identities[0] if one.identities else "000000000009",
        ]
    )


def _days(draw: Questions) -> str:
    one, two = draw.some().date or date(2010, 1, 1), draw.some().date or date(2020, 1, 1)
    first, last = min(one, two), max(one, two)
    return draw.dice.choice(
        [
            f"từ ngày:{first:%d/%m/%Y} đến ngày:{last:%m/%Y} {_words(draw)}",
            f"ngày:{first:%m/%Y}..{last:%d/%m/%Y}",
            f"năm:{first.year}..{last.year}",
            f"{first:%d/%m/%Y}",
        ]
    )


def _nothing(draw: Questions) -> str:
    return ""


ASKED: Mapping[str, Callable[[Questions], str]] = {
    "words": _words,
    "scattered": _scattered,
    "sentence": _sentence,
    "strange": _strange,
    "title": _title,
    "phrase": _phrase,
    "near": _near,
    "prefix": _prefix,
    "either": _either,
    "not": _not,
    "number": _number,
    "field": _field,
    "days": _days,
    "nothing": _nothing,
}
KINDS = tuple(ASKED)

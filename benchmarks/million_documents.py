"""As many documents as wanted, made by recombining the articles of the codified law: real words, real lengths.

Document n is always the same: the title of one article, its lines with some of another's between them, and numbers,
days, bodies, persons, cases, owners and flags of its own. Its persons cannot exist.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from benchmarks.material import PAGE, SYLLABLES, Article
from indexer import Allowed, SearchDocument, SearchPage

ORGANISATIONS = 20
PERSONS = 20_000
BODIES = 400
FIRST_DAY = date(1995, 1, 1)
DAYS = 11_000  # to 2025
LONG_EVERY = 20_000  # one document in so many has a thousand pages
LONG_PAGES = 1_000
DOUBTFUL = 50  # one word in so many of a document that is hard to read was recognised with little confidence
FLAG, FLAGGED = "sealed", 50  # one document in fifty carries it

# Sixteen owners of the twenty and no flag: four documents in five are seen, and the filter works on every one.
SEEN = frozenset(range(1, 17))
ALLOWED = Allowed(organisations=SEEN, flags=frozenset())

_KINDS = ("QĐ", "TB", "CV", "BC", "TTr")
_BODIES = ("Ủy ban nhân dân phường Mẫu", "Công an phường Mẫu", "Sở Y tế tỉnh Mẫu", "Cơ sở cai nghiện ma túy số")
_SYMBOLS = ("UBND", "CA", "SYT", "CSCN")
_FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng")


@dataclass(frozen=True, slots=True)
class Collection:
    """The articles that documents are made of."""

    articles: Sequence[Article]

    def documents(self, count: int, first: int = 1) -> Iterator[SearchDocument]:
        """Documents `first` to `first + count - 1`."""
        return (self.document(id_) for id_ in range(first, first + count))

    def document(self, id_: int, revision: int = 1) -> SearchDocument:
        """One document; the same for the same id."""
        chooser = random.Random(id_)
        head, other = chooser.choice(self.articles), chooser.choice(self.articles)
        kind = chooser.randrange(len(_KINDS))
        place = chooser.randrange(BODIES)
        day = FIRST_DAY + timedelta(days=chooser.randrange(DAYS))
        number = f"{chooser.randint(1, 3000)}/{_KINDS[kind]}-{_SYMBOLS[place % len(_SYMBOLS)]}"
        person = int(PERSONS * chooser.random() ** 2)
        owner = chooser.randint(1, ORGANISATIONS)
        body = f"{_BODIES[place % len(_BODIES)]} {place // len(_BODIES) + 1}"
        text = _recombined(head.body, other.body, chooser)
        start = f"{body}\nSố: {number}\nngày {day.day:02} tháng {day.month:02} năm {day.year}\n{name_of(person)}\n"
        pages = [text[at : at + PAGE] for at in range(0, max(1, len(text)), PAGE)]
        if id_ % LONG_EVERY == LONG_EVERY // 2:
            pages = [f"{chooser.choice(self.articles).body[:PAGE]}" for _ in range(LONG_PAGES)]
        pages[0] = start + pages[0]
        quality = chooser.choice(("text", "scan", "weak"))
        return SearchDocument(
            id=id_,
            revision=revision,
            title=head.title,
            type=_KINDS[kind],
            number_text=number,
            date=day,
            body=body,
            subject=other.title,
            persons=((person + 1, name_of(person)),),
            identities=(f"000090{person:06}",),
            cases=((person + 1, f"HS-{person + 1:06}"),),
            organisations=(owner,),
            case_ids=(person + 1,),
            flags=(FLAG,) if chooser.randrange(FLAGGED) == 0 else (),
            quality=quality,
            file_name=f"{id_}.pdf",
            pages=tuple(
                SearchPage(at, page, tuple(page.split()[::DOUBTFUL]) if quality == "weak" else ())
                for at, page in enumerate(pages, start=1)
            ),
        )


def name_of(person: int) -> str:
    """The name of an invented person."""
    syllables = " ".join(SYLLABLES[person // 10**place % 10] for place in range(3, -1, -1))
    return f"{_FAMILIES[person % len(_FAMILIES)]} Văn Thử {syllables}"


def _recombined(one: str, other: str, chooser: random.Random) -> str:
    """The lines of one text, each third or so followed by a line of the other."""
    lines: list[str] = []
    others = iter(other.split("\n"))
    for line in one.split("\n"):
        lines.append(line)
        if chooser.random() < 1 / 3:
            lines.append(next(others, ""))
    return "\n".join(lines)

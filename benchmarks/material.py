"""What is measured with: public documents beside the checkout, and orders of people who cannot exist.

The directory is `HOSO_SHARED`, or `shared` beside the checkout; where it is absent a bench says so and is skipped.
"""

import gzip
import itertools
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from indexer import SearchDocument, SearchPage

ARTICLES = 42_618  # of the collection
PAGE = 2000  # characters of a page of dense text
ORGANISATIONS = 5

_DAY = re.compile(r"ngày (\d{1,2})/(\d{1,2})/(\d{4})")


class MaterialMissing(Exception):
    """The public material is not beside the checkout."""


def shared(name: str) -> Path:
    """A file or directory of the public material. Raises `MaterialMissing`."""
    root = Path(os.environ.get("HOSO_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    path = root / "data" / name
    if not path.exists():
        raise MaterialMissing(f"{name} is not in the data folder of {root.name} (set HOSO_SHARED)")
    return path


@dataclass(frozen=True, slots=True)
class Article:
    """One article of the codified law."""

    title: str
    source: str
    number: str
    body: str


def articles(count: int) -> list[Article]:
    """`count` articles, spread evenly over the whole code. Raises `MaterialMissing`."""
    path = shared("phapdien.jsonl.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    step = max(1, len(rows) // count)
    chosen = itertools.islice(rows[::step], count)
    return [Article(*(row[name] or "" for name in ("title", "source", "number", "body"))) for row in chosen]


def owner_of(id_: int) -> int:
    """The organisation that owns a document, one of five in turn."""
    return id_ % ORGANISATIONS + 1


def search_document(id_: int, article: Article) -> SearchDocument:
    """An article as a document of record: head facts, one of five owners, pages of two thousand characters."""
    found = _DAY.search(article.source)
    day = date(int(found[3]), int(found[2]), int(found[1])) if found else None
    return SearchDocument(
        id=id_,
        revision=1,
        title=article.title,
        type=article.number.rpartition("/")[2].partition("-")[0][:8],
        number_text=article.number,
        date=day,
        subject=article.source,
        organisations=(owner_of(id_),),
        quality="text",
        file_name=f"{id_}.pdf",
        pages=tuple(SearchPage(number, text) for number, text in enumerate(_cut(article.body), start=1)),
    )


def _cut(body: str) -> Iterator[str]:
    for start in range(0, max(1, len(body)), PAGE):
        yield body[start : start + PAGE]


SYLLABLES = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khánh", "Lâm", "Minh", "Nga")


def order_facts(number: int) -> dict[str, Any]:
    """A right context of form D163/V/53 for one invented person; no two numbers give the same paper."""
    name = f"Nguyễn Văn Thử {SYLLABLES[number // 10 % 10]} {SYLLABLES[number % 10]}"
    home = f"Số {number} đường Thử, phường Mẫu 1"
    identity = {
        "kind": "CCCD",
        "number": f"000090{number:06}",
        "issued_on": "2021-05-10",
        "issued_by": "Cơ quan Cấp thẻ Thử",
    }
    return {
        "doc": {"number": str(number), "place": "Mẫu 1", "date": "2026-11-10", "effective_from": "2026-11-12"},
        "agency": {"parent_name": "tỉnh Thử Nghiệm", "name": "Ủy ban nhân dân phường Mẫu 1"},
        "signer": {"full_name": "Lê Văn Mẫu", "position": "Chủ tịch"},
        "person": {
            "full_name": name,
            "sex": "Nam",
            "birth_date": "1990-02-05",
            "id_doc": identity,
            "residence": home,
            "occupation": "",
            "workplace": "",
        },
        "rep": {
            "full_name": "Trần Thị Mẫu",
            "relation": "mẹ",
            "age": 60,
            "occupation": "làm ruộng",
            "residence": home,
        },
        "post": {
            "term_from": "2026-11-12",
            "term_to": "2028-11-12",
            "assignee": "Phạm Thị Thử, Hội Liên hiệp Phụ nữ phường Mẫu 1",
        },
        "commune_police": {"name": "Công an phường Mẫu 1"},
        "facility": {"name": "Cơ sở cai nghiện ma túy số 1"},
        "cited": {"proposal": {"date": "2026-11-01"}},
    }

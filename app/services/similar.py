"""Documents like one that is open: those that hold many of its rarer words.

The words are asked of the index as any search is, under the rule of most words, within the asker's scope. How rare a
word is, is counted among the documents that the asker may see: what others hold decides nothing here.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from app.backends import UnitOfWork
from app.models import Document, DocumentPage, PageText, text_of_page
from app.services.access import Act, require
from app.services.originals import may_see_pages
from app.services.searching import checked, within_scope
from indexer import Rule, SearchRequest
from indexer.folding import both_forms

WORDS = 12  # asked for; the rule of most words needs more than eight
CANDIDATES = 60  # words whose rareness is counted
FIRST_PAGES = 3  # what a document is about stands at its beginning
HEAD_WEIGHT = 4  # of a word of the title or subject against one of the text
MOST_TIMES = 3  # a word counts so often at most: forms repeat some endlessly
COMMON_SHARE = 0.5  # of the documents: a word in more of them tells nothing


@dataclass(frozen=True, slots=True)
class Similar:
    """The documents most alike, best first; `words` are those that were asked for, as they are written."""

    documents: tuple[Document, ...]
    words: tuple[str, ...]


def similar(uow: UnitOfWork, document: Document, *, limit: int = 5) -> Similar:
    """Other documents that hold many of the rarer words of this one. Raises `SearchError` where nothing answers."""
    require(uow, Act.SEARCH)
    require(uow, Act.DOCUMENT_VIEW, document)
    within = within_scope(uow, SearchRequest(exclude=frozenset({document.id}), limit=limit))
    words = _telling(uow, _weights(uow, document), within)
    if not words:
        return Similar((), ())
    found = uow.search.find(replace(within, text=" ".join(words)))
    if found.text is not None or (found.rule is Rule.ALL and len(words) == 1):
        return Similar((), words)
    rows = checked(uow, found)
    return Similar(tuple(rows[hit.id] for hit in found.hits if hit.id in rows), words)


def _weights(uow: UnitOfWork, document: Document) -> Mapping[str, int]:
    """The words of a document with how much they say of it, apart from how rare they are."""
    weights: Counter[str] = Counter()
    if may_see_pages(uow, document):
        texts = uow.session.scalars(
            select(PageText.text)
            .join(DocumentPage, text_of_page())
            .where(DocumentPage.document_id == document.id, DocumentPage.position <= FIRST_PAGES)
        )
        counts = Counter(word for text in texts for word in both_forms(text)[0])
        weights.update({word: min(times, MOST_TIMES) for word, times in counts.items()})
    head = dict.fromkeys(both_forms(f"{document.title} \n {document.subject}")[0])
    weights.update(dict.fromkeys(head, HEAD_WEIGHT))
    return {word: weight for word, weight in weights.items() if len(word) > 1 and word.isalpha()}


def _telling(uow: UnitOfWork, weights: Mapping[str, int], within: SearchRequest) -> tuple[str, ...]:
    """The words that tell most: much of this document, and in few others of those that the asker may see."""
    candidates = sorted(weights, key=lambda word: -weights[word])[:CANDIDATES]  # as they follow each other
    asked = [replace(within, text=text, limit=0) for text in ("", *candidates)]
    total, *counts = uow.search.count(asked)
    rated = [
        (weights[word] * math.log((total + 1) / count), word)
        for word, count in zip(candidates, counts, strict=True)
        if 0 < count <= max(1, total * COMMON_SHARE)
    ]
    return _first(rated)


def _first(rated: Sequence[tuple[float, str]]) -> tuple[str, ...]:
    return tuple(word for _, word in sorted(rated, key=lambda pair: (-pair[0], pair[1]))[:WORDS])

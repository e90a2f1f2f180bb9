"""The search page in the words of its template: hits and why they matched, notes on the question, orders, parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.services.searching import SORTS, Hit, Results
from app.web.document_words import Badge, badges, partial_date, printed_number, type_name, why
from app.web.pager import Pager, make_pager, pages_of
from app.web.search_address import LAST_NUMBERED, PAGE_SIZE, SearchAddress
from app.web.told import told
from indexer import Note, parse
from indexer.doubtful import MARK
from indexer.tree import Number, Text, positive_leaves

_SORT_LABELS = dict(
    zip(
        SORTS,
        (lazy_gettext("Liên quan"), lazy_gettext("Mới nhất"), lazy_gettext("Cũ nhất"), lazy_gettext("Số")),
        strict=True,
    )
)


MOST_LACKS = 5  # words named that a document lacks: one line of a card

# Fields of words: several of them as one value stand next to each other, with any accents.
_OF_WORDS = frozenset({"title", "body", "signer"})

# What was found by what it means: its letters may be others, and nothing is said of accents.
_BY_MEANING = frozenset({"number", "other", "day", "identity", "misread"})


@dataclass(frozen=True, slots=True)
class SnippetView:
    """A piece of a page with the words marked, and the address that opens the document there."""

    page: int
    url: str
    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class HitView:
    """One result as the card shows it."""

    title: str
    url: str
    thumb_url: str | None
    type: str
    number: str
    date: str
    body: str
    badges: tuple[Badge, ...]
    persons: tuple[tuple[str, str], ...]
    cases: tuple[tuple[str, str], ...]
    snippets: tuple[SnippetView, ...]
    why: str
    lacks: str
    preview_url: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the question as it was typed, and whether something is wrong with it."""

    text: str
    is_wrong: bool


@dataclass(frozen=True, slots=True)
class NotesView:
    """What there is to know about the question: its wrong parts where they stand, why each is wrong as (part, reason),
    the other sentences, and the question that finds nothing but what was typed."""

    pieces: tuple[Piece, ...]
    wrong: tuple[tuple[str, str], ...]
    others: tuple[str, ...]
    as_typed: str


def notes_of(results: Results) -> NotesView:
    """The notes of an answer; those on other forms of words in one line."""
    typed = results.query.text
    wrong = [note for note in results.notes if note.place is not None]
    forms = [told(note.message) for note in results.notes if note.code == "query-abbreviation"]
    others = [told(note.message) for note in results.notes if note.place is None and note.code != "query-abbreviation"]
    exactly = " ".join(f'"{word}"' for word in typed.split()) if forms and parse(typed).plain else ""
    return NotesView(
        _pieces(typed, wrong),
        tuple((note.value, told(note.message)) for note in wrong),
        (*([" ".join(forms)] if forms else []), *others),
        exactly,
    )


def _pieces(typed: str, notes: list[Note]) -> tuple[Piece, ...]:
    """The typed text cut at the wrong parts; nothing where there is none."""
    pieces: list[Piece] = []
    at = 0
    for start, end in sorted({note.place for note in notes if note.place is not None}):
        if start >= at:
            pieces += [Piece(typed[at:start], False), Piece(typed[start:end], True)]
            at = end
    return (*(piece for piece in (*pieces, Piece(typed[at:], False)) if piece.text),) if pieces else ()


def hit_view(hit: Hit, key: str | None, *, has_picture: bool, accented: bool = False) -> HitView:
    """A hit with the addresses that open its document at the page that matched; `accented` says that the question has
    accents, so that a hit can have others."""

    @cache
    def at(page: int) -> str:
        return url_for("documents.view", document_id=hit.document, trang=page if page > 1 else None, k=key)

    thumb = url_for("documents.page_image", document_id=hit.document, position=hit.page, rong=160)
    return HitView(
        title=hit.title,
        url=at(hit.page),
        thumb_url=thumb if has_picture else None,
        type=type_name(hit.type),
        number=printed_number(hit.number),
        date=partial_date(hit.date),
        body=hit.body,
        badges=badges(hit.badges),
        persons=tuple((name, url_for("persons.view", person_id=i)) for i, name in hit.persons),
        cases=tuple((code, url_for("cases.view", case_id=i)) for i, code in hit.cases),
        snippets=tuple(SnippetView(s.page, at(s.page), s.text, s.marks) for s in hit.snippets),
        why=_why(hit, accented=accented),
        lacks=_lacks(hit.lacks),
        preview_url=url_for(
            "search.preview", document_id=hit.document, trang=hit.page if hit.page > 1 else None, k=key
        ),
    )


def _why(hit: Hit, *, accented: bool) -> str:
    """Why a document was found, in words."""
    in_text = any(part.marks for part in hit.snippets) and "text" not in hit.why
    fields = why((*hit.why, *(("text",) if in_text else ())))
    if not fields:
        return ""
    said = _("Khớp ở: %(fields)s", fields=fields)
    if not accented or MARK in hit.why:
        return str(said)
    as_typed, otherwise = _("đúng dấu như gõ"), _("khác dấu")
    if "exact" in hit.why:
        return f"{said} · {as_typed}"
    return str(said) if _BY_MEANING & set(hit.why) else f"{said} · {otherwise}"


def _lacks(words: Sequence[str]) -> str:
    """Which words of the question a document does not hold, the first ones by name."""
    if not words:
        return ""
    named = ", ".join(f"“{word}”" for word in words[:MOST_LACKS])
    if len(words) > MOST_LACKS:
        return str(_("Không có: %(words)s và các chữ khác", words=named))
    return str(_("Không có: %(words)s", words=named))


def sorts_of(address: SearchAddress) -> tuple[tuple[str, str, bool], ...]:
    """The orders as links."""
    return tuple(
        (str(label), address.sorted_by(sort).url(), sort == address.sort) for sort, label in _SORT_LABELS.items()
    )


def pager_of(results: Results, address: SearchAddress) -> Pager:
    """Numbered parts as far as they go, then on by the cursor of the last part, or to the last one."""

    def url(page: int) -> str:
        return address.at(page, results.cursor if page > LAST_NUMBERED else None).url()

    end = pages_of(results.total, PAGE_SIZE)
    page = end if address.is_last else address.page
    beyond = end > LAST_NUMBERED and page < end
    return make_pager(
        page=page,
        size=PAGE_SIZE,
        shown=len(results.hits),
        total=results.total,
        url=url,
        last=LAST_NUMBERED,
        last_url=address.last().url() if beyond else None,
    )


def rule_note(results: Results) -> str:
    """Which rule of words was used, where there is more than one word to choose between."""
    if results.rule == "most":
        return str(_("Không văn bản nào có đủ mọi chữ, hoặc câu hỏi dài: đang tìm văn bản có nhiều chữ của câu hỏi."))
    leaves = positive_leaves(parse(results.query.text).node) if '"' in results.query.text else ()
    phrases = [text for text in leaves if _is_phrase(text)]
    if phrases and all(isinstance(text, Text) and text.is_exactly for text in phrases):
        return str(_("Tìm văn bản có đủ mọi chữ; trong ngoặc kép đúng như gõ."))
    if phrases:
        return str(_("Tìm văn bản có đủ mọi chữ; trong ngoặc kép đứng liền nhau."))
    if len(results.query.text.split()) > 1:
        return str(_("Tìm văn bản có đủ mọi chữ, có dấu hay không dấu; đúng dấu xếp trước."))
    return ""


def _is_phrase(leaf: Text | Number) -> bool:
    """Whether this was typed in quotation marks that ask for more than its words; they need an accent or two words, as
    the value of a field two words."""
    if not isinstance(leaf, Text):
        return False
    return len(leaf.exact) > 1 if leaf.field in _OF_WORDS else leaf.quoted and (leaf.is_accented or len(leaf.exact) > 1)


def rule_short(results: Results) -> str:
    """The same in three words."""
    return str(_("Có nhiều chữ") if results.rule == "most" else _("Có đủ mọi chữ"))

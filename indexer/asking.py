"""How a question is asked of either engine: rule of words, order, page of hits, facets. The engines only read.

A reader counts, ranks and counts values; everything that both must do alike is here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from indexer import cursors
from indexer.backend import Bucket, Found, Hit, Rule, SearchRequest, Sort
from indexer.clauses import Clause, Nothing, both, silent
from indexer.dates import months_of
from indexer.doubtful import MARK
from indexer.doubtful import note as misread_note
from indexer.fields import FACETS
from indexer.keystrokes import decoded
from indexer.plan import MOST_ABOVE, Plan, first_rule, in_days, may_relax, plan, reasons, word_clauses
from indexer.query import as_words, parse
from indexer.scoring import SecondLook, number_clause
from indexer.totals import Totals, counted, keyed, loosely, question, unfiltered
from indexer.tree import Note, ParsedQuery

# So many values of a facet are answered (all are counted); chosen ones are always among them.
FACET_LIMIT = 100

# Most hits of one page: Elasticsearch gives 10,000 at once at the very most; who wants more walks by cursor.
MOST_HITS = 5_000


@dataclass(frozen=True, slots=True)
class Order:
    """By score (`column` is None), or by a unique number column."""

    column: str | None
    descending: bool


@dataclass(frozen=True, slots=True)
class Ranked:
    """A document in its order: the value it was ordered by, id, revision, score; `rest` as in `cursors.Position`."""

    value: float
    id: int
    revision: int
    score: float
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of the order: `limit` hits after `after`, or else from `offset`."""

    limit: int
    offset: int
    after: cursors.Position | None


@dataclass(frozen=True, slots=True)
class TooMany:
    """A facet has more values than the engine counts exactly."""


class Reader(Protocol):
    """What an engine does for a question. All of one question is answered from one commit where the engine can."""

    def count(self, clauses: Sequence[Clause]) -> Sequence[int]:
        """Exact number of documents per clause."""
        ...

    def weigh(self, clauses: Sequence[Clause]) -> Sequence[int]:
        """As `count`, of all visible documents and of parts of them; the number of a part may be another one that is
        on the same side of none and of `plan.COMMON_SHARE` of them all, unless all parts are beyond that share."""
        ...

    def rank(self, plan: Plan, order: Order, window: Window) -> tuple[int, Sequence[Ranked]]:
        """Exact total, and the hits of a window; ties by id."""
        ...

    def together(
        self, counted: Sequence[Clause], listed: Sequence[tuple[Clause, int]], order: Order
    ) -> tuple[Sequence[int], Sequence[Sequence[int]]]:
        """Asked at once: exact counts, and of clauses with a limit the ids that come first in a column's order."""
        ...

    def ahead(self, plan: Plan) -> None:
        """The facets of this plan will be asked for: an engine may begin to count them."""
        ...

    def values(self, plan: Plan, field: str, chosen: Sequence[str]) -> Sequence[Bucket] | TooMany:
        """Exact counts of a facet under all filters but its own, most frequent first."""
        ...

    def every_value(self, plan: Plan, field: str) -> Sequence[Bucket] | TooMany:
        """Exact counts of all values of a facet under all filters but its own."""
        ...

    def scores(self, ids: Sequence[int], clause: Clause) -> Mapping[int, float]:
        """What this clause gives to each of these documents; those it gives nothing may be left out."""
        ...

    def reasons(self, ids: Sequence[int], named: Mapping[str, Clause]) -> Mapping[int, tuple[str, ...]]:
        """Names of the clauses that find each of these documents."""
        ...


def order_of(request: SearchRequest, scored: bool) -> Order:
    """The order asked for; relevance without words is newest first."""
    sort = Sort(request.sort)
    if sort is Sort.RELEVANCE and scored:
        return Order(None, True)
    if sort is Sort.OLDEST:
        return Order("by_oldest", False)
    if sort is Sort.NUMBER:
        return Order("by_number", False)
    return Order("by_newest", True)


def ask(reader: Reader, request: SearchRequest) -> Found:
    """Answer a question with one engine; one that finds nothing and reads as keystrokes, or as a sentence with colons,
    is asked as it was meant."""
    found = _answer(reader, request)
    if found.total:
        return found
    for other, told in readings(reader, request):
        answer = _answer(reader, other)
        if answer.total:
            return replace(answer, notes=(told, *answer.notes), text=other.text)
    return found


def readings(reader: Reader, request: SearchRequest) -> Iterator[tuple[SearchRequest, Note]]:
    """What a question that finds nothing may mean, each with what is told of it. Fields are words only where they find
    nothing under no filter either: else it is the filter that leaves nothing."""
    if (meant := decoded(request.text)) != request.text:
        message = f"Không thấy chữ như đã gõ; đang tìm “{meant}” (bộ gõ tiếng Việt có thể đang tắt)."
        yield replace(request, text=meant), Note("query-keystrokes", meant, message)
    meant = as_words(request.text)
    if meant == request.text or len(parse(meant).node.nodes) <= MOST_ABOVE:
        return
    if count(reader, [replace(request, filters={})]) == (0,):
        message = "Không thấy gì theo các trường đã gõ; câu dài này đang được tìm như các từ thường."
        yield replace(request, text=meant), Note("query-fields-as-words", meant, message)


def count(reader: Reader, requests: Sequence[SearchRequest]) -> tuple[int, ...]:
    """The totals that `ask` would give, other `readings` apart, for many questions at once."""
    return Totals(requests).settled(reader.count)


def _answer(reader: Reader, request: SearchRequest) -> Found:
    parsed = question(request)
    sort = Sort(request.sort)
    after = cursors.decode(request.cursor, sort) if request.cursor else None
    made = _first_plan(reader, request, parsed)
    # One hit more than asked for tells whether there is a next page.
    window = Window(min(max(request.limit, 0), MOST_HITS) + 1, max(request.offset, 0), after)
    total, ranked = _part(reader, made, request, window)
    if total == 0 and (relaxed := _relaxed(reader, request, parsed, made)) is not made:
        made = relaxed
        total, ranked = _part(reader, made, request, window)
    page = list(ranked[: window.limit - 1])
    facets, notes = _facets(reader, made, request)
    misread = 0 if made.first is None else reader.count([counted(made.rest())])[0]
    if misread:
        notes.append(misread_note(parsed, misread))
    if parsed.is_number and total:
        notes += _sharing(reader, made, parsed)
    return Found(
        total=total,
        misread=misread,
        hits=_hits(reader, parsed, made, page),
        facets=facets,
        rule=made.rule,
        notes=(*parsed.notes, *notes),
        cursor=_next(sort, window, page, scored=made.scored, more=len(ranked) > len(page)),
        months=_months(reader, made, request.months_of) if request.months_of else (),
        before=total - len(page) if request.last else _before(window),
    )


def _part(reader: Reader, made: Plan, request: SearchRequest, window: Window) -> tuple[int, Sequence[Ranked]]:
    """Total, and the part of the order that is asked for; what is wanted of the facets is begun meanwhile."""
    reader.ahead(made)
    order = order_of(request, made.scored)
    if order.column is None and window.after is not None:  # by place: a cursor carries no score (see `_next`)
        window = Window(window.limit, window.after.seen, None)
    if window.after is not None and window.after.rest and made.first is None:  # nothing stands there any more
        return reader.count([counted(made)])[0], ()
    if request.last and request.limit > 0:
        return _last(reader, made, order, window.limit - 1)
    return _rank(reader, made, order, window)


def planned(reader: Reader, request: SearchRequest, parsed: ParsedQuery) -> Plan:
    """The plan under the rule of words that the question comes to."""
    return _relaxed(reader, request, parsed, _first_plan(reader, request, parsed))


def _first_plan(reader: Reader, request: SearchRequest, parsed: ParsedQuery) -> Plan:
    made = plan(request, parsed, first_rule(parsed), reader.weigh)
    return _with_misread(reader, request, parsed, made)


def _relaxed(reader: Reader, request: SearchRequest, parsed: ParsedQuery, made: Plan) -> Plan:
    """The plan, or that of most words where no document has all and some have most, whatever the filters."""
    if made.first is not None or not may_relax(parsed, made.rule) or reader.count([unfiltered(made)])[0] > 0:
        return made
    relaxed = plan(request, parsed, Rule.MOST, reader.weigh)
    return relaxed if reader.count([unfiltered(relaxed)])[0] > 0 else made


def _last(reader: Reader, made: Plan, order: Order, size: int) -> tuple[int, Sequence[Ranked]]:
    """The last part of an order that is cut into parts of this size: read from its end where a column orders it."""
    total = reader.count([counted(made)])[0]
    start = max(0, total - 1) // size * size
    if order.column is None or made.first is not None:
        return _rank(reader, made, order, Window(size, start, None))
    backwards = replace(order, descending=not order.descending)
    total, ranked = reader.rank(made, backwards, Window(max(1, total - start), 0, None))
    return total, ranked[::-1]


def _months(reader: Reader, made: Plan, year: int) -> tuple[Bucket, ...]:
    """Documents of each month of a year, counted without the filters of years and days."""
    around = both(silent(made.visible), silent(made.narrowed(without="year")), silent(made.match))
    months = months_of(year)
    counts = reader.count([both(around, in_days(*span)) for span in months.values()]) if months else ()
    return tuple(Bucket(month, n) for month, n in zip(months, counts, strict=True))


def _with_misread(reader: Reader, request: SearchRequest, parsed: ParsedQuery, made: Plan) -> Plan:
    """The plan, with the documents that are found only since a word was recognised badly, where there are any.

    A word that a document need not hold (the rule of most words) is not looked for by its key.
    """
    held = keyed(made, parsed)
    if isinstance(held, Nothing) or reader.count([held])[0] == 0:
        return made
    loose = loosely(request, parsed, made)
    return loose if reader.count([unfiltered(loose.rest())])[0] else made


def _rank(reader: Reader, made: Plan, order: Order, window: Window) -> tuple[int, Sequence[Ranked]]:
    """Total and window; by score, the best `made.looked_at` documents are put in order by a second look.

    What the second look adds is never negative, so none of those documents falls behind the others: one order of all
    documents, and a walk through it sees each once.
    """
    if made.first is not None:
        return _rank_in_two(reader, made, made.first, order, window)
    if order.column is None and made.tiers:
        return _rank_in_tiers(reader, made, window)
    start = window.offset  # by score nobody walks on from a value: see `_part`
    if order.column is not None or made.again is None or start >= made.looked_at:
        return reader.rank(made, order, window)
    total, ranked = reader.rank(made, order, Window(max(made.looked_at, start + window.limit), 0, None))
    best, others = ranked[: made.looked_at], ranked[made.looked_at :]
    if len(best) > 1:
        best = _scored_again(reader, made.again, best)
    return total, [*best, *others][start : start + window.limit]


def _rank_in_two(reader: Reader, made: Plan, first: Plan, order: Order, window: Window) -> tuple[int, Sequence[Ranked]]:
    """Total and window where what is found as it stands comes before what only a key finds.

    A cursor says in which of the two it stands, for what is written meanwhile moves the edge between them.
    """
    start, after = window.offset, window.after
    ranked: list[Ranked] = []
    if start == 0 and after is None:
        before, best = _rank(reader, first, order, window)
        rest = reader.count([counted(made.rest())])[0]
        ranked += best
    else:
        before, rest = reader.count([counted(first), counted(made.rest())])
        if not after.rest if after else start < before:
            ranked += _rank(reader, first, order, window)[1]
    if len(ranked) < window.limit:
        part = Window(window.limit - len(ranked), max(0, start - before), after if after and after.rest else None)
        ranked += (replace(hit, rest=True) for hit in _rank(reader, made.rest(), order, part)[1])
    return before + rest, ranked


def _rank_in_tiers(reader: Reader, made: Plan, window: Window) -> tuple[int, Sequence[Ranked]]:
    """Total and window where one tier comes before the next, newest first in each."""
    parts = made.by_tier()
    sizes = reader.count([counted(part) for part in parts])
    start = window.offset
    ranked: list[Ranked] = []
    for part, size in zip(parts, sizes, strict=True):
        if start < size and len(ranked) < window.limit:
            wanted = Window(window.limit - len(ranked), start, None)
            ranked += reader.rank(part, Order("by_newest", True), wanted)[1]
        start = max(0, start - size)
    return sum(sizes), ranked


def _scored_again(reader: Reader, look: SecondLook, best: Sequence[Ranked]) -> list[Ranked]:
    asked, *answers = (reader.scores([hit.id for hit in best], clause) for clause in (look.asked, *look.answers))
    again = []
    for hit in best:
        more = look.with_answers(asked.get(hit.id, 0.0), [each.get(hit.id, 0.0) for each in answers])
        again.append(Ranked(score := hit.score + more, hit.id, hit.revision, score))
    return sorted(again, key=lambda hit: (-hit.score, hit.id))


def _next(sort: Sort, window: Window, page: Sequence[Ranked], *, scored: bool, more: bool) -> str | None:
    """Where the next page begins. A score stays here: it is weighed by all documents, also those the asker may not
    see."""
    if not more or not page:
        return None
    value = 0.0 if sort is Sort.RELEVANCE and scored else page[-1].value
    return cursors.encode(sort, cursors.Position(value, page[-1].id, _before(window) + len(page), page[-1].rest))


def _before(window: Window) -> int:
    return window.after.seen if window.after else window.offset


def _hits(reader: Reader, parsed: ParsedQuery, made: Plan, page: Sequence[Ranked]) -> tuple[Hit, ...]:
    named = reasons(parsed)
    if made.first is not None:
        named[MARK] = silent(made.rest().match)
    words = word_clauses(parsed) if made.rule is Rule.MOST else {}
    asked = named | {_of_word(at): clause for at, clause in enumerate(words.values())}
    found = reader.reasons([hit.id for hit in page], asked) if asked and page else {}
    hits: list[Hit] = []
    for hit in page:
        told = found.get(hit.id, ())
        why = tuple(name for name in told if name in named) or (("text",) if named else ())
        lacks = tuple(word for at, word in enumerate(words) if _of_word(at) not in told)
        hits.append(Hit(hit.id, hit.revision, hit.score, why, lacks))
    return tuple(hits)


def _of_word(place: int) -> str:
    """The name under which it is asked who holds this word."""
    return f"word-{place}"


def _facets(reader: Reader, made: Plan, request: SearchRequest) -> tuple[dict[str, tuple[Bucket, ...]], list[Note]]:
    facets: dict[str, tuple[Bucket, ...]] = {}
    notes: list[Note] = []
    for name in FACETS:
        chosen = tuple(request.filters.get(name, ()))
        counted = reader.values(made, name, chosen)
        if isinstance(counted, TooMany):
            notes.append(Note("facet-too-many", name, "Quá nhiều giá trị để đếm chính xác; hãy thu hẹp câu hỏi."))
            facets[name] = ()
        else:
            facets[name] = _cut(counted, chosen)
    return facets, notes


def _sharing(reader: Reader, made: Plan, parsed: ParsedQuery) -> list[Note]:
    """How many bodies and years share the number asked for, where it is more than one."""
    bearing = Plan(number_clause(parsed.numbers), made.visible, {}, made.rule, scored=False)
    counts = [reader.values(bearing, name, ()) for name in ("body", "year")]
    bodies, years = (0 if isinstance(one, TooMany) else len(one) for one in counts)
    if max(bodies, years) < 2:
        return []
    number = " ".join(text for node in parsed.texts() for text in node.exact)
    if bodies < 2:
        said = f"Số này có trong {years} năm khác nhau."
    elif years < 2:
        said = f"Số này có ở {bodies} cơ quan ban hành khác nhau."
    else:
        said = f"Số này có ở {bodies} cơ quan ban hành và {years} năm khác nhau."
    return [Note("number-shared", number, said)]


def _cut(counted: Sequence[Bucket], chosen: Sequence[str]) -> tuple[Bucket, ...]:
    ordered = sorted(counted, key=lambda bucket: (-bucket.count, bucket.value))
    kept = ordered[:FACET_LIMIT]
    kept += [bucket for bucket in ordered[FACET_LIMIT:] if bucket.value in chosen]
    known = {bucket.value for bucket in kept}
    return (*kept, *(Bucket(value, 0) for value in chosen if value not in known))

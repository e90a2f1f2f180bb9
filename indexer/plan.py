"""From a request to clauses: which documents match, how they score, who may see them. The same for both engines.

How matching documents are ordered is `scoring`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from indexer.backend import Allowed, Rule, SearchRequest
from indexer.clauses import AnyOf, Clause, Constant, Everything, Group, Near, Nothing, Range, Word, both, either
from indexer.clauses import silent as _silent
from indexer.dates import span_of
from indexer.doubtful import keys_of
from indexer.fields import ALL, FACETS, MISREAD, PAGE_TEXT, TEXT_FIELDS
from indexer.named_persons import persons_meant
from indexer.scoring import (
    EXACT_BOOST,
    EXACT_TIER,
    LONGER,
    LOOKED_AT_AGAIN,
    SecondLook,
    in_field,
    looked_at,
    number_clause,
    number_tiers,
    scores,
    second_look,
)
from indexer.spellings import Condition, conditions
from indexer.tree import Alike, And, Close, Days, Node, Not, Number, Or, ParsedQuery, Text, Value, positive_leaves

# More words than this are rarely all in one document (architecture, "Plain words").
MOST_ABOVE = 8

# Conditions of a long question of which each hit says whether it holds them.
MOST_TOLD = 40

# A word in more than this share of the visible documents does not tell them apart.
COMMON_SHARE = 0.5

# Of a page that holds everything asked for: above what single words give it, small enough for the engines' floats.
EVERY_TIER = 1_000_000.0

# Of the rarer words of a question of a sentence so many must be there: half of them lose 7 points of R@10 in questions
# with several answers to choose from, a fifth finds none more.
SENTENCE_SHARE = 0.3

# Elasticsearch takes at most 65,536 values in one terms query; the same pieces are used on both engines.
LONGEST_LIST = 60_000

# The filter of days beside those of the facets; its values are spans (`dates.span_of`).
DAY = "day"

Count = Callable[[Sequence[Clause]], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Plan:
    """`match` with its scores under one rule, `visible` (permission, removals, exclusions), filters per facet.

    `again` gives more score to the best `looked_at` of them (see `scoring.second_look`); None where there is nothing to
    add.
    `tiers`: documents of the first clause stand before those of the next, then come the others, newest first in each.
    `first` finds the part of the documents that stands before all others, in every order; None where there is one part
    only. What it does not find is found by `keyed`.
    """

    match: Clause
    visible: Clause
    filters: dict[str, Clause]
    rule: Rule
    scored: bool
    again: SecondLook | None = None
    looked_at: int = LOOKED_AT_AGAIN
    tiers: tuple[Clause, ...] = ()
    first: "Plan | None" = None
    keyed: tuple[Clause, ...] = ()

    def rest(self) -> "Plan":
        """What `first` does not find; asked for only where there is a `first`."""
        found = Nothing() if self.first is None else _silent(self.first.match)
        match = Group(must=(both(self.match, *self.keyed),), exclude=(found,))
        return replace(self, match=match, again=None, tiers=(), first=None)

    def by_tier(self) -> list["Plan"]:
        """A plan for each tier and one for the others; no document is in two."""
        found: list[Plan] = []
        for at in range(len(self.tiers) + 1):
            match = Group(must=(self.match, *self.tiers[at : at + 1]), exclude=self.tiers[:at])
            found.append(replace(self, match=match, scored=False, tiers=()))
        return found

    def narrowed(self, without: str | None = None) -> Clause:
        """All filters but the one of this facet."""
        return both(*(clause for name, clause in self.filters.items() if name != without))


def plan(
    request: SearchRequest, parsed: ParsedQuery, rule: Rule, count: Count, sentence_share: float = SENTENCE_SHARE
) -> Plan:
    """The plan under a rule. `count` gives the number of documents per clause (see `asking.Reader.weigh`), asked only
    for the rule of most.

    `sentence_share`: of the rarer words of a long question so many must be there, see `_most`.
    """
    visible = visible_to(request.allowed, request.exclude)
    if rule is Rule.MOST:
        needed = _most(parsed, visible, count, sentence_share)
    else:
        needed = _compile(parsed.node, "folded")
        if parsed.number is not None and parsed.number.alone:
            needed = either([needed, number_clause(parsed.number.keys)])
    filters = _filters(request.filters)
    scored = bool(parsed.texts())
    if not scored:
        return Plan(needed, visible, filters, rule, scored)
    if parsed.is_number:
        tiers = number_tiers(parsed, any_of("organisations", _texts(request.home)))
        return Plan(_silent(needed), visible, filters, rule, scored, tiers=tiers)
    match = Group(must=(needed,), should=scores(parsed, rule))
    return Plan(match, visible, filters, rule, scored, second_look(parsed), looked_at(parsed))


def _filters(chosen: Mapping[str, tuple[str, ...]]) -> dict[str, Clause]:
    """One clause per facet. Days narrow the facet of years, whose counts are those without either."""
    filters = {name: any_of(name, values) for name, values in chosen.items() if name in FACETS and values}
    spans = [span_of(value) for value in chosen.get(DAY, ())]
    days = [in_days(*span) for span in spans if span is not None]
    if spans:
        filters["year"] = both(filters.get("year", Everything()), either(days))
    return filters


def in_days(first: int | None, last: int | None) -> Clause:
    """Documents with a date between these days, ends included."""
    return Range(DAY, first if first is not None else 1, last)


def first_rule(parsed: ParsedQuery) -> Rule:
    """The rule to begin with."""
    return Rule.MOST if len(parsed.loose) > MOST_ABOVE else Rule.ALL


def may_relax(parsed: ParsedQuery, rule: Rule) -> bool:
    """Whether a question that found nothing is asked again under the rule of most words."""
    return rule is Rule.ALL and len(parsed.loose) > 1


def visible_to(allowed: Allowed, exclude: frozenset[int]) -> Clause:
    """Documents that may be seen: not removed, in scope, every flag allowed, no new access facts to index yet."""
    must: list[Clause] = [Range("removed", 0, 0)]
    if allowed.organisations is not None:
        mine = [any_of("organisations", _texts(allowed.organisations)), any_of("case_ids", _texts(allowed.cases))]
        must.append(_silent(either([clause for clause in mine if not isinstance(clause, Nothing)])))
    if allowed.flags is not None:
        must.append(_silent(_flags_within(sorted(allowed.flags))))
    hidden = any_of("key", _texts(exclude))
    return Group(must=tuple(must), exclude=() if isinstance(hidden, Nothing) else (hidden,))


def _flags_within(allowed: Sequence[str]) -> Clause:
    """No flag, or exactly n flags of which n are allowed ones: needs no list of all flags there are."""
    single = tuple(AnyOf("flags", (flag,)) for flag in allowed)
    cases: list[Clause] = [Range("flag_count", 0, 0)]
    for size in range(1, len(single) + 1):
        cases.append(Group(must=(Range("flag_count", size, size),), should=single, minimum=size))
    return either(cases)


def any_of(field: str, values: Iterable[str]) -> Clause:
    """One of these values, in pieces that both engines take."""
    wanted = tuple(values)
    pieces = [AnyOf(field, wanted[at : at + LONGEST_LIST]) for at in range(0, len(wanted), LONGEST_LIST)]
    return either(pieces)


def _texts(ids: Iterable[int]) -> tuple[str, ...]:
    return tuple(str(id_) for id_ in sorted(ids))


# --- What matches ------------------------------------------------------------------------------------------------


def _compile(node: Node, form: str) -> Clause:
    if isinstance(node, Text):
        if node.is_exactly:
            return in_field(node, node.field, "exact", 1 + EXACT_BOOST)
        return in_field(node, node.field, form)
    if isinstance(node, Alike):
        return either([_compile(node.node, form), _silent(in_field(node.other, ALL, form))])
    if isinstance(node, Number):
        keys = number_clause(node.keys)
        return keys if node.keys_only else either([in_field(node.text, ALL, form), keys])
    if isinstance(node, Close):
        return _close(node.words, node.distance, form)
    if isinstance(node, Value):
        return AnyOf(node.field, node.values)
    if isinstance(node, Days):
        return in_days(node.first, node.last)
    if isinstance(node, Not):
        return Group(must=(Everything(),), exclude=(_compile(node.node, form),))
    parts = tuple(_compile(part, form) for part in node.nodes)
    return either(parts) if isinstance(node, Or) else _all_of(node, parts)


def _close(words: Sequence[Text], distance: int, form: str) -> Clause:
    """Each word near the next one."""
    return both(*(_near(one, two, distance, form) for one, two in dict.fromkeys(pairwise(words))))


def _near(one: Text, two: Text, distance: int, form: str) -> Clause:
    if form == "folded" and not (one.is_accented or two.is_accented):
        return Near(f"{one.field}_folded", one.folded[0], two.folded[0], distance)
    return Near(f"{one.field}_exact", one.exact[0], two.exact[0], distance)


def _all_of(node: And, parts: Sequence[Clause]) -> Clause:
    wanted = tuple(c for n, c in zip(node.nodes, parts, strict=True) if not isinstance(n, Not))
    unwanted = tuple(c.exclude[0] for c in parts if isinstance(c, Group) and c.exclude and c.must == (Everything(),))
    if not unwanted:
        return both(*wanted)
    return Group(must=wanted or (Everything(),), exclude=unwanted)


def _most(parsed: ParsedQuery, visible: Clause, count: Count, sentence_share: float) -> Clause:
    """Enough of the rarer words must be there; words that no visible document holds ask for nothing. Phrases, fields
    and what is left out are required as ever.

    Rarer: in at most half of the visible documents; where all words are common, the two rarest. Enough: more than half
    of them, in a question of more than `MOST_ABOVE` words more than `sentence_share`; or one of two.
    """
    parts = _loose_parts(parsed)
    kept = And(tuple(node for place, node in enumerate(parsed.node.nodes) if place not in parsed.loose))
    total, *counts = count(_beside(visible, parts))
    known = [place for place, n in enumerate(counts) if n > 0]
    rarer = [place for place in known if counts[place] <= total * COMMON_SHARE]
    rarer = rarer or sorted(known, key=lambda place: counts[place])[:2]
    if not rarer:
        return _compile(kept, "folded") if any(positive_leaves(kept)) else Nothing()
    share = sentence_share if len(parts) > MOST_ABOVE else 0.5
    minimum = 1 if len(rarer) <= 2 else int(len(rarer) * share) + 1
    weighed = _as_often_as_said(parsed, parts)
    others = tuple(weighed[place] for place in known if place not in rarer)
    enough = Group(must=(Group(should=tuple(weighed[place] for place in rarer), minimum=minimum),), should=others)
    return both(enough, _compile(kept, "folded")) if kept.nodes else enough


def _as_often_as_said(parsed: ParsedQuery, parts: Sequence[Clause]) -> Sequence[Clause]:
    """In a question of more than `LONGER` words one that is said again counts again: it is what the answers to choose
    from have in common. Once each, the right article is on the first page in 2 of 100 such questions fewer."""
    if len(parsed.node.nodes) <= LONGER:
        return parts
    times = Counter(_compile(parsed.node.nodes[place], "folded") for place in parsed.loose)
    return [replace(part, boost=part.boost * times[part]) if isinstance(part, Word) else part for part in parts]


def asked_of_most(parsed: ParsedQuery, visible: Clause) -> list[Clause]:
    """What a plan under the rule of most counts: all that is visible, then what holds each of the words."""
    return _beside(visible, _loose_parts(parsed))


def _beside(visible: Clause, parts: Sequence[Clause]) -> list[Clause]:
    return [visible, *(both(visible, _silent(part)) for part in parts)]


def _loose_parts(parsed: ParsedQuery) -> list[Clause]:
    return list(dict.fromkeys(_compile(parsed.node.nodes[place], "folded") for place in parsed.loose))


# --- Why it matched ------------------------------------------------------------------------------------------


def reasons(parsed: ParsedQuery) -> dict[str, Clause]:
    """Name of a field -> what finds a word of the question in it, for `Hit.why`."""
    texts = parsed.texts()
    if not texts:
        return {}
    named = {
        part.name: either([in_field(text, part.name, "folded") for text in texts]) for part in TEXT_FIELDS if part.why
    }
    if parsed.numbers:
        named["number"] = either([named["number"], number_clause(parsed.numbers)])
    if persons := persons_meant(parsed):
        named["person"] = either([named["person"], AnyOf("person", persons)])
    if parsed.accented:
        named["exact"] = both(*(in_field(text, text.field, "exact") for text in texts))
    if parsed.others():
        named["other"] = either([in_field(other, ALL, "folded") for other in parsed.others()])
    for name, field in (("day", "days"), ("identity", "identities")):
        values = sorted({value for one in conditions(parsed) for value in getattr(one, field)})
        if values:
            named[name] = AnyOf(field, tuple(values))
    return named


def word_clauses(parsed: ParsedQuery) -> dict[str, Clause]:
    """The words of each condition of a question, in small letters -> what finds it, for `Hit.lacks`."""
    found: dict[str, Clause] = {}
    for node in parsed.node.nodes[:MOST_TOLD]:
        leaves = (leaf.text if isinstance(leaf, Number) else leaf for leaf in positive_leaves(node))
        words = " ".join(word for text in leaves for word in text.exact)
        if words:
            found.setdefault(words, _silent(_compile(node, "folded")))
    return found


def page_clause(parsed: ParsedQuery, *, every: bool = False) -> Clause | None:
    """Pages that hold a word of the question, exact ones far above, those that hold all that a text can hold of it
    above all; with `every` only these. None where the question has no words."""
    texts = parsed.texts()
    wanted = conditions(parsed)
    if not texts:
        return None
    whole = [_near_on_page(one) if one.near else either([*map(_on_page, one.ways)]) for one in wanted if one.ways]
    if every:
        if not whole:
            return None
        needed = both(*whole)
    else:
        others = dict.fromkeys(text for one in wanted for text in one.others)
        folded = [_in_page(text) for text in (*texts, *others)]
        keys = keys_of(parsed)
        needed = either([*folded, *([AnyOf(MISREAD, keys)] if keys else ())])
    best = (Constant(both(*whole), EVERY_TIER),) if len(whole) > 1 and not every else ()
    exact = tuple(in_field(text, PAGE_TEXT, "exact") for text in texts) if parsed.accented else ()
    more = (*best, *exact, *(Constant(clause, EXACT_TIER) for clause in exact))
    return Group(must=(needed,), should=more) if more else needed


def _on_page(way: Sequence[Text]) -> Clause:
    return both(*(_in_page(text) for text in way))


def _near_on_page(condition: Condition) -> Clause:
    return _close([replace(text, field=PAGE_TEXT) for text in condition.texts], condition.near or 0, "folded")


def _in_page(text: Text) -> Clause:
    return in_field(text, PAGE_TEXT, "exact" if text.is_exactly else "folded")

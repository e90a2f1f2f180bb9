"""Totals alone: how many documents a question finds, many questions in few steps.

Each step counts for all questions together, for every asking of a server is a way there and back: three steps at most.
"""

from collections.abc import Generator, Sequence
from dataclasses import replace

from indexer.accents import restored_runs
from indexer.backend import Rule, SearchRequest
from indexer.clauses import AnyOf, Clause, Nothing, both, silent
from indexer.doubtful import keys_of, loosened
from indexer.fields import MISREAD
from indexer.named_persons import with_persons
from indexer.plan import Count, Plan, asked_of_most, first_rule, may_relax, plan, visible_to
from indexer.query import parse
from indexer.tree import ParsedQuery

# Yields clauses, is sent how many documents each finds.
Total = Generator[Sequence[Clause], Sequence[int], int]


def question(request: SearchRequest) -> ParsedQuery:
    """What is asked, names of persons understood."""
    parsed = with_persons(parse(request.text), request.persons)
    if request.accents is None:
        return parsed
    return replace(parsed, restored=restored_runs(request.accents, parsed))


class Totals:
    """The totals that `asking.ask` would give, other readings apart: `asked` is told to `answer` until it is empty."""

    def __init__(self, requests: Sequence[SearchRequest]) -> None:
        self._found = [0] * len(requests)
        self._running = {at: _total(request) for at, request in enumerate(requests)}
        self._asked = {at: next(one) for at, one in self._running.items()}

    @property
    def asked(self) -> list[Clause]:
        """The clauses of the next step."""
        return [clause for clauses in self._asked.values() for clause in clauses]

    def answer(self, counts: Sequence[int]) -> None:
        """How many documents each of the clauses asked finds."""
        each = iter(counts)
        further: dict[int, Sequence[Clause]] = {}
        for at, clauses in self._asked.items():
            try:
                further[at] = self._running[at].send([next(each) for _ in clauses])
            except StopIteration as ended:
                self._found[at] = ended.value
        self._asked = further

    def settled(self, count: Count) -> tuple[int, ...]:
        """The totals, what is still asked counted so."""
        while asked := self.asked:
            self.answer(count(asked))
        return tuple(self._found)


def _total(request: SearchRequest) -> Total:
    """Where a step may need one of two counts it asks for both."""
    parsed = question(request)
    rule = first_rule(parsed)
    if rule is Rule.MOST:
        made = yield from _of_most(request, parsed)
        return (yield [counted(made)])[0]
    made = plan(request, parsed, rule, _uncounted)
    total, held = yield [counted(made), keyed(made, parsed)]
    relaxing = not total and may_relax(parsed, rule)
    if not held and not relaxing:
        return total
    loose = loosely(request, parsed, made)
    most = asked_of_most(parsed, silent(made.visible)) if relaxing else []
    rest, loosened_total, whole, *counts = yield [
        unfiltered(loose.rest()) if held else Nothing(),
        counted(loose) if held else Nothing(),
        unfiltered(made) if relaxing and made.filters else Nothing(),
        *most,
    ]
    if rest:
        return loosened_total
    if whole or not relaxing:
        return total
    return (yield [counted(plan(request, parsed, Rule.MOST, lambda _: counts))])[0]


def _of_most(request: SearchRequest, parsed: ParsedQuery) -> Generator[Sequence[Clause], Sequence[int], Plan]:
    visible = visible_to(request.allowed, request.exclude)
    counts = yield asked_of_most(parsed, visible)
    return plan(request, parsed, Rule.MOST, lambda _: counts)


def _uncounted(clauses: Sequence[Clause]) -> Sequence[int]:
    raise AssertionError(f"a plan that needs all words counts none: {clauses}")


def counted(made: Plan) -> Clause:
    """What a plan finds."""
    return both(silent(made.visible), silent(made.narrowed()), silent(made.match))


def unfiltered(made: Plan) -> Clause:
    """The rule of words depends on the words and on who asks, not on the filters that are chosen."""
    return both(silent(made.visible), silent(made.match))


def keyed(made: Plan, parsed: ParsedQuery) -> Clause:
    """The visible documents that hold a confusion key of a question that asks for them."""
    keys = keys_of(parsed) if made.rule is Rule.ALL else ()
    return both(silent(made.visible), AnyOf(MISREAD, keys)) if keys else Nothing()


def loosely(request: SearchRequest, parsed: ParsedQuery, made: Plan) -> Plan:
    """The plan that also finds the documents which hold a confusion key in place of a word."""
    keyed = (AnyOf(MISREAD, keys_of(parsed)),)
    return replace(plan(request, loosened(parsed), Rule.ALL, _uncounted), first=made, keyed=keyed)

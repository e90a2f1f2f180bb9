"""Plans as values: every page stands in exactly one part, whatever a person does to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Conflict, Invalid
from app.services.split_plans import (
    Edit,
    Head,
    PlannedPage,
    PlannedPart,
    as_rows,
    edited,
    flat,
    from_rows,
    hiding,
    merged,
    moved,
    numbered,
    ranges,
    reconciled,
    shifted,
    sums,
    window,
    without_scan,
)

SCAN = 7


def pages(*positions: int, scan: int = SCAN) -> tuple[PlannedPage, ...]:
    return tuple(PlannedPage(scan, position) for position in positions)


def plan() -> tuple[PlannedPart, ...]:
    """Three parts of 2, 3 and 1 pages."""
    heads = [Head({"type": "QD", "subject": "Một"}), Head({"type": "BB", "subject": "Hai"}, score=0.4), None]
    groups = [pages(1, 2), pages(3, 4, 5), pages(6)]
    return tuple(PlannedPart(n, group, head) for n, (group, head) in enumerate(zip(groups, heads, strict=True), 1))


def edit(parts: tuple[PlannedPart, ...], **changes: object) -> Edit:
    """A form sent back as it was shown, but for some changes."""
    shown = flat(parts)
    values: dict[str, object] = {
        "order": tuple(page.key for page in shown),
        "starts": frozenset(part.pages[0].key for part in parts),
        "hidden": frozenset(page.key for page in shown if page.hidden),
        "sheets": {page.key: page.sheet for page in shown},
        "firsts": {part.number: part.pages[0].key for part in parts},
        "heads": {part.number: dict(part.head.values) if part.head else {} for part in parts},
    }
    return Edit(**(values | changes))  # type: ignore[arg-type]


def positions(parts: tuple[PlannedPart, ...]) -> list[list[int]]:
    return [[page.position for page in part.pages] for part in parts]


def test_a_plan_is_kept_and_found_again_as_it_was() -> None:
    assert from_rows(as_rows(plan())) == plan()


def test_a_form_sent_back_unchanged_changes_nothing() -> None:
    assert edited(plan(), edit(plan())) == plan()


def test_a_new_cut_makes_a_part_without_a_head_and_leaves_the_others_theirs() -> None:
    starts = frozenset({"7.1", "7.3", "7.5", "7.6"})
    after = edited(plan(), edit(plan(), starts=starts))
    assert positions(after) == [[1, 2], [3, 4], [5], [6]]
    assert [part.head for part in after] == [plan()[0].head, plan()[1].head, None, None]
    assert len({part.number for part in after}) == 4


def test_a_cut_taken_away_joins_the_pages_to_the_part_before() -> None:
    after = edited(plan(), edit(plan(), starts=frozenset({"7.1", "7.6"})))
    assert positions(after) == [[1, 2, 3, 4, 5], [6]]
    assert after[0].head == plan()[0].head


def test_the_first_page_begins_a_part_whatever_the_form_says() -> None:
    assert positions(edited(plan(), edit(plan(), starts=frozenset()))) == [[1, 2, 3, 4, 5, 6]]


def test_a_part_keeps_its_head_when_another_page_becomes_its_first() -> None:
    order = ("7.1", "7.2", "7.4", "7.3", "7.5", "7.6")
    after = edited(
        plan(),
        edit(plan(), order=order, starts=frozenset({"7.1", "7.4", "7.6"}), firsts={1: "7.1", 2: "7.4", 3: "7.6"}),
    )
    assert positions(after) == [[1, 2], [4, 3, 5], [6]]
    assert after[1] == PlannedPart(2, pages(4, 3, 5), plan()[1].head)


def test_what_differs_from_what_was_read_is_typed_by_a_person() -> None:
    heads = {1: {"type": "QD", "subject": "Một sửa"}, 2: {"type": "BB", "subject": "Hai"}, 3: {"number": "15"}}
    after = edited(plan(), edit(plan(), heads=heads))
    assert [part.head.typed if part.head else () for part in after] == [("subject",), (), ("number",)]
    assert after[0].head is not None
    assert after[0].head.given() == {"subject": "Một sửa"}


def test_a_form_over_a_window_leaves_the_other_pages_alone() -> None:
    shown = window(plan(), 2, 2)
    assert positions(shown) == [[3, 4]]
    starts = frozenset({"7.4"})
    after = edited(plan(), edit(shown, starts=starts, firsts={}, heads={}))
    assert positions(after) == [[1, 2, 3], [4, 5], [6]]


@pytest.mark.parametrize("order", [(), ("7.1", "7.3"), ("7.1", "7.1"), ("7.1", "8.2"), ("nonsense",)])
def test_a_form_over_other_pages_than_the_plan_has_is_stale(order: tuple[str, ...]) -> None:
    with pytest.raises(Conflict):
        edited(plan(), edit(plan(), order=order))


@pytest.mark.parametrize("sheet", ["15", "15a", "7-8", "12/2", ""])
def test_sheet_numbers_as_offices_write_them_are_taken(sheet: str) -> None:
    after = edited(plan(), edit(plan(), sheets={"7.2": sheet}))
    assert flat(after)[1].sheet == sheet
    assert flat(after)[1].typed is bool(sheet)


def test_a_sheet_number_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid):
        edited(plan(), edit(plan(), sheets={"7.2": "tờ mười"}))


def test_sheets_are_counted_on_by_page_or_by_two_sides() -> None:
    by_page = flat(numbered(plan(), place=2, first=15, per_sheet=False))
    by_sheet = flat(numbered(plan(), place=2, first=15, per_sheet=True))
    assert [page.sheet for page in by_page] == ["", "15", "16", "17", "18", "19"]
    assert [page.sheet for page in by_sheet] == ["", "15", "15", "16", "16", "17"]


def test_counting_from_a_page_that_is_not_there_is_refused() -> None:
    with pytest.raises(Invalid):
        numbered(plan(), place=7, first=1, per_sheet=False)


def test_hidden_sides_stay_counted() -> None:
    hidden = edited(plan(), edit(plan(), hidden=frozenset({"7.4"})))
    told = sums(hidden[1].pages, two_sided=True)
    assert (told.pages, told.sheets, told.hidden) == (3, 2, 1)
    assert sums(hidden[1].pages, two_sided=None).sheets is None


def test_parts_merge_and_change_places() -> None:
    assert positions(merged(plan(), 2)) == [[1, 2, 3, 4, 5], [6]]
    assert positions(merged(plan(), 1)) == positions(plan())
    assert positions(shifted(plan(), 3, -1)) == [[1, 2], [6], [3, 4, 5]]
    assert positions(shifted(plan(), 1, -1)) == positions(plan())


def test_a_page_is_laid_behind_another_one() -> None:
    assert positions(moved(plan(), 6, 1)) == [[1, 6, 2], [3, 4, 5]]
    assert positions(moved(plan(), 3, 0)) == [[3, 1, 2], [4, 5], [6]]
    assert positions(moved(plan(), 2, 2)) == positions(plan())
    with pytest.raises(Invalid):
        moved(plan(), 9, 1)


def test_blank_sides_are_hidden_beside_those_that_are() -> None:
    once = hiding(plan(), frozenset({"7.2"}))
    assert [page.key for page in flat(hiding(once, frozenset({"7.5"}))) if page.hidden] == ["7.2", "7.5"]


def test_pages_of_a_scan_that_leaves_go_with_it() -> None:
    both = (*plan(), PlannedPart(4, (*pages(1, scan=9), *pages(2, scan=9))))
    assert positions(without_scan(both, SCAN)) == [[1, 2]]


def test_a_plan_follows_the_pages_that_there_are() -> None:
    after = reconciled(plan(), [*pages(1, 3, 4, 5, 6), *pages(7)])
    assert positions(after) == [[1], [3, 4, 5], [6, 7]]


def test_ranges_read_as_people_write_them() -> None:
    assert ranges([4, 5, 6, 1, 9, 10]) == "1, 4-6, 9-10"


@given(st.permutations(list(range(6))), st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5)))
def test_no_edit_loses_or_doubles_a_page(order: list[int], starts: set[int], hidden: set[int]) -> None:
    keys = [page.key for page in flat(plan())]
    after = edited(
        plan(),
        edit(
            plan(),
            order=tuple(keys[place] for place in order),
            starts=frozenset(keys[place] for place in starts),
            hidden=frozenset(keys[place] for place in hidden),
        ),
    )
    assert sorted(page.key for page in flat(after)) == sorted(keys)
    assert all(part.pages for part in after)
    assert len({part.number for part in after}) == len(after)
    assert {page.key for page in flat(after) if page.hidden} == {keys[place] for place in hidden}

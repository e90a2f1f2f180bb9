"""An index that another version of the program made: it goes on answering and taking rows until a rebuild replaces it.
Both engines."""

from collections.abc import Callable, Iterator

import pytest

from indexer import Allowed, SearchBackend, SearchDocument, fields
from indexer.clauses import Everything
from indexer.errors import SearchOutdated
from tests.contract.search_backends import Address, ask, document, ids

TOLD = "index-older"


def documents(revision: int = 1) -> list[SearchDocument]:
    return [
        document(1, "hồ sơ mẫu", revision=revision, signer="Trần Thị Mẫu", number_text="9/QĐ-UBND", quality="scan"),
        document(2, "hồ sơ khác", revision=revision, type="QĐ", number_text="5/QĐ-UBND"),
        document(3, "hồ sơ kín", revision=revision, organisations=(2,)),
        document(4, "hồ sơ kín", revision=revision, flags=("sealed",)),
    ]


def lacking(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let the program declare its fields without these, and one that it does not have, whoever asked by them then."""
    monkeypatch.setattr("indexer.older.visible_to", lambda *_: Everything())
    old = fields.KeywordField("forgotten", lambda _: ("x",))
    monkeypatch.setattr(fields, "TEXT_FIELDS", tuple(each for each in fields.TEXT_FIELDS if each.name not in names))
    kept = tuple(each for each in fields.KEYWORD_FIELDS if each.name not in names)
    monkeypatch.setattr(fields, "KEYWORD_FIELDS", (*kept, old))
    monkeypatch.setattr(fields, "NUMBER_FIELDS", tuple(each for each in fields.NUMBER_FIELDS if each.name not in names))


@pytest.fixture
def made_without(search_address: Address) -> Iterator[Callable[..., SearchBackend]]:
    """An index that was made when these fields were not there, opened by the program of today."""
    opened: list[SearchBackend] = []

    def make(*names: str) -> SearchBackend:
        with pytest.MonkeyPatch.context() as patched:
            lacking(patched, *names)
            before = search_address.open()
            before.write(documents())
            before.close()
        opened.append(search_address.open())
        return opened[-1]

    yield make
    for backend in opened:
        backend.close()


@pytest.fixture
def older(made_without: Callable[..., SearchBackend]) -> SearchBackend:
    """An index without the signer, a facet and an order."""
    return made_without("signer", "quality", "by_number")


def codes(backend: SearchBackend, text: str = "", **facts: object) -> list[str]:
    return [note.code for note in ask(backend, text, **facts).notes]


def test_it_answers_old_questions_and_says_that_it_is_old(older: SearchBackend) -> None:
    found = ask(older, "hồ sơ")
    assert (sorted(ids(found)), found.total) == ([1, 2], 2)
    assert [note.code for note in found.notes] == [TOLD]
    assert [(bucket.value, bucket.count) for bucket in found.facets["type"]] == [("QĐ", 1)]
    assert ids(ask(older, "số:5")) == [2]
    assert older.pages([1], "mẫu") == {1: (1,)}


def test_what_it_lacks_finds_nothing(older: SearchBackend) -> None:
    assert ask(older, "người ký:Mẫu").total == 0
    assert ask(older, "hồ sơ", filters={"quality": ("scan",)}).total == 0
    assert ask(older, "hồ sơ").facets["quality"] == ()
    assert sorted(ids(ask(older, "hồ sơ", sort="number"))) == [1, 2]
    assert "signer" not in {name for hit in ask(older, "mẫu").hits for name in hit.why}


def test_who_may_see_what_holds_in_it(older: SearchBackend) -> None:
    assert ask(older, "kín").total == 0
    assert ids(ask(older, "kín", allowed=Allowed(frozenset({2})))) == [3]
    assert ids(ask(older, "hồ sơ", exclude=frozenset({1}))) == [2]


def test_it_takes_rows_and_removals(older: SearchBackend) -> None:
    assert older.write([document(9, "hồ sơ mới", signer="Lê Văn Thử")]).taken == (9,)
    assert older.write([document(1, "hồ sơ sửa", revision=2)]).taken == (1,)
    assert older.write([document(1, "cũ", revision=1)]).refused == (1,)
    assert older.remove([(2, 2)]).taken == (2,)
    assert sorted(ids(ask(older, "hồ sơ"))) == [1, 9]
    assert list(older.revisions()) == [(1, 2), (3, 1), (4, 1), (9, 1)]


def test_a_rebuild_replaces_it_while_it_answers_and_takes_rows(older: SearchBackend, search_address: Address) -> None:
    rows = {1: 1, 2: 1, 3: 1, 4: 1}
    other = search_address.open()
    assert (other.status().outdated, other.status().beside, other.status().healthy) == (True, None, True)

    def running() -> Iterator[SearchDocument]:
        yield from documents()
        during = other.status()
        assert (during.outdated, during.documents) == (True, 4)
        assert during.beside is not None
        assert codes(other, "hồ sơ") == [TOLD]
        rows.update({1: 2, 9: 1})
        del rows[2]
        other.write([document(1, "hồ sơ sửa", revision=2), document(9, "hồ sơ", signer="Lê Văn Thử")])
        other.remove([(2, 2)])
        assert sorted(ids(ask(other, "hồ sơ"))) == [1, 9]

    assert older.rebuild(running(), check=lambda: list(rows.items())).swapped
    for backend in (older, other):
        assert (backend.status().outdated, backend.status().beside) == (False, None)
        assert codes(backend, "hồ sơ") == []
        assert ids(ask(backend, "người ký:Thử")) == [9]
        assert sorted(ids(ask(backend, "hồ sơ", filters={"quality": ("text",)}))) == [1, 9]
        assert dict(backend.revisions()) == rows
    other.close()


@pytest.mark.parametrize("column", ["flags", "organisations", "case_ids", "flag_count"])
def test_one_that_cannot_tell_who_may_see_what_does_not_answer(
    made_without: Callable[..., SearchBackend], column: str
) -> None:
    backend = made_without(column)
    with pytest.raises(SearchOutdated, match=column):
        ask(backend, "hồ sơ", allowed=Allowed.everything())
    with pytest.raises(SearchOutdated):
        backend.write([document(9)])
    status = backend.status()
    assert (status.healthy, status.outdated) == (False, True)
    rows = [(row.id, row.revision) for row in documents()]
    assert backend.rebuild(documents(), check=lambda: rows).swapped
    assert (ids(ask(backend, "kín")), backend.status().healthy) == ([], True)

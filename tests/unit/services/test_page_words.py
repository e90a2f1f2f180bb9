"""Rules of the words of a slice: packed as one file, read page by page."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.page_words import Rows, pack, read_all, read_one, words_of_page

WORDS: dict[str, Rows] = {
    str(page): [[f"chữ{page}", 1.0, 2.0, 3.5, 4.0, None], ["ký", 5.0, 2.0, 7.5, 4.0, 0.3]] for page in range(26, 51)
}
WORDS["51"] = []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "words.json.gz"


def test_each_page_is_read_alone_and_all_are_read_together(path: Path) -> None:
    path.write_bytes(pack(WORDS, 3))
    assert {page: read_one(path, int(page)) for page in WORDS} == WORDS
    assert read_all(path) == WORDS
    assert read_one(path, 52) == ()


def test_the_file_is_plain_gzip_of_json_for_whoever_does_not_know_of_the_pages(path: Path) -> None:
    assert json.loads(gzip.decompress(pack(WORDS, 3))) == WORDS
    assert pack(WORDS, 3) == pack(WORDS, 3)


@pytest.mark.parametrize("words", [{}, {str(page): [] for page in range(1, 6000)}], ids=["none", "too many for a head"])
def test_a_slice_without_a_table_of_pages_is_read_whole(path: Path, words: dict[str, Rows]) -> None:
    path.write_bytes(pack(words, 1))
    assert (read_all(path), read_one(path, 5999)) == (words, words.get("5999", ()))


def test_a_slice_of_an_earlier_version_is_read(path: Path) -> None:
    path.write_bytes(gzip.compress(json.dumps(WORDS).encode()))
    assert read_one(path, 30) == WORDS["30"]


ODD = ['"', '",', '],["', "],[", "]]", "\\", 'a","b', ",0.5", "chữ", ""]


@given(st.lists(st.tuples(st.sampled_from(ODD) | st.text(max_size=5), st.sampled_from([None, 0.4, 1.0, 1e-07]))))
def test_one_word_of_a_page_is_what_it_is_among_all(tmp_path_factory: pytest.TempPathFactory, words: list[Any]) -> None:
    rows: Rows = [[text, 1.0, 2.25, 3.0, 4.5, known] for text, known in words]
    path = tmp_path_factory.mktemp("slice") / "words.json.gz"
    path.write_bytes(pack({"7": rows, "8": []}, 1))
    found = words_of_page(path, 7)
    places = range(0, len(rows), 2)
    unsure = [at for at, (_, known) in enumerate(words) if known is not None and known < 0.5]
    assert found.doubtful(0.99) == unsure
    assert (len(found), found.some(places)) == (len(rows), [rows[at] for at in places] if rows else [])
    assert found.rows == rows
    assert found.doubtful(0.99) == unsure
    assert found.some(places) == [rows[at] for at in places]

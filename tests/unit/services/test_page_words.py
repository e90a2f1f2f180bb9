"""Rules of the words of a slice: packed as one file, read page by page."""

import gzip
import json
from pathlib import Path

import pytest

from app.services.page_words import Rows, pack, read_all, read_one

WORDS: dict[str, Rows] = {
    str(page): [[f"chữ{page}", 1.0, 2.0, 3.5, 4.0, None], ["ký", 5.0, 2.0, 7.5, 4.0, 0.3]] for page in range(26, 51)
} | {"51": []}


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

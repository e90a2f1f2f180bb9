"""Real office papers of 1998 to 2009 in old fonts: their diacritics are right, and hardly a word is missing."""

from pathlib import Path

import pytest

from benchmarks.legacy import Score, score
from ingestion.detect import detect
from ingestion.engines.opening import open_reader

WHOLE, EACH = 0.99, 0.95  # share of words with all diacritics right: over all files, and in each


def _text(path: Path) -> str:
    reader = open_reader(path, detect(path))
    return "\n".join(reader.text_page(number).text for number in range(1, reader.page_count + 1))


@pytest.mark.shared
def test_diacritics_of_every_paper_are_right(legacy: Path) -> None:
    total = Score(0, 0, 0)
    poor = {}
    files = sorted((legacy / "files").iterdir())
    for path in files:
        found, _ = score((legacy / "text" / f"{path.name}.txt").read_text(encoding="utf-8"), _text(path))
        total += found
        if found.share < EACH or found.recall < 0.9:
            poor[path.name] = found
    assert files
    assert not poor
    assert total.share >= WHOLE

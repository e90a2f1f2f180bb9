"""Words with which people ask and which documents do not hold (`question_words.toml`)."""

import tomllib
from functools import cache
from pathlib import Path


@cache
def question_words() -> tuple[str, ...]:
    """Phrases as written, with accents, each of one or more syllables."""
    rows = tomllib.loads((Path(__file__).parent / "question_words.toml").read_text(encoding="utf-8"))
    return tuple(rows["phrases"])

"""One key for words that Vietnamese recognition confuses: a misread word and the true one often have the same.

How the classes were found: the public plans were made hard to read (`benchmarks/confusion.py`: out of focus or coarse,
and grainy), read again, and aligned with their true words. One fault at a time costs 2 to 13 words of 6,200. On hard
pages, what Tesseract with `vie` does to a word is, by how often: a letter lost (i beside another vowel: cai/ca; the r
of tr: tri/ti), h for b (hoi/boi), m for n (ma/na), vowels for each other (cong/cung), c, t and l for each other
(cai/tai). What is known of English text (rn for m, o for 0, vv for w, c for e, u for n) is rare by comparison, for the
recogniser knows the words it reads; those of it that change few other words are kept, and l for 1 in numbers.

Classes were kept or left out by what they find against what they bring in. With vowels as one class two fifths more is
found, and twice as much that is not there: most syllables of the language are one vowel away from another. Keys of
words with one letter left out do worse. Lost accents need no key: folded words have none.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from indexer.folding import folded_tokens

# Calibrated confidence of a page under which a word of it is doubtful below 0.9, else below 0.5. Of pages above it,
# with one fault each, the recogniser lost 15 words of 31,000, none of which a key finds, and of 1,000 words that are
# not on such a page keys of words below 0.5 bring in 7, below 0.9 40. On hard pages keys of words below 0.5, 0.7 and
# 0.9 find 17 %, 29 % and 33 % of the lost words, and bring in 25, 42 and 48 of 1,000 words of the law (22/11/2026).
HARD_PAGE = 0.92  # as `ingestion.WEAK_BELOW`
DOUBTFUL_BELOW = 0.5
DOUBTFUL_BELOW_ON_HARD_PAGE = 0.9

# Of a word that is looked for by its key; a single letter has the key of half of all single letters.
SHORTEST = 2

_CLUSTERS = (("rn", "m"), ("vv", "w"), ("tr", "t"))
_GLIDE = re.compile(r"i(?=[aoue])|(?<=[aoue])[iy]")
_LETTERS = str.maketrans("bnjlc", "hmitt")
_DIGITS = str.maketrans("iljosbz", "1110582")


def is_doubtful(word: float | None, page: float | None) -> bool:
    """Whether a word of this confidence on a page of that one (None: not recognised) is looked for by its key too."""
    if word is None:
        return False
    is_hard = page is not None and page < HARD_PAGE
    return word < (DOUBTFUL_BELOW_ON_HARD_PAGE if is_hard else DOUBTFUL_BELOW)


def unsure_words(words: Sequence[tuple[str, float | None]], page: float | None) -> tuple[str, ...]:
    """Of the words of a page with their confidence those that have keys.

    On a page that is not hard to read a word that stands there surely as well was read rightly: without these, keys of
    such pages bring in a quarter.
    """
    unsure = [text for text, confidence in words if is_doubtful(confidence, page)]
    if not unsure or (page is not None and page < HARD_PAGE):
        return tuple(unsure)
    sure = {token for text, known in words if not is_doubtful(known, page) for token in folded_tokens(text)}
    return tuple(text for text in unsure if not sure.issuperset(folded_tokens(text)))


@lru_cache(maxsize=65_536)
def key(folded: str) -> str:
    """The key of one folded token; one with a digit in it is read as a number."""
    if any(char.isdigit() for char in folded):
        return folded.translate(_DIGITS)
    for written, read in _CLUSTERS:
        folded = folded.replace(written, read)
    return _GLIDE.sub("", folded).translate(_LETTERS)


def keys_of_word(word: str) -> Iterator[str]:
    """Keys under which a word as it was recognised is indexed: of each of its tokens, and of all together where there
    are several (a number and its symbol)."""
    tokens = folded_tokens(word)
    yield from (key(token) for token in tokens if len(token) >= SHORTEST)
    if len(tokens) > 1:
        yield together(tokens)


def together(tokens: Iterable[str]) -> str:
    """The key of tokens that stand in one word."""
    return "/".join(key(token) for token in tokens)

"""One key for words that Vietnamese recognition confuses: a misread word and the true one often have the same.

How the classes were found: the public plans were made worse in the ways of `benchmarks/degrading.py` (out of focus and
grainy at once, coarse and grainy, thick and thin ink, fax), read again, and aligned with their true words. One fault at
a time costs 2 to 13 words of 6,200; of the pages that are hard to read, what Tesseract with `vie` does to a word is, by
how often: a letter lost (i beside another vowel: cai/ca, gia/ga; the r of tr: tri/ti), h for b (hoi/boi), m for n
(ma/na), o, u and a for each other (cong/cung), c for t (cai/tai). What is known of English text (rn for m, l for 1, o
for 0, vv for w, c for e, u for n) is rare by comparison, for the recogniser knows the words it reads; those of it that
change no further words are kept. All vowels as one class finds half as many words more, and twice as many false ones.
`python -m benchmarks confusion` prints what the keys find today. Lost accents need no key: folded words have none.

Keys are of folded tokens. What is indexed by its keys are words whose confidence is below `DOUBTFUL_BELOW`.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from indexer.folding import folded_tokens

# Calibrated confidence. Of words on hard pages that no search found, keys of words below 0.4 find 22 %, below 0.5 27 %,
# below 0.7 34 %; of the words that are not on such a page they bring in 3.6 %, 5.2 % and 8.2 % (22/11/2026).
DOUBTFUL_BELOW = 0.5

# Of a word that is looked for by its key; a single letter has the key of half of all single letters.
SHORTEST = 2

_CLASSES = ("il1j", "oua0", "hb", "mn", "ct", "5s")
_CLUSTERS = (("rn", "m"), ("vv", "w"), ("tr", "t"))
_GLIDE = re.compile(r"i(?=[aoue])|(?<=[aoue])[iy]")
_LETTERS = str.maketrans({letter: letters[0] for letters in _CLASSES for letter in letters})


@lru_cache(maxsize=65_536)
def key(folded: str) -> str:
    """The key of one folded token."""
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

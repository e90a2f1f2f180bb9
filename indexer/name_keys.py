"""Keys under which a person's name is found by equality: in any order of its words, by initials, with one mistake.

A name is a set of words here: Vietnamese names are written with the given name last, lists and foreign programs put it
first. Every key begins with a sign for its kind, so that all of them share one column:

- `=an nguyen van`: the words without accents, sorted;
- `-nguyen thu`: the same of a name of three words or more with one word left out, never the given name;
- `.nv an`: initials of the others (sorted) and the given name: N.V. An, Nguyễn V. An, An N.V.;
- `~lguyen van|tu`: one word as it is heard (`tr` as `ch`, `gi` as `d`, `x` as `s`, `n` as `l`) with at most one letter
  left out, beside the others. A letter replaced, left out, doubled or exchanged with
  its neighbour, on either side, gives a common key, as in the symmetric deletes of SymSpell.

A name of three words and twelve letters has about twenty keys, one of ten words and forty letters about sixty.
"""

from collections.abc import Iterator, Sequence

from indexer.folding import folded_tokens

# Of a word from which a letter may be missing; leaving one out of two makes half of all short words alike.
SHORTEST_MISTAKEN = 3

# Words of a name that are looked at; the longest names of people here have ten, all but a few at most six.
MOST_WORDS = 10

# Characters: the width of the column.
LONGEST_KEY = 200

# First letters that sound alike in a part of the country: what is heard is written with the other ones.
_HEARD = (("tr", "ch"), ("gi", "d"), ("x", "s"), ("n", "l"))

WHOLE, PART, INITIALS, MISTAKEN = "=-.~"


def keys_of_name(name: str) -> tuple[str, ...]:
    """All keys of a name as it is written (given name last), each once; none where it has no word."""
    words = folded_tokens(name)[:MOST_WORDS]
    if not words:
        return ()
    keys = [_whole(words), *_parts(words)]
    if len(words) > 1:
        keys.append(_initials(words[:-1], words[-1]))
        keys += mistaken_keys(words)
    return tuple(dict.fromkeys(key[:LONGEST_KEY] for key in keys))


def whole_keys(words: Sequence[str]) -> tuple[str, ...]:
    """Keys of folded words that may be a whole name: all of it, or initials with the given name first or last."""
    if not any(len(word) == 1 for word in words) or len(words) < 2:
        return (_whole(words),)
    last, first = _initials(words[:-1], words[-1]), _initials(words[1:], words[0])
    return tuple(dict.fromkeys((_whole(words), *(key for key in (last, first) if len(key.split(" ")[1]) > 1))))


def part_keys(words: Sequence[str]) -> tuple[str, ...]:
    """Keys of folded words that may be a name with one of its words left out."""
    return (PART + " ".join(sorted(words)),) if len(words) > 1 else ()


def mistaken_keys(words: Sequence[str]) -> tuple[str, ...]:
    """Keys that a name of these folded words shares with every name that differs by one mistake in one word."""
    found: list[str] = []
    for place, word in enumerate(words):
        others = " ".join(sorted(_heard(other) for at, other in enumerate(words) if at != place))
        found += [f"{MISTAKEN}{others}|{less}" for less in _less(_heard(word))]
    return tuple(dict.fromkeys(found))


def fits_initials(words: Sequence[str], name: Sequence[str]) -> bool:
    """Whether folded words, some of them initials, stand for the words of a name, in the order of writing or with the
    given name first."""
    if len(words) != len(name):
        return False
    orders = ((*name,), (*name[-1:], *name[:-1]))
    return any(all(_stands_for(word, full) for word, full in zip(words, order, strict=True)) for order in orders)


def _stands_for(word: str, full: str) -> bool:
    return word == full or (len(word) == 1 and full.startswith(word))


def _whole(words: Sequence[str]) -> str:
    return WHOLE + " ".join(sorted(words))


def _parts(words: Sequence[str]) -> list[str]:
    if len(words) < 3:
        return []
    return [PART + " ".join(sorted((*words[:place], *words[place + 1 :]))) for place in range(len(words) - 1)]


def _initials(others: Sequence[str], given: str) -> str:
    return f"{INITIALS}{''.join(sorted(word[0] for word in others))} {given}"


def _heard(word: str) -> str:
    for written, heard in _HEARD:
        if word.startswith(written) and len(word) > len(written):
            return heard + word[len(written) :]
    return word


def _less(word: str) -> Iterator[str]:
    yield word
    if len(word) >= SHORTEST_MISTAKEN:
        yield from (word[:place] + word[place + 1 :] for place in range(len(word)))

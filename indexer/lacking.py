"""The words that a document lacks (`Hit.lacks`) as they were typed, those that stand together told together."""

from collections.abc import Sequence

from indexer.folding import exact_tokens, spans


def as_typed(words: Sequence[str], typed: str) -> tuple[str, ...]:
    """Stretches of the question that are made of these words, in its order; a word that stands nowhere in it as given
    is told as it is, after them."""
    tokens = spans(typed)
    exact = [token.exact for token in tokens]
    taken: set[int] = set()
    others: list[str] = []
    for word in words:
        wanted = exact_tokens(word)
        size = len(wanted)
        places = [at for at in range(len(exact)) if exact[at : at + size] == wanted]
        taken.update(at + more for at in places for more in range(size))
        if not places:
            others.append(word)
    told: list[list[int]] = []
    for at in sorted(taken):
        if told and told[-1][1] == at - 1:
            told[-1][1] = at
        else:
            told.append([at, at])
    stretches = (typed[tokens[first].start : tokens[last].end] for first, last in told)
    return tuple(dict.fromkeys((*stretches, *others)))

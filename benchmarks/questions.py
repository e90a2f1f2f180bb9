"""Whole questions made from articles: a title asked for, a statement to judge, an answer to choose."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.material import Article

SEED = 2026
SENTENCE = (12, 40)  # words of a sentence that a question is made of
DROPPED = 0.35  # of the words of a sentence, each by itself
ANSWERS = 4
NEAR = 30  # articles before and after, from which wrong answers are taken

_ASKED = (
    "{} được quy định như thế nào?",
    "Theo quy định của pháp luật hiện hành, {} được quy định ra sao?",
    "Cho tôi hỏi {} là gì?",
    "{} bao gồm những gì?",
    "Pháp luật quy định về {} như thế nào, ai có thẩm quyền?",
)
_JUDGED = (
    "Có phải {} không?",
    "{} là đúng hay sai?",
    "{}, nhận định này có đúng không, vì sao?",
    "Trường hợp {} thì có được không?",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A question and the article it was made from."""

    text: str
    wanted: int


def asked(titles: Sequence[Case]) -> Iterator[Case]:
    """The titles as people ask for them."""
    chooser = random.Random(SEED)
    for one in titles:
        yield Case(chooser.choice(_ASKED).format(_small(one.text)), one.wanted)


def judged(found: Sequence[Article], count: int) -> Iterator[Case]:
    """A sentence of an article with about a third of its words left out, as a statement to judge."""
    chooser = random.Random(SEED)
    for place, words in _chosen(found, chooser, count):
        kept = " ".join(word for word in words if chooser.random() > DROPPED)
        yield Case(chooser.choice(_JUDGED).format(_small(kept)), place)


def choices(found: Sequence[Article], count: int) -> Iterator[Case]:
    """The first half of a sentence, with its second half among those of sentences of near articles."""
    chooser = random.Random(SEED)
    for place, words in _chosen(found, chooser, len(found)):
        others = [other for other in range(max(1, place - NEAR), min(len(found), place + NEAR)) if other != place]
        chooser.shuffle(others)
        answers = [words[len(words) // 2 :]]
        for other in others:
            near = sentences(found[other - 1])
            if near and len(answers) < ANSWERS:
                wrong = chooser.choice(near)
                answers.append(wrong[len(wrong) // 2 :])
        if len(answers) < ANSWERS:
            continue
        chooser.shuffle(answers)
        listed = " ".join(f"{letter}. {' '.join(answer)}" for letter, answer in zip("ABCD", answers, strict=True))
        yield Case(f"{' '.join(words[: len(words) // 2])}: {listed}", place)
        count -= 1
        if count == 0:
            return


def sentences(article: Article) -> list[list[str]]:
    """The sentences of an article that are long enough to ask with and short enough to be typed, as words."""
    parts = [part.split() for part in re.split(r"[.;\n]", article.body)]
    return [words for words in parts if SENTENCE[0] <= len(words) <= SENTENCE[1]]


def _chosen(found: Sequence[Article], chooser: random.Random, count: int) -> Iterator[tuple[int, list[str]]]:
    for place in chooser.sample(range(1, len(found) + 1), len(found)):
        long = sentences(found[place - 1])
        if long:
            yield place, chooser.choice(long)
            count -= 1
            if count == 0:
                return


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]

"""What a question is made of: the tree that `query` parses and `plan` compiles."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Note:
    """What the person should know about the question: a stable code, the part it is about, a Vietnamese sentence.

    `place` is where a part that could not be understood stands: (start, end) in characters of the typed text.
    """

    code: str
    value: str
    message: str
    place: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """One token, or several next to each other, in a text field (`all` or a named one).

    `quoted`: stood in quotation marks; `capital`: typed in capitals, as abbreviations are; `prefix`: the one token is
    the beginning of a word; `label`: begins with one letter and a point or a bracket, as answers to choose from do.
    """

    exact: tuple[str, ...]
    folded: tuple[str, ...]
    field: str = "all"
    quoted: bool = False
    capital: bool = dataclasses.field(default=False, compare=False)
    prefix: bool = False
    label: bool = dataclasses.field(default=False, compare=False)

    @property
    def is_accented(self) -> bool:
        """Whether somebody typed an accent in it."""
        return self.exact != self.folded

    @property
    def is_exactly(self) -> bool:
        """Whether nothing but these accents is meant."""
        return self.quoted and self.is_accented

    @property
    def is_plain(self) -> bool:
        """Whether these are words of no field and no phrase."""
        return self.field == "all" and not self.quoted


@dataclass(frozen=True, slots=True)
class Number:
    """A document number in any spelling: one of the keys, or (unless `keys_only`) its tokens next to each other."""

    keys: tuple[str, ...]
    text: Text
    keys_only: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """Words, each with the next one in either order and at most `distance` other words between the two."""

    words: tuple[Text, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Value:
    """One of these whole values in a keyword field."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Days:
    """A date in this range of proleptic Gregorian ordinals, ends included."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Not:
    """Not this."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of these."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """A short or long form as it was typed (`node`) and the other form that means the same."""

    node: "Node"
    other: Text


@dataclass(frozen=True, slots=True)
class And:
    """All of these; none means everything."""

    nodes: tuple["Node", ...]


Node = Text | Number | Close | Value | Days | Not | Or | Alike | And


@dataclass(frozen=True, slots=True)
class NamedNumber:
    """A number that words of a question name; `alone`: they name it and nothing else, or else the nodes from `first`
    to before `end` do."""

    keys: tuple[str, ...]
    alone: bool
    first: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A condition of its own as it was typed, `typed[start:end]`; `field` is its code, empty for words and phrases."""

    start: int
    end: int
    field: str = ""


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A question as a tree. `plain`: only words and numbers, all of which the rule of most may let go (see `loose`).

    `number` is the number that its words name ("nghị định 116", "15 qd ubnd"); `parts` are the conditions in the order
    in which they were typed; `restored` are the `runs` with the accents that were probably meant, where none was typed.
    """

    node: And
    notes: tuple[Note, ...]
    plain: bool
    accented: bool
    number: NamedNumber | None = None
    parts: tuple[Part, ...] = dataclasses.field(default=(), compare=False)
    restored: tuple[tuple[str, ...], ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether a number is asked for and nothing else."""
        if self.number is not None:
            return self.number.alone
        return len(self.node.nodes) == 1 and isinstance(self.node.nodes[0], Number)

    @property
    def numbers(self) -> tuple[str, ...]:
        """All number keys that the question names or spells."""
        keys = [key for node in self.node.nodes if isinstance(node, Number) for key in node.keys]
        return (*keys, *(self.number.keys if self.number else ()))

    @property
    def loose(self) -> tuple[int, ...]:
        """Places of the nodes that the rule of most words may let go: words and numbers, and in a plain question all;
        never a phrase, a field, a beginning, OR or what is left out."""
        return tuple(place for place, node in enumerate(self.node.nodes) if self.plain or _is_loose(node))

    def runs(self, form: str) -> Iterator[tuple[str, ...]]:
        """Tokens of plain words that follow each other, "exact" or "folded"; operators and fields end a run."""
        for run in self._runs():
            yield tuple(token for text in run for token in (text.exact if form == "exact" else text.folded))

    def labels(self) -> Iterator[frozenset[int]]:
        """Of each of the `runs` the places of the letters that label something ("A.", "b)")."""
        for run in self._runs():
            places = accumulate((len(text.folded) for text in run), initial=0)
            yield frozenset(place for place, text in zip(places, run, strict=False) if text.label)

    def _runs(self) -> Iterator[list[Text]]:
        run: list[Text] = []
        for node in _flat(self.node.nodes):
            text = node.text if isinstance(node, Number) else node
            if isinstance(text, Text) and text.field == "all" and not text.prefix:
                run.append(text)
            elif run:
                yield run
                run = []
        if run:
            yield run

    def texts(self) -> tuple[Text, ...]:
        """All texts that a document may be found by as they were typed, those after `-` left out."""
        return tuple(_positive(self.node))

    def others(self) -> tuple[Text, ...]:
        """The other forms of short and long forms in the question."""
        return tuple(node.other for node in self.node.nodes if isinstance(node, Alike))


def _flat(nodes: tuple["Node", ...]) -> Iterator["Node"]:
    """Nodes in the order of the question, short and long forms as they were typed."""
    for node in nodes:
        if not isinstance(node, Alike):
            yield node
        elif isinstance(node.node, And):
            yield from node.node.nodes
        else:
            yield node.node


def _is_loose(node: "Node") -> bool:
    if isinstance(node, Alike):
        return True
    return (isinstance(node, Text) and node.is_plain and not node.prefix) or (
        isinstance(node, Number) and not node.keys_only
    )


def positive_leaves(node: Node) -> Iterator[Text | Number]:
    """Texts and numbers in the order of the question, those after `-` left out."""
    if isinstance(node, And | Or):
        for part in node.nodes:
            yield from positive_leaves(part)
    elif isinstance(node, Alike):
        yield from positive_leaves(node.node)
    elif isinstance(node, Close):
        yield from node.words
    elif isinstance(node, Text | Number):
        yield node


def _positive(node: Node) -> Iterator[Text]:
    for leaf in positive_leaves(node):
        yield leaf.text if isinstance(leaf, Number) else leaf

"""The query language: words, "phrases", -not, OR (HOẶC), field:value. Nothing typed is ever an error.

`parse` gives a tree and notes. A part that makes no sense (an unclosed quotation mark, OR at the end, a field that
does not exist, a date that is none) is explained in a note and searched as the plain words that it consists of.
OR joins its two neighbours, as web search does: `a b OR c` is `a` and (`b` or `c`).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from config.document_types import document_types
from indexer.alike import with_other_forms
from indexer.dates import day_at, day_token, parse_days
from indexer.field_names import FIELDS_BY_NAME, LONGEST_NAME
from indexer.folding import Token, fold, folded_tokens, spans
from indexer.numbers import SPELLED, identity_numbers, named_number, number_questions
from indexer.questions import without_question_words
from indexer.tree import And, Close, Days, Node, Not, Note, Number, Or, ParsedQuery, Part, Text, Value, positive_leaves

_CODE = re.compile(r"m[aã]\s+$", re.IGNORECASE)  # "mã số: V.10" asks for a code, not for the number of a document
_OR = re.compile(r"(?:OR|HOẶC|\|)(?=\s|$)")
_LABEL = re.compile(r"\(?[a-z][.):]", re.IGNORECASE)
_NEAR = re.compile(r"~(\d{1,3})")
_CHUNK = re.compile(r'[^\s"]+')
WIDEST_NEAR = 20  # words between; about two lines
MOST_NEAR = 8  # words near each other in one pair of quotation marks: each distance and order is a phrase to look for
MOST_PREFIXES = 10  # in one question; each goes through all words of the index that begin so
SHORTEST_PREFIX = 2  # letters; one letter begins a tenth of all words

_MESSAGES = {
    "query-quote-open": "Thiếu dấu ngoặc kép đóng; phần sau được tìm như các từ thường.",
    "query-or-alone": "OR cần có từ ở cả hai bên; được bỏ qua.",
    "query-field-unknown": "Không có trường này; được tìm như từ thường.",
    "query-field-empty": "Trường này chưa có giá trị; được tìm như từ thường.",
    "query-type-unknown": "Không có loại văn bản này; được tìm như từ thường.",
    "query-year-invalid": "Năm không hợp lệ; được tìm như từ thường.",
    "query-date-invalid": "Ngày không hợp lệ (cần dạng 31/12/2025); được tìm như từ thường.",
    "query-prefix-short": "Trước dấu * cần ít nhất hai chữ cái; được tìm như từ thường.",
    "query-prefix-many": "Một câu hỏi chỉ nhận mười từ có dấu *; từ này được tìm như từ thường.",
    "query-near-alone": "Dấu ~ cần từ hai từ trở lên trong ngoặc kép; được tìm như cụm từ.",
    "query-near-long": "Trong ngoặc kép trước dấu ~ nhiều nhất tám từ; được tìm như cụm từ.",
    "query-only-not": "Câu hỏi chỉ có phần loại trừ: tìm mọi văn bản trừ những văn bản đó.",
}


@lru_cache(maxsize=64)
def parse(text: str) -> ParsedQuery:
    """The tree of a question; never raises. An empty question finds everything. A page of results asks for it several
    times."""
    return _Parser(text).run()


def as_words(text: str) -> str:
    """The question with the names of fields in it as words: a sentence has colons too ("gồm hồ sơ: A. ... B. ...").
    What is left out (`-người:An`) is no sentence and stays."""
    found = text
    for part in parse(text).parts:
        if part.field and text[part.start] != "-":
            found = f"{found[: part.start]}{found[part.start : part.end].replace(':', ' ', 1)}{found[part.end :]}"
    return found


@dataclass(slots=True)
class _Parser:
    text: str
    at: int = 0
    notes: list[Note] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    plain: bool = True
    prefixes: int = 0
    pending_or: tuple[int, int] | None = None  # where the OR stands whose right side is still to come
    parts: list[Part] = field(default_factory=list)
    named: str = ""  # the field of the part that is read

    def run(self) -> ParsedQuery:
        while self._skip_blanks():
            self._one()
        if self.pending_or:
            self._note("query-or-alone", *self.pending_or)
        nodes = tuple(self.nodes)
        if nodes and all(isinstance(node, Not) for node in nodes):
            self._note("query-only-not", 0, len(self.text))
        texts = [node.text if isinstance(node, Number) else node for node in positive_leaves(And(nodes))]
        accented = any(part.is_accented for part in texts if isinstance(part, Text))
        number = named_number(nodes) if self.plain else None
        if number is not None and number.end and not number.alone:
            typed = And(nodes[number.first : number.end])
            named = Or((typed, Value("number_keys", number.keys)))
            nodes = (*nodes[: number.first], named, *nodes[number.end :])
        if number is None or not number.alone:
            nodes, left_out = without_question_words(nodes)
            self.notes += left_out
            nodes, expanded = with_other_forms(_with_identities(nodes))
            self.notes += expanded
        plain = self.plain and bool(nodes)
        return ParsedQuery(And(nodes), tuple(self.notes), plain, accented, number, tuple(self.parts))

    def _one(self) -> None:
        """Take one operator or term at the current place."""
        joined = _OR.match(self.text, self.at)
        if joined:
            self.at = joined.end()
            self.plain = False
            if self.pending_or or not self.nodes or isinstance(self.nodes[-1], Not):
                self._note("query-or-alone", *joined.span())
            else:
                self.pending_or = joined.span()
            return
        begin = self.at
        negative = self.text[self.at] == "-" and self.text[self.at + 1 : self.at + 2].strip() != ""
        if negative:
            self.at += 1
        self.named = ""
        found = list(self._term())
        if self.at > begin:
            self.parts.append(Part(begin, self.at, self.named))
        if negative:
            self.plain = False
            self.nodes += [Not(And(tuple(found)))] if found else []
            return
        announced = self.nodes and not self.pending_or and _says_number(self.nodes[-1])
        if found and isinstance(found[0], Number) and announced:
            self.nodes.pop()  # "số 15/QĐ-UBND": the word announces the number, it need not be in the document
        if self.pending_or and found:
            left = self.nodes.pop()
            before = left.nodes if isinstance(left, Or) else (left,)
            self.nodes.append(Or((*before, found[0])))
            self.pending_or = None
            found = found[1:]
        self.nodes += found

    def _term(self) -> Iterator[Node]:
        if self.text[self.at] == '"':
            yield from self._quoted("all")
            return
        named = self._field_name()
        if named is not None:
            yield from self._field(*named)
            return
        day = day_at(self.text, self.at)
        if day:
            typed = tuple(_text(self.text[self.at : day[1]]))
            self.at = day[1]
            yield Or((*typed, Value("days", (day_token(day[0]),))))
            return
        number = SPELLED.match(self.text, self.at)
        if number:
            self.at = number.end()
            yield from _number(number.group())
            return
        yield from self._words(self._chunk())

    def _chunk(self) -> str:
        chunk = _CHUNK.match(self.text, self.at)
        if chunk is None:  # a quotation mark inside a word
            self.at += 1
            return ""
        self.at = chunk.end()
        return chunk.group()

    def _words(self, raw: str) -> Iterator[Node]:
        """A piece without blanks: one token, or several that stand together ("a/b"), or the beginning of a word."""
        if raw.endswith("*"):
            begun = next(_text(raw), None)
            is_long = begun is not None and len(begun.exact) == 1 and len(begun.exact[0]) >= SHORTEST_PREFIX
            if begun is not None and is_long and self.prefixes < MOST_PREFIXES:
                self.plain = False
                self.prefixes += 1
                yield replace(begun, prefix=True)
                return
            self._note("query-prefix-many" if is_long else "query-prefix-short", self.at - len(raw), self.at)
        if raw[:1] != '"' and self.text[self.at : self.at + 1] != '"':
            unknown = re.match(r"([^\W\d_][\w ]*):(?=\S)", raw)
            if unknown and "/" not in raw:
                begin = self.at - len(raw)
                self._note("query-field-unknown", begin, begin + unknown.end(1))
        yield from _text(raw)

    def _quoted(self, name: str) -> Iterator[Node]:
        """A phrase at a quotation mark; without an end it is plain words."""
        end = self.text.find('"', self.at + 1)
        if end < 0:
            self._note("query-quote-open", self.at, len(self.text))
            self.at += 1
            return
        begin, inside = self.at, self.text[self.at + 1 : end]
        self.at = end + 1
        self.plain = False
        near = _NEAR.match(self.text, self.at)
        if near is None:
            yield from _text(inside, name, quoted=True)
            return
        self.at = near.end()
        words = tuple(word for token in spans(inside) for word in _text(inside[token.start : token.end], name))
        if not 2 <= len(words) <= MOST_NEAR:
            self._note("query-near-long" if words[1:] else "query-near-alone", begin, self.at)
            yield from _text(inside, name, quoted=True)
            return
        yield Close(words, min(int(near[1]), WIDEST_NEAR))

    def _field_name(self) -> tuple[str, str] | None:
        """The field (code, as typed) that begins here, or None; steps over its colon."""
        window = self.text[self.at : self.at + 40]
        tokens = spans(window)
        for length in range(min(LONGEST_NAME, len(tokens)), 0, -1):
            name = tokens[:length]
            code, spelled = FIELDS_BY_NAME.get(tuple(token.folded for token in name), ("", []))
            if not code or name[0].start != 0 or not _only_blanks_between(window, name):
                continue
            if any(token.exact not in (form, token.folded) for token, form in zip(name, spelled, strict=True)):
                continue  # another word ("thời kỳ:")
            if code == "number" and _CODE.search(self.text[: self.at]):
                continue
            colon = re.compile(r"\s*:\s*").match(window, name[-1].end)
            if colon:
                typed = window[: name[-1].end]
                self.at += colon.end()
                return code, typed
        return None

    def _field(self, code: str, typed: str) -> Iterator[Node]:
        begin = self.at
        value, quoted = self._field_value(code)
        if not folded_tokens(value):
            name = self.text.rfind(typed, 0, begin)
            self._note("query-field-empty", name, self.at)
            yield from _text(typed)
            return
        node, problem = _FIELD_NODES[code](value)
        if node is None:
            self._note(problem, begin, self.at)
            yield from _text(f"{typed} {value}" if quoted else value)
            return
        self.plain = False
        self.named = code
        yield node

    def _field_value(self, code: str) -> tuple[str, bool]:
        if self.text[self.at : self.at + 1] == '"':
            end = self.text.find('"', self.at + 1)
            if end > 0:
                value = self.text[self.at + 1 : end]
                self.at = end + 1
                return value, True
            self._note("query-quote-open", self.at, len(self.text))
            self.at += 1
        number = SPELLED.match(self.text, self.at) if code == "number" else None
        if number:
            self.at = number.end()
            return number.group(), False
        return (self._chunk() if self.at < len(self.text) else ""), False

    def _skip_blanks(self) -> bool:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.at < len(self.text)

    def _note(self, code: str, start: int, end: int) -> None:
        """Explain what stands from here to there, blanks around it left out."""
        value = self.text[start:end]
        start += len(value) - len(value.lstrip())
        value = value.strip()
        self.notes.append(Note(code, value, _MESSAGES[code], (start, start + len(value))))


def _with_identities(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """The nodes, with digits in groups that make an identity number found under the whole number too; words that only
    announce it ("số CCCD 000 203 ...") need not be in the document."""
    made: list[Node] = []
    done = 0
    for at, length, digits in identity_numbers(nodes):
        before = list(nodes[done:at])
        while before and _announces_identity(before[-1]):
            before.pop()
        made += [*before, Or((And(nodes[at : at + length]), Value("identities", (digits,))))]
        done = at + length
    return (*made, *nodes[done:])


def _says_number(node: Node) -> bool:
    return isinstance(node, Text) and node.folded in {("so",), ("no",)}


def _announces_identity(node: Node) -> bool:
    return _says_number(node) or (isinstance(node, Text) and node.is_plain and node.folded in {("cccd",), ("cmnd",)})


def _only_blanks_between(window: str, name: list[Token]) -> bool:
    return all(window[one.end : two.start].strip() == "" for one, two in pairwise(name))


def _text(raw: str, name: str = "all", *, quoted: bool = False) -> Iterator[Text]:
    tokens = spans(raw)
    if tokens:
        exact, folded = tuple(token.exact for token in tokens), tuple(token.folded for token in tokens)
        yield Text(exact, folded, name, quoted, capital=raw.isupper(), label=_LABEL.match(raw) is not None)


def _number(raw: str) -> Iterator[Node]:
    text = next(_text(raw), None)
    if text is not None:
        yield Number(number_questions(raw), text)


# --- Fields ------------------------------------------------------------------------------------------------------

Built = tuple[Node | None, str]


def _words_in(name: str) -> Callable[[str], Built]:
    return lambda value: (next(_text(value, name), None), "query-field-empty")


def _person_field(value: str) -> Built:
    """All words of a name, in any order: the given name stands last in our papers, first in lists of others."""
    words = tuple(_text(value[token.start : token.end], "person") for token in spans(value))
    nodes = tuple(text for one in words for text in one)
    return (nodes[0] if len(nodes) == 1 else And(nodes)), ""


def _number_field(value: str) -> Built:
    return Number(number_questions(value), next(_text(value, "number")), keys_only=True), ""


def _type_field(value: str) -> Built:
    wanted = fold(value)
    for kind in document_types():
        if wanted in {fold(kind.code), fold(kind.name_vi), fold(kind.name_en)}:
            return Value("type", (kind.code,)), ""
    return None, "query-type-unknown"


def _year_field(value: str) -> Built:
    years = re.fullmatch(r"(\d{4})(?:(?:\.\.|-)(\d{4}))?", value.strip())
    if not years:
        return None, "query-year-invalid"
    first, last = int(years[1]), int(years[2] or years[1])
    if not first <= last <= first + 200:
        return None, "query-year-invalid"
    return Value("year", tuple(str(year) for year in range(first, last + 1))), ""


def _from_field(value: str) -> Built:
    days = parse_days(value)
    return (Days(days[0], None), "") if days else (None, "query-date-invalid")


def _to_field(value: str) -> Built:
    days = parse_days(value)
    return (Days(None, days[1]), "") if days else (None, "query-date-invalid")


def _day_field(value: str) -> Built:
    """One day, month or year, or from one to another (01/2026..30/06/2026); either end may be open."""
    first, dots, last = value.partition("..")
    begin = parse_days(first) if first else None
    end = parse_days(last if dots else first) if (last or not dots) else None
    if (first and begin is None) or (last and end is None) or not (begin or end):
        return None, "query-date-invalid"
    return Days(begin[0] if begin else None, end[1] if end else None), ""


def _identity_field(value: str) -> Built:
    return Value("identities", ("".join(folded_tokens(value)),)), ""


_FIELD_NODES: dict[str, Callable[[str], Built]] = {
    "number": _number_field,
    "type": _type_field,
    "year": _year_field,
    "body": _words_in("body"),
    "person": _person_field,
    "case": _words_in("case"),
    "from": _from_field,
    "to": _to_field,
    "signer": _words_in("signer"),
    "identity": _identity_field,
    "subject": _words_in("title"),
    "day": _day_field,
}

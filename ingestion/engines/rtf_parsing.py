"""RTF as paragraphs with their fonts.

The tokenizer is our own because letters of papers older than Unicode can only be told by the font of each run, and the
packages at hand (striprtf, pyth) drop the fonts. It is written after the RTF Specification 1.9.1. It does not recurse,
so deep nesting costs no stack; nesting beyond a limit is a broken or hostile file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from ingestion.engines.font_runs import Piece, joined
from ingestion.engines.sections import CELL, ROW, Paragraph
from ingestion.errors import Damaged
from ingestion.vietnamese.legacy import Encoding, encoding_around, is_legacy_font
from ingestion.vietnamese.normalise import normalise

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|((?:\\'[0-9a-fA-F]{2})+)|\\([^a-zA-Z])|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)",
    re.DOTALL,
)
_DEEPEST = 5_000  # groups in groups; papers have 20
_BODY, _BOXES, _NOTES, _RUNNING, _FONTS, _NOWHERE = "body", "boxes", "notes", "running", "fonts", "nowhere"

_RUNNING_WORDS = frozenset(
    ("header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"),
)
# Groups whose text is not shown. Groups that begin with \* are skipped unless known here as shown.
_SKIPPED = frozenset(
    re.findall(
        r"\w+",
        """colortbl stylesheet info pict objdata fldinst filetbl revtbl rsidtbl listtable listoverridetable generator
        template annotation atnid atnauthor atndate atnref atrfstart atrfend bkmkstart bkmkend ftnsep ftnsepc ftncn
        aftnsep aftnsepc aftncn nonshppict shprslt sp upr ud themedata colorschememapping latentstyles datastore
        xmlnstbl mmathPr nonesttables private passwordhash comment pnseclvl objclass objname objalias background tc tcn
        xe rxe falt panose fontemb userprops oldcprops docvar pgdsctbl""",
    )
)
_SHOWN_STARRED = frozenset(("shpinst", "do", "dptxbxtext", "shppict", "footnote"))
_BOX_WORDS = ("shptxt", "dptxbxtext")
_CHARACTERS = {
    "tab": "\t", "line": "\n", "lbr": "\n", "emdash": "—", "endash": "–", "emspace": " ", "enspace": " ",
    "qmspace": " ", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
}  # fmt: skip
_SYMBOLS = {"~": "\u00a0", "_": "-", "{": "{", "}": "}", "\\": "\\", "\t": "\t"}
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 255: "cp437",
}  # fmt: skip
_TCVN3_U = re.compile(r"\\'[aA][dD]")
_TO_TELL = 1_000  # paragraphs
_SYMBOL_CHARSET = 2
_WINDOWS = {byte: bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(0x80, 0xA0)}


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits and gives back at its end."""

    place: str = _BODY
    font: int = 0
    fallback: int = 1  # characters after \u that stand in for it
    deleted: bool = False
    hidden: bool = False
    in_table: bool = False
    starred: bool = False


@dataclass(slots=True)
class _Font:
    name: str = ""
    codec: str = ""


@dataclass(slots=True)
class RtfText:
    """What the file says: paragraphs of each section, of its notes and of its heads and feet, and counts."""

    sections: list[list[Paragraph]] = field(default_factory=lambda: [[]])
    notes: list[list[Paragraph]] = field(default_factory=lambda: [[]])
    running: list[list[Paragraph]] = field(default_factory=lambda: [[]])
    counts: Counter[str] = field(default_factory=Counter)


Show = Callable[[Iterable[Piece], Encoding], str]


def parse(content: bytes, show: Show = joined) -> RtfText:
    """Read the whole file; `show` makes text of the pieces of a paragraph. Raises `Damaged` where it is nested beyond
    any paper."""
    text = content.decode("latin-1")
    first = _Parser(text, show)
    found = first.result()
    around = first.encoding_of_all()
    return found if around is first.known else _Parser(text, show, around).result()


class _Parser:
    def __init__(self, text: str, show: Show, around: Encoding | None = None) -> None:
        self._text = text
        self._show = show
        self.known = around
        self._by_fonts = around is None
        self._raw: list[str] = []  # paragraphs as they come, to tell the encoding of the whole
        self._state = _State()
        self._stack: list[_State] = []
        self._fonts: dict[int, _Font] = {}
        self._codec = "cp1252"
        self._default = 0
        self._skip = 0  # stand-ins still to be dropped
        # Word writes the letter ư of TCVN3 by its code and an optional hyphen, which is not shown, as \-; LibreOffice
        # takes the letter for an optional hyphen and writes both so.
        self._optional_hyphen = "" if _TCVN3_U.search(text) else "\u00ad"
        self._half = 0  # first half of a pair of \u
        self._pieces: dict[str, list[tuple[str, str | None]]] = {
            place: [] for place in (_BODY, _BOXES, _NOTES, _RUNNING)
        }
        self._boxes: list[str] = []  # paragraphs of text boxes anchored in the paragraph that is open
        self._found = RtfText()

    def result(self) -> RtfText:
        """Run through the tokens; what the last paragraph mark leaves open is a paragraph too."""
        at = 0
        while token := _TOKEN.match(self._text, at):
            at = token.end()
            word, number, codes, symbol, brace, plain = token.groups()
            if word:
                if word == "bin":
                    at += max(0, int(number or 0))
                self._word(word, int(number) if number else None)
            elif codes:
                self._bytes(codes)
            elif symbol:
                self._symbol(symbol)
            elif brace == "{":
                self._open()
            elif brace:
                self._close()
            elif plain:
                self._plain(plain)
        for place in (_BOXES, _BODY, _NOTES, _RUNNING):
            self._paragraph(place, "", False)
        self._add_boxes(self._found.sections[-1], False)
        return self._found

    def _open(self) -> None:
        if len(self._stack) >= _DEEPEST:
            raise Damaged()
        self._stack.append(self._state)
        self._skip = 0

    def _close(self) -> None:
        left = self._state
        if self._stack:
            self._state = self._stack.pop()
        if left.place != self._state.place and left.place in (_BOXES, _NOTES, _RUNNING):
            self._paragraph(left.place, "", False)
        self._skip = 0

    def _word(self, word: str, number: int | None) -> None:
        if self._skip and word not in ("u", "uc"):
            self._skip -= 1
            return
        state = self._state
        if state.starred:
            self._state = state = replace(state, starred=False)
            if word not in _SHOWN_STARRED:
                self._state = replace(state, place=_NOWHERE)
                return
        changed = _changed(state, word, number, self._default)
        if changed is not None:
            self._state = changed
        elif word in _CHARACTERS:
            self._add(_CHARACTERS[word])
        elif word == "u" and number is not None:
            self._unicode(number & 0xFFFF)
        elif word in _ENDS:
            self._end(word)
        elif word in _SKIPPED:
            self._count(word)
            self._state = replace(state, place=_NOWHERE)
        elif word in _RUNNING_WORDS and state.place != _NOWHERE:
            self._state = replace(state, place=_RUNNING)
        elif word in _BOX_WORDS and state.place == _BODY:
            self._state = replace(state, place=_BOXES)
        elif word == "footnote" and state.place != _NOWHERE:
            self._note()
        else:
            self._rarer(word, number)

    def _note(self) -> None:
        """A footnote or endnote begins, where its mark stands in the text."""
        self._found.counts["footnote"] += 1
        mark = f"[{self._found.counts['footnote']}]"
        if self._state.place in self._pieces:
            self._pieces[self._state.place].append((mark, None))
        self._state = replace(self._state, place=_NOTES)
        self._pieces[_NOTES].append((f"{mark} ", None))

    def _rarer(self, word: str, number: int | None) -> None:
        if word == "ansicpg" and number:
            self._codec = f"cp{number}"
        elif word == "mac":
            self._codec = "mac_roman"
        elif word == "deff":
            self._default = number or 0
            self._state = replace(self._state, font=self._default)
        elif word in ("fcharset", "cpg") and self._state.place == _FONTS and number is not None:
            self._font_word(word, number)
        elif word == "deleted":
            self._count(word)
            self._state = replace(self._state, deleted=number is None or number != 0)
        else:
            self._count(word)

    def _count(self, word: str) -> None:
        if word in _COUNTED and self._state.place != _NOWHERE:
            self._found.counts[word] += 1

    def _font_word(self, word: str, number: int) -> None:
        """Inside the font table: which code page the letters of a font are in."""
        font = self._fonts.setdefault(self._state.font, _Font())
        if word == "cpg":
            font.codec = f"cp{number}"
        elif number == _SYMBOL_CHARSET:
            font.codec = "latin-1"
        elif not font.codec:
            font.codec = _CHARSETS.get(number, "")

    def _bytes(self, codes: str) -> None:
        data = bytes.fromhex(codes.replace("\\'", ""))
        dropped = min(self._skip, len(data))
        self._skip -= dropped
        data = data[dropped:]
        if data:
            self._add(self._decoded(data))

    def _decoded(self, data: bytes) -> str:
        font = self._fonts.get(self._state.font)
        if font and is_legacy_font(font.name):
            return data.decode("latin-1").translate(_WINDOWS)
        codec = (font.codec if font else "") or self._codec
        try:
            return data.decode(codec, errors="replace")
        except LookupError:
            return data.decode("cp1252", errors="replace")

    def _unicode(self, code: int) -> None:
        if 0xD800 <= code < 0xDC00:
            self._half = code
        elif 0xDC00 <= code < 0xE000:
            if self._half:
                self._add(chr(0x10000 + ((self._half - 0xD800) << 10) + code - 0xDC00))
            self._half = 0
        else:
            self._add(chr(code))
        self._skip = self._state.fallback

    def _symbol(self, symbol: str) -> None:
        if self._skip:
            self._skip -= 1
        elif symbol == "*":
            self._state = replace(self._state, starred=True)
        elif symbol == "-":
            self._add(self._optional_hyphen)
        elif symbol in "\r\n":
            self._end("par")
        elif symbol in _SYMBOLS:
            self._add(_SYMBOLS[symbol])

    def _plain(self, text: str) -> None:
        dropped = min(self._skip, len(text))
        self._skip -= dropped
        if text := text[dropped:]:
            self._add(text if text.isascii() else self._decoded(text.encode("latin-1")))

    def _add(self, text: str) -> None:
        state = self._state
        if state.place == _FONTS:
            font = self._fonts.setdefault(state.font, _Font())
            font.name = (font.name + text).split(";")[0].strip("\r\n")[:100]
        elif state.place != _NOWHERE and not state.hidden and not state.deleted:
            shown_in = self._fonts.get(state.font)
            self._pieces[state.place].append((text, shown_in.name if shown_in else None))

    def _end(self, word: str) -> None:
        state = self._state
        if state.place not in self._pieces:
            return
        if word in ("nestcell", "nestrow") or (word != "par" and state.place != _BODY):
            word = "par"
        if word == "row":
            self._paragraph(_BODY, ROW, True)
        elif word == "cell":
            self._paragraph(_BODY, CELL, True)
        else:
            self._paragraph(state.place, "", state.in_table, always=word == "par")
        if word == "sect":
            for part in (self._found.sections, self._found.notes, self._found.running):
                part.append([])

    def _around(self) -> Encoding:
        if self.known is None:  # the table of fonts stands before all text
            self.known = encoding_around(font.name for font in self._fonts.values())
        return self.known

    def encoding_of_all(self) -> Encoding:
        """What the text says as a whole, where the fonts of the file did not say it."""
        known = self._around()
        return known if known is not Encoding.UNICODE else encoding_around((), "\n".join(self._raw))

    def _paragraph(self, place: str, mark: str, in_table: bool, *, always: bool = False) -> None:
        pieces = self._pieces[place]
        if not pieces and not mark and not always:
            return
        self._pieces[place] = []
        if self._by_fonts and len(self._raw) < _TO_TELL:
            self._raw.append("".join(text for text, _ in pieces))
        text = normalise(self._show(pieces, self._around()))
        if place == _BOXES:
            self._boxes.append(text)
            return
        part = {_BODY: self._found.sections, _NOTES: self._found.notes, _RUNNING: self._found.running}[place][-1]
        if place == _BODY and mark:  # what ends a cell stands last in it
            self._add_boxes(part, in_table)
        part.append(Paragraph(text, mark, in_table and place == _BODY))
        if place == _BODY:
            self._add_boxes(part, in_table)

    def _add_boxes(self, part: list[Paragraph], in_table: bool) -> None:
        """Text boxes follow the paragraph in which they are anchored."""
        part += [Paragraph(text, "", in_table) for text in self._boxes if text.strip()]
        self._boxes.clear()


_COUNTED = frozenset(("pict", "object", "revised", "deleted"))
_ENDS = frozenset(("par", "cell", "row", "sect", "page", "nestcell", "nestrow"))


def _changed(state: _State, word: str, number: int | None, default: int) -> _State | None:
    """The state after a word that changes it; None for other words."""
    on = number is None or number != 0
    if word == "f":
        return replace(state, font=number or 0)
    if word == "plain":
        return replace(state, font=default, deleted=False, hidden=False)
    if word == "pard":
        return replace(state, in_table=False)
    if word == "intbl":
        return replace(state, in_table=True)
    if word == "uc":
        return replace(state, fallback=max(0, min(number or 0, 16)))
    if word == "v":
        return replace(state, hidden=on)
    if word == "fonttbl":
        return replace(state, place=_FONTS)
    return None

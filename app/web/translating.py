"""Keep the English catalogue: find the messages of screens and errors, update the catalogue, compile it.

`scripts/translate` runs it after texts were changed. Its output holds no dates and no line numbers, so that a change of
code that changes no text changes no catalogue. A message that still lacks its English is listed and exit code 1 given.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
PO = Path("app/web/translations/en/LC_MESSAGES/messages.po")
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
_VIETNAMESE = re.compile("[àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
_NO_TEXT = re.compile(r"[\\|]|\(\[|\.\+|^\S*$")  # patterns, codes and alphabets are no sentences
_CHANGING = rb"POT-Creation-Date|PO-Revision-Date|Generated-By|Language-Team|Last-Translator|Report-Msgid-Bugs-To"
_DATED = re.compile(rb'"(?:' + _CHANGING + rb'|Project-Id-Version): .*"\n')
_HEADER = "# English texts of the screens. Written by scripts/translate; edit msgstr only."
_FOLDERS = ("app", "doc_templates", "indexer", "ingestion")
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Text:
    """A Vietnamese text of the code; what is filled in stands as `{name}`."""

    line: int
    text: str


def is_vietnamese(text: str) -> bool:
    """Whether a text has a letter that English has not."""
    return _VIETNAMESE.search(text.lower()) is not None


def texts(tree: ast.AST) -> Iterator[Text]:
    """The Vietnamese texts of a module that are no docstrings and not yet in a call of gettext."""
    if isinstance(tree, ast.Expr) and isinstance(tree.value, ast.Constant):
        return
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in KEYWORDS:
        return
    if isinstance(tree, ast.JoinedStr):
        yield from _if_vietnamese(tree.lineno, _template(tree))
    elif isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        yield from _if_vietnamese(tree.lineno, tree.value)
    else:
        for child in ast.iter_child_nodes(tree):
            yield from texts(child)


def said(
    file: IO[bytes],
    keywords: Any,
    comment_tags: Any,
    options: Any,
) -> Iterator[tuple[int, Any, Any, Any]]:
    """A method of extraction for Babel: what goes through gettext, and every text of `texts` that is a sentence or a
    part of one."""
    yield from extract_python(file, keywords, comment_tags, options)
    file.seek(0)
    for one in texts(ast.parse(file.read())):
        if not _NO_TEXT.search(one.text):
            yield one.line, "gettext", one.text, []


def _if_vietnamese(line: int, text: str) -> Iterator[Text]:
    if is_vietnamese(text):
        yield Text(line, text)


def _template(tree: ast.JoinedStr) -> str:
    """An f-string with `{0}`, `{1}` for what is filled in."""
    parts, filled = [], 0
    for part in tree.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            parts.append(f"{{{filled}}}")
            filled += 1
    return "".join(parts)


def extract(root: Path = ROOT) -> Catalog:
    """All messages that the code and the templates use."""
    with (root / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = Catalog(charset="utf-8")

    def is_ours(folder: str) -> bool:
        parts = Path(folder).relative_to(root).parts
        return parts[0] in _FOLDERS and parts[-1] != "__pycache__"

    for _file, _line, message, _comments, context in extract_from_dir(
        root, methods, options, keywords=KEYWORDS, directory_filter=is_ours
    ):
        found.add(message, context=context)
    return found


def catalogue(root: Path = ROOT) -> Catalog:
    """The English catalogue as it lies in the tree."""
    with (root / PO).open("rb") as file:
        return read_po(file, locale="en")


def lacking(found: Catalog) -> list[str]:
    """The messages without a text, in alphabetical order."""
    return sorted(str(one.id) for one in found if one.id and not one.string)


def update(root: Path = ROOT) -> Catalog:
    """Bring the catalogue up to the code: new messages come in without a text, unused ones leave."""
    kept = catalogue(root) if (root / PO).exists() else Catalog(locale="en", charset="utf-8")
    made = Catalog(locale="en", charset="utf-8", fuzzy=False, header_comment=_HEADER)
    made.creation_date = made.revision_date = _LONG_AGO
    for one in extract(root):
        if one.id:
            known = kept.get(one.id)
            made.add(one.id, known.string if known is not None else "")
    return made


def write(found: Catalog, root: Path = ROOT) -> None:
    """Write the catalogue and its compiled form."""
    buffer = io.BytesIO()
    write_po(buffer, found, no_location=True, sort_output=True, width=0, ignore_obsolete=True)
    (root / PO).parent.mkdir(parents=True, exist_ok=True)
    (root / PO).write_bytes(_DATED.sub(b"", buffer.getvalue()))
    with (root / PO).with_suffix(".mo").open("wb") as file:
        write_mo(file, found)


def main() -> int:
    """Update and compile; list what lacks its English."""
    found = update()
    write(found)
    without = lacking(found)
    for message in without:
        sys.stdout.write(f"{message!r}\n")
    sys.stdout.write(f"{len(found)} messages, {len(without)} without English\n")
    return 1 if without else 0


if __name__ == "__main__":
    sys.exit(main())

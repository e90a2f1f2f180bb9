"""The lines of a list that is searched for: typed, pasted from a sheet, or a file. Plain text and CSV are read here;
sheets are read by the sandboxed child like every other file.
"""

import csv
import io
import re
import tempfile
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from app.backends import Backends
from app.errors import Invalid
from app.services.reading import sandbox_of
from app.services.wording import line
from indexer import parse
from indexer.folding import fold
from ingestion import ReadError, read

MOST_LINES = 2_000
LONGEST_LINE = 200  # characters; the longest name and the longest number together have half as many
LARGEST_FILE = 5_000_000  # bytes; two thousand lines with ten columns have a tenth of that
SHEETS = (".xlsx", ".xls", ".ods")
TEXTS = (".csv", ".txt", ".tsv")


class LineKind(StrEnum):
    """What the lines of a list are; `auto`: each by itself."""

    AUTO = "auto"
    NAME = "name"
    IDENTITY = "identity"
    NUMBER = "number"


_HEADS = {
    LineKind.NAME: ("ho va ten", "ho ten", "ten"),
    LineKind.IDENTITY: ("so cccd", "cccd", "so cmnd", "cmnd", "so dinh danh", "so dinh danh ca nhan", "so can cuoc"),
    LineKind.NUMBER: ("so ky hieu", "so hieu", "so, ky hieu", "so va ky hieu", "so van ban", "so quyet dinh"),
}
_BORN_HEADS = ("nam sinh", "ngay sinh", "ngay thang nam sinh", "sinh nam", "sinh ngay")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_ORDINAL = re.compile(r"\d{1,4}[.)]?")
_ITEM = re.compile(r"^\d{1,4}[.)]\s+")
_BORN = re.compile(
    r"[\s,;(]+(?:(?:sinh\s+(?:năm|nam|ngày|ngay)|(?:năm|nam|ngày|ngay)\s+sinh|(?<=[,;(])\s*sinh|sn|ns)\s*[:.]?\s*)?"
    r"(?:\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*)?((?:19|20)\d\d)\s*\)?$",
    re.IGNORECASE,
)
_IDENTITY_LENGTHS = (9, 12)  # digits of a CMND and of a CCCD

Rows = Sequence[Sequence[str]]


def typed_lines(text: str, kind: LineKind) -> list[str]:
    """The lines of a text box; lines with tabs were pasted from a sheet. Raises `Invalid`."""
    rows = [part.split("\t") for part in text.splitlines()]
    return _checked(_column(rows, kind) if any(len(row) > 1 for row in rows) else [row[0] for row in rows if row])


def file_lines(backends: Backends, name: str, content: bytes, kind: LineKind) -> list[str]:
    """The lines of a file: the column that its head or its content names. Raises `Invalid`. Slow for sheets: never
    inside a unit of work."""
    if len(content) > LARGEST_FILE:
        raise Invalid(fields={"file": f"Tệp lớn hơn {LARGEST_FILE // 1_000_000} MB. Tách thành nhiều danh sách."})
    ending = Path(name).suffix.lower()
    if ending in SHEETS:
        return _checked(_column(_sheet_rows(backends, name, content), kind))
    if ending in TEXTS:
        text = _decoded(content)
        return _checked(_column(_text_rows(text), kind)) if ending != ".txt" else typed_lines(text, kind)
    raise Invalid(fields={"file": f"Chỉ nhận tệp {', '.join((*SHEETS, *TEXTS))}."})


def name_and_year(text: str) -> tuple[str, int | None]:
    """A name without the day or year of birth beside it ("Nguyễn Văn Thử, sinh năm 1990"), and that year."""
    born = _BORN.search(text.rstrip())
    return (text[: born.start()], int(born[1])) if born else (text, None)


def kind_of(text: str) -> LineKind:
    """What one line is: digits as many as of an identity number, a name with or without a year of birth, or something
    else with a digit."""
    digits = re.sub(r"[\s.\-]", "", text)
    if digits.isascii() and digits.isdigit() and len(digits) in _IDENTITY_LENGTHS:
        return LineKind.IDENTITY
    name, year = name_and_year(text)
    is_name = year is None or (len(name.split()) > 1 and not parse(text).is_number)
    return LineKind.NUMBER if any(char.isdigit() for char in (name if is_name else text)) else LineKind.NAME


def question_of(text: str, kind: LineKind) -> str:
    """The words that the search page is asked for one line."""
    plain = text.replace('"', " ").strip()
    kind = kind_of(plain) if kind is LineKind.AUTO else kind
    if kind is LineKind.IDENTITY:
        return f"cccd:{re.sub(r'[^0-9A-Za-z]', '', plain)}"
    return f'số:"{plain}"' if kind is LineKind.NUMBER else f'"{name_and_year(plain)[0]}"'


def _sheet_rows(backends: Backends, name: str, content: bytes) -> Rows:
    with tempfile.TemporaryDirectory(prefix="hoso-list-") as folder:
        path = Path(folder) / f"list{Path(name).suffix.lower()}"
        path.write_bytes(content)
        try:
            found = read(path, sandbox=sandbox_of(backends))
        except ReadError as error:
            raise Invalid(
                fields={"file": f"Không đọc được tệp này ({error.code}). Lưu lại thành CSV rồi gửi."}
            ) from error
    tables = [table for page in found.pages for table in page.tables if table]
    if not tables:
        raise Invalid(fields={"file": "Không thấy bảng nào trong tệp."})
    return tables[0]


def _decoded(content: bytes) -> str:
    codecs = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",)
    for codec in codecs:
        try:
            return content.decode(codec)
        except UnicodeDecodeError:
            continue
    raise Invalid(fields={"file": "Tệp không phải mã UTF-8. Lưu lại thành CSV UTF-8 hoặc XLSX rồi gửi."})


def _text_rows(text: str) -> Rows:
    """CSV cut at the sign that its first line has most of."""
    first = text.partition("\n")[0]
    sign = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
    except csv.Error as error:
        raise Invalid(fields={"file": "Không đọc được tệp CSV này. Lưu lại rồi gửi."}) from error


def _column(rows: Rows, kind: LineKind) -> list[str]:
    """The column that is asked for: by the name in the head, else the first that is not a running number."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return []
    wanted = [kind] if kind in _HEADS else list(_HEADS)
    heads = [line(fold(cell)) for cell in filled[0]]
    for one in wanted:
        for head in _HEADS[one]:
            if head in heads:
                found = _cells(filled[1:], heads.index(head))
                return _with_years(found, filled, heads) if one is LineKind.NAME else found
    place = 0
    if max(len(row) for row in filled) > 1 and all(_ORDINAL.fullmatch(cell) for cell in _cells(filled[1:], 0) if cell):
        place = 1
    known = {head for several in _HEADS.values() for head in several}
    return _cells(filled[1:] if known & set(heads) else filled, place)


def _with_years(names: Sequence[str], rows: Rows, heads: Sequence[str]) -> list[str]:
    """Names with what the column of births says beside each of them."""
    place = next((heads.index(head) for head in _BORN_HEADS if head in heads), None)
    if place is None:
        return list(names)
    births = _cells(rows[1:], place)
    return [
        f"{name}, {born}" if name and _YEAR.search(born) else name for name, born in zip(names, births, strict=True)
    ]


def _cells(rows: Rows, place: int) -> list[str]:
    return [row[place].strip() if place < len(row) else "" for row in rows]


def _checked(found: Sequence[str]) -> list[str]:
    kept = [_ITEM.sub("", line(one)) for one in found]
    kept = [one for one in kept if any(char.isalnum() for char in one)]
    if not kept:
        raise Invalid(fields={"text": "Chưa có dòng nào để tìm."})
    if len(kept) > MOST_LINES:
        raise Invalid(
            fields={"text": f"Danh sách có {len(kept)} dòng; nhiều nhất {MOST_LINES} dòng. Tách thành nhiều danh sách."}
        )
    long = next((place for place, one in enumerate(kept, start=1) if len(one) > LONGEST_LINE), None)
    if long is not None:
        raise Invalid(fields={"text": f"Dòng {long} dài quá {LONGEST_LINE} ký tự; mỗi dòng chỉ một tên hoặc một số."})
    return kept

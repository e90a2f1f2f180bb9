"""The answers of a search by list as CSV or XLSX."""

from enum import StrEnum
from pathlib import Path

from app.backends import UnitOfWork
from app.models import ExportKind, ListSearch
from app.services.cells import Row, safe_row, write_csv, write_xlsx
from app.services.indexing import number_text
from app.services.list_search import Answer, answers

HEADER = ("Dòng", "Nội dung", "Kết quả", "Số văn bản", "Số người", "Người", "Số và ký hiệu", "Văn bản", "Đường dẫn")

TOO_MANY = "quá nhiều người cùng tên"


class Outcome(StrEnum):
    """What a line found, in the words of the file."""

    ONE = "thấy"
    SEVERAL = "thấy nhiều"
    NEAR = "gần giống"
    NONE = "không thấy"


def outcome(answer: Answer) -> Outcome:
    """One document, or one person of whom there is none; several of either; what is only nearly called so; nothing."""
    if answer.near:
        return Outcome.NEAR
    most = answer.documents or answer.persons
    return Outcome.NONE if most == 0 else Outcome.ONE if most == 1 else Outcome.SEVERAL


def write_answers(uow: UnitOfWork, row: ListSearch, path: Path, kind: ExportKind, *, address: str) -> int:
    """Write all answers to a file; how many there are. `address` is where documents are opened."""
    rows = [HEADER, *(_cells(answer, address) for answer in answers(uow, row))]
    safe = [safe_row(cells) for cells in rows]
    if kind is ExportKind.CSV:
        write_csv(path, safe)
    else:
        write_xlsx(path, safe, title="Tìm theo danh sách")
    return len(rows) - 1


def _cells(answer: Answer, address: str) -> Row:
    document = answer.document
    told = (number_text(document), document.title or document.file_name, f"{address}/{document.id}") if document else ()
    if answer.too_many:
        told = ("", TOO_MANY, "")
    counts = ("" if answer.too_many else str(answer.documents), str(answer.persons))
    person = answer.person.full_name if answer.person else ""
    return (str(answer.place), answer.line, outcome(answer).value, *counts, person, *(told or ("", "", "")))

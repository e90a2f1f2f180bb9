"""A work list as CSV or XLSX: the entries that the reader may see, in their order, with their notes."""

from collections.abc import Iterator
from pathlib import Path

from app.backends import UnitOfWork
from app.models import ExportKind, WorkList
from app.services.cells import Row, safe_row, write_csv, write_xlsx
from app.services.exporting import HEADER, cells_of
from app.services.searching import cases_of
from app.services.work_lists import AT_ONCE, entries

NOTE, PLACE = "Ghi chú", "Thứ tự"


def write_list(uow: UnitOfWork, row: WorkList, path: Path, kind: ExportKind, *, address: str) -> int:
    """Write a list to a file; how many documents there are in it. `address` is where documents are opened."""
    rows = list(_rows(uow, row, address))
    if kind is ExportKind.CSV:
        write_csv(path, rows)
    else:
        write_xlsx(path, rows, title="Danh sách văn bản")
    return len(rows) - 1


def _rows(uow: UnitOfWork, row: WorkList, address: str) -> Iterator[Row]:
    yield (PLACE, *HEADER, NOTE)
    offset = 0
    while True:
        part = entries(uow, row, limit=AT_ONCE, offset=offset)
        filed = cases_of(uow, [entry.document_id for entry in part.items])
        for place, entry in enumerate(part.items, start=offset + 1):
            cells = cells_of(entry.document, filed.get(entry.document_id, []), address)
            yield safe_row((str(place), *cells, entry.note))
        offset += len(part.items)
        if not part.items or offset >= part.total:
            return

"""The kinds of documents and their codes: Decree 30/2020 Appendix III and the field's own (`document_types.toml`)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DocumentType:
    """One kind of document.

    `code` is the abbreviation used in number and symbol where there is one; `heads` are the titles, in capitals,
    under which such a document announces itself; `basis` says where the code comes from.
    """

    code: str
    name_vi: str
    name_en: str
    heads: tuple[str, ...]
    basis: str


UNKNOWN = "KHAC"


@cache
def document_types() -> tuple[DocumentType, ...]:
    """All kinds, in the order of the data file (the order on the screen)."""
    rows = tomllib.loads((Path(__file__).parent / "document_types.toml").read_text(encoding="utf-8"))
    return tuple(
        DocumentType(row["code"], row["vi"], row["en"], tuple(row["heads"]), row["basis"]) for row in rows["type"]
    )


@cache
def _index() -> Mapping[str, DocumentType]:
    return {kind.code: kind for kind in document_types()}


def by_code(code: str) -> DocumentType:
    """The kind with this code; an unknown code is the kind `KHAC` (other)."""
    return _index().get(code, _index()[UNKNOWN])

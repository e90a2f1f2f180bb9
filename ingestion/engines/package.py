"""Opening what is a ZIP of XML parts (OOXML, OpenDocument) as if it were an attack.

Parts are unpacked under limits that are counted, not believed. XML is parsed without entities, without a network and
without the allowance for huge trees (lxml then stops at 256 levels and at texts of 10 MB), and a part with a document
type is refused: neither family of formats may have one, and every XML bomb needs one.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from lxml import etree  # type: ignore[import-untyped]

from ingestion.errors import Damaged, TooLarge

Element = Any  # lxml has no types of its own

MOST_PART = 64 * 1024**2  # bytes of one XML part; a tree takes ten times as much, and a child has 3 GiB
MOST_PICTURE = 128 * 1024**2  # bytes of one picture or embedded file
_MOST_ALL = 512 * 1024**2  # bytes of all parts together, as `detect` allows
_MOST_PARTS = 20_000
_USUAL_MAIN_PARTS = ("word/document.xml", "xl/workbook.xml", "ppt/presentation.xml")
_RELATIONS = "_rels/.rels"
_XML_ENDS = (".xml", ".rels", ".vml")
_ENTITIES = "The file holds XML entities, which papers never do; export it again and upload that."
_ELEMENT = re.compile(rb"<[A-Za-z_]")
_LONGEST_PROLOG = 1024 * 1024  # bytes
_DOCTYPE_WITHIN = 4_096  # bytes; a document type stands before the first element

# What zipfile and lxml raise on parts that are cut off, altered or missing.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, etree.LxmlError, RecursionError),
    *(KeyError, ValueError, TypeError, IndexError, EOFError, NotImplementedError, OSError),
)

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# The strict form of OOXML says the same under other names.
_USUAL = b"http://schemas.openxmlformats.org/"
_STRICT = tuple(
    (b"http://purl.oclc.org/ooxml/" + strict, _USUAL + usual)
    for strict, usual in (
        (b"officeDocument", b"officeDocument/2006"),
        (b"wordprocessingml/main", b"wordprocessingml/2006/main"),
        (b"spreadsheetml/main", b"spreadsheetml/2006/main"),
        (b"presentationml/main", b"presentationml/2006/main"),
        (b"drawingml", b"drawingml/2006"),
    )
)


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part refers to: the last word of the relation's type, the target (a part's name unless remote)."""

    kind: str
    target: str
    is_remote: bool


def safe_parser() -> Any:
    """A parser for XML that somebody else wrote; one for each use, since parsers keep state."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )


def parse(content: bytes) -> Element:
    """The root of an XML part. Raises `Damaged` where it is no XML or has a document type."""
    refuse_document_type(content[:_DOCTYPE_WITHIN])
    try:
        root = etree.fromstring(content, safe_parser())
    except (etree.LxmlError, ValueError) as problem:
        raise Damaged() from problem
    if root.getroottree().docinfo.internalDTD is not None:
        raise Damaged(_ENTITIES)
    return root


def refuse_document_type(content: bytes) -> None:
    """Raises `Damaged` where the part has a document type, in whatever width of letters."""
    head = content.replace(b"\0", b"")
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise Damaged(_ENTITIES)


def _usual(content: bytes) -> bytes:
    """An XML part under the names of the transitional form."""
    if b"http://purl.oclc.org/ooxml/" in content[:_DOCTYPE_WITHIN]:
        for strict, usual in _STRICT:
            content = content.replace(strict, usual)
    return content


def usual_form(path: Path, folder: Path) -> Path:
    """The same package in the transitional form, as a new file in `folder`, where it is in the strict one: libraries
    know the transitional alone. Raises `Damaged` or `TooLarge`."""
    package = Package(path)
    if not package.has(_RELATIONS) or b"http://purl.oclc.org/ooxml/" not in package.content(_RELATIONS):
        return path
    target = folder / "usual"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in package.names:
            content = package.content(name, MOST_PICTURE)
            archive.writestr(name, _usual(content) if name.lower().endswith(_XML_ENDS) else content)
    return target


def _before_first_element(stream: IO[bytes]) -> bytes:
    """The beginning of a part up to its first element, wherever comments may have pushed that."""
    head = b""
    while len(head) < _LONGEST_PROLOG and (chunk := stream.read(_DOCTYPE_WITHIN)):
        head += chunk
        if _ELEMENT.search(head.replace(b"\0", b"")):
            break
    return head


class Package:
    """An open ZIP of parts. Raises `Damaged` or `TooLarge`, when opened and with every part."""

    def __init__(self, path: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except BROKEN as problem:
            raise Damaged() from problem
        self._members = {member.filename: member for member in self._archive.infolist()}
        if len(self._members) > _MOST_PARTS:
            raise TooLarge()
        self._unpacked: dict[str, int] = {}  # bytes of the parts read so far
        self._relations: dict[str, dict[str, Relation]] = {}
        self.broken: list[str] = []

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts."""
        return tuple(self._members)

    def size(self, name: str) -> int:
        """Bytes of the part as the ZIP declares them; 0 where there is none."""
        return self._members[name].file_size if name in self._members else 0

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name in self._members

    def content(self, name: str, most: int = MOST_PART) -> bytes:
        """The bytes of a part."""
        try:
            with self._archive.open(name) as stream:
                content = stream.read(most + 1)
        except BROKEN as problem:
            raise Damaged() from problem
        self._unpacked[name] = len(content)
        if len(content) > most or sum(self._unpacked.values()) > _MOST_ALL:
            raise TooLarge()
        return content

    @contextmanager
    def stream(self, name: str) -> Iterator[IO[bytes]]:
        """A part to be read bit by bit; whoever reads it counts."""
        try:
            with self._archive.open(name) as stream:
                yield stream
        except BROKEN as problem:
            raise Damaged() from problem

    def xml(self, name: str) -> Element:
        """The root of an XML part, with the names of the transitional form."""
        return parse(_usual(self.content(name)))

    def refuse_entities(self) -> None:
        """Raises `Damaged` where any XML part has a document type: for engines that parse by themselves."""
        for name in self._members:
            if name.lower().endswith(_XML_ENDS):
                with self.stream(name) as stream:
                    refuse_document_type(_before_first_element(stream))

    def optional_xml(self, name: str | None) -> Element | None:
        """The root of a part that a reader can do without: None where there is none or it is broken (the names of
        broken ones are kept in `broken`, so that a person is told)."""
        if name is None or not self.has(name):
            return None
        try:
            return self.xml(name)
        except Damaged:
            if name not in self.broken:
                self.broken.append(name)
            return None

    def relations(self, name: str) -> dict[str, Relation]:
        """What the part of this name ("" for the package) refers to, by the id it uses."""
        if name in self._relations:
            return self._relations[name]
        folder, base = posixpath.split(name)
        root = self.optional_xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        found: dict[str, Relation] = {}
        for relation in () if root is None else root.iter(_RELATION):
            target = relation.get("Target") or ""
            remote = relation.get("TargetMode") == "External"
            if not remote:
                target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            kind = (relation.get("Type") or "").rpartition("/")[2]
            found[relation.get("Id") or ""] = Relation(kind, target, remote)
        self._relations[name] = found
        return found

    def main_part(self) -> str:
        """The part that the package is about. Raises `Damaged` where it names none that is there."""
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and self.has(relation.target):
                return relation.target
        for name in _USUAL_MAIN_PARTS:
            if self.has(name):
                return name
        raise Damaged()

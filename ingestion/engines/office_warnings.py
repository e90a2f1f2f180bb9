"""What an office file of today asks a program to do or to fetch: nothing of it is done, and a person is told."""

from __future__ import annotations

from ingestion.engines.package import Package
from ingestion.pages import Warning

_TYPES = "[Content_Types].xml"
_MACROS = ("vbaproject.bin", "vbadata.xml")
_MOST_PARTS = 5_000  # relation parts looked at


def package_warnings(package: Package) -> tuple[Warning, ...]:
    """Warnings `remote-content-ignored` and `macros-ignored` of an OOXML package (plain links are no remote content),
    and `parts-damaged` of what was missed while reading it: call it last."""
    found: list[Warning] = []
    remote = sum(_remote(package, name) for name in package.names[:_MOST_PARTS] if name.endswith(".rels"))
    if remote:
        message = (
            f"The file points to {remote} things on other machines (templates, pictures, objects); none was fetched."
        )
        found.append(Warning("remote-content-ignored", None, message))
    named = any(name.lower().rpartition("/")[2] in _MACROS or "/activex/" in name.lower() for name in package.names)
    if named or (package.has(_TYPES) and b"macroEnabled" in package.content(_TYPES)):
        found.append(Warning("macros-ignored", None, "The file holds macros or controls; they were not run."))
    return (*found, *damage_warnings(package))


def damage_warnings(package: Package) -> tuple[Warning, ...]:
    """A warning `parts-damaged` where parts that the text can do without could not be parsed."""
    if not package.broken:
        return ()
    message = f"{len(package.broken)} parts of the file are damaged; the text was read without them."
    return (Warning("parts-damaged", None, message),)


def _remote(package: Package, name: str) -> int:
    folder, _, base = name.rpartition("/")
    owner = f"{folder.removesuffix('_rels')}{base.removesuffix('.rels')}"
    relations = package.relations(owner).values()
    return sum(relation.is_remote and relation.kind != "hyperlink" for relation in relations)

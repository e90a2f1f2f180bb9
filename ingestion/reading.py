"""The questions one can ask about a file: survey, read, render, unpack, extract; each answered by a sandboxed child.

No parser is imported here: the calling process sees only JSON and pictures that the child left in a directory.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from ingestion.errors import ReadCrashed, error_from_code
from ingestion.limits import Limits, Sandbox, checked, python_program, run, take
from ingestion.packing import COPY_FILE, PASSWORD_FILE, unpacked
from ingestion.pages import (
    Attachment,
    Member,
    ReadDocument,
    Slice,
    Survey,
    signature_from_json,
    warning_from_json,
)

# Wall clock, seconds. A scanned page costs 1 to 3 s of one core; ten times that is a stuck or very busy machine.
_SURVEY_SECONDS = 180.0
_RENDER_SECONDS = 90.0
_READ_SECONDS = 120.0
_READ_SECONDS_A_PAGE = 30.0
_OPEN_END_PAGES = 250  # pages assumed where the caller does not say the last one

_ANSWER_BYTES = 512 * 1024**2
_IMAGE_BYTES = 64 * 1024**2
_COPY_BYTES = 2 * 1024**3
_MEMBER_BYTES = 2 * 1024**3
_UNPACK_SECONDS = 600.0
_UNPACK_LIMITS = Limits(wall=_UNPACK_SECONDS, file_size=_MEMBER_BYTES, output=_MEMBER_BYTES + _ANSWER_BYTES)
_IMAGE_NAME = re.compile(r"^(?:thumb|page)-[1-9][0-9]{0,5}\.webp$")


def survey(path: Path, *, sandbox: Sandbox, password: str | None = None, copy: Path | None = None) -> Survey:
    """Type, number of pages and slices of a file: at most 25 pages a slice where recognition is needed, else 250.

    Quick: text layers are looked at, nothing is recognised (about 5 ms a page). Where the bytes can be read only from
    an unlocked or repaired copy, that copy is written to `copy`; read, render and extract from it instead. Raises
    `ReadError`: `file-encrypted` where a password is needed, `password-wrong` where it is not this one.
    """
    with tempfile.TemporaryDirectory(prefix="hoso-read-") as out:
        answer = _ask_survey(path, Path(out), sandbox, password, copy)
    return _survey(answer)


def survey_and_read(
    path: Path, *, images: Path, sandbox: Sandbox, copy: Path | None = None, sha256: str | None = None
) -> tuple[Survey, ReadDocument | None]:
    """`survey`, and `read` by the same child where the file is one slice that needs no recognition, as most files of
    an office are; None where it is more. Saves the start of a child, which costs more than reading a short text, and
    the opening of the file; `sha256` as for `read`.
    """
    with tempfile.TemporaryDirectory(prefix="hoso-read-") as out:
        answer = _ask_survey(path, Path(out), sandbox, None, copy, "--read", "--images")
        _collect_images(Path(out), images)
    found = _survey(answer)
    if answer.get("read") is None:
        return found, None
    return found, _document(answer["read"], sha256=sha256 or _digest(path))


def _ask_survey(
    path: Path, out: Path, sandbox: Sandbox, password: str | None, copy: Path | None, *options: str
) -> dict[str, Any]:
    if password is not None:
        (out / PASSWORD_FILE).write_text(password, encoding="utf-8")
    answer = _ask(path, out, sandbox, _SURVEY_SECONDS, "survey", *options)
    if copy is not None and answer.get("copy") is True:
        shutil.copyfile(checked(out / COPY_FILE, most=_COPY_BYTES), copy)
    return answer


def _survey(answer: dict[str, Any]) -> Survey:
    try:
        slices = tuple(Slice(int(row["first"]), int(row["last"]), bool(row["ocr"])) for row in answer["slices"])
        warnings = tuple(warning_from_json(row) for row in answer["warnings"])
        return Survey(
            str(answer["media_type"]),
            int(answer["pages"]),
            slices,
            warnings,
            members=int(answer["members"]),
            signatures=tuple(signature_from_json(row) for row in answer["signatures"]),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise ReadCrashed() from problem


def read(
    path: Path,
    *,
    first: int = 1,
    last: int | None = None,
    images: Path | None = None,
    sandbox: Sandbox,
    sha256: str | None = None,
) -> ReadDocument:
    """Read pages `first` to `last` (1-based, inclusive; None is the end) and what they say.

    With `images`, `thumb-<n>.webp` (160 px wide) of every page read and `page-1.webp` (1000 px) of the first page of
    the file are written there, for formats that have page images. Facts are those of the pages read; for a file read
    in slices call `understand` on all its pages. `sha256` is that of the bytes where the caller knows it: taking it
    once more for every slice of a large scan takes longer than starting the child. Raises `ReadError`.
    """
    pages = (last - first + 1) if last is not None else _OPEN_END_PAGES
    seconds = _READ_SECONDS + _READ_SECONDS_A_PAGE * max(1, pages)
    options = ["--first", str(first), "--last", str(last or 0)]
    if images is not None:
        options.append("--images")
    with tempfile.TemporaryDirectory(prefix="hoso-read-") as out:
        answer = _ask(path, Path(out), sandbox, seconds, "read", *options)
        if images is not None:
            _collect_images(Path(out), images)
    return _document(answer, sha256=sha256 or _digest(path))


def render(path: Path, *, page: int, width: int, kind: Literal["webp", "png"], sandbox: Sandbox) -> bytes:
    """The picture of one page, `width` pixels wide. Raises `ReadError` (`page-no-image` for DOCX and TXT)."""
    with tempfile.TemporaryDirectory(prefix="hoso-read-") as out:
        options = ("--page", str(page), "--width", str(width), "--kind", kind)
        _ask(path, Path(out), sandbox, _RENDER_SECONDS, "render", *options)
        return take(Path(out) / f"image.{kind}", most=_IMAGE_BYTES)


def unpack(path: Path, *, out: Path, sandbox: Sandbox, password: str | None = None) -> tuple[Member, ...]:
    """Take the files inside an archive, a mail or a portfolio out into the directory `out`, one level deep.

    They are named `member-<n>` there, never by their own names; a member that cannot be taken out (too large, locked,
    damaged, a link) has a code and no path. Raises `ReadError` where the container itself cannot be opened.
    """
    with tempfile.TemporaryDirectory(prefix="hoso-read-") as folder:
        if password is not None:
            (Path(folder) / PASSWORD_FILE).write_text(password, encoding="utf-8")
        answer = _ask(path, Path(folder), sandbox, _UNPACK_SECONDS, "unpack", limits=_UNPACK_LIMITS)
        out.mkdir(parents=True, exist_ok=True)
        try:
            return tuple(_member(row, Path(folder), out) for row in answer["members"])
        except (KeyError, TypeError, ValueError) as problem:
            raise ReadCrashed() from problem


def _member(row: Any, folder: Path, out: Path) -> Member:
    name, number = str(row["name"]), int(row["number"])
    if row["code"] is not None:
        return Member(name, None, int(row["size"]), str(row["code"]), str(row["advice"]))
    target = out / f"member-{number}"
    shutil.move(checked(folder / f"member-{number}", most=_MEMBER_BYTES), target)
    return Member(name, target, target.stat().st_size)


def extract(parts: Sequence[tuple[Path, Sequence[int]]], *, sandbox: Sandbox) -> bytes:
    """One PDF of these pages: of each file the pages with these numbers (from 1), in this order. Raises `ReadError`
    (`page-no-image` for formats without pages)."""
    sources = [path for path, _ in parts]
    inputs = ["{in}", *(f"{{in{number}}}" for number in range(1, len(sources)))]
    options = [
        part
        for place, (_, pages) in zip(inputs, parts, strict=True)
        for part in ("--part", place, ",".join(str(page) for page in pages))
    ]
    with tempfile.TemporaryDirectory(prefix="hoso-read-") as out:
        _ask(sources[0], Path(out), sandbox, _READ_SECONDS, "extract", *options, more=sources[1:])
        return take(Path(out) / "extract.pdf", most=_COPY_BYTES)


def _ask(
    path: Path,
    out: Path,
    sandbox: Sandbox,
    seconds: float,
    question: str,
    *options: str,
    more: Sequence[Path] = (),
    limits: Limits | None = None,
) -> dict[str, Any]:
    program = python_program("ingestion.child", question, "{in}", "{out}", *options)
    out.chmod(0o700)
    run(program, source=path, out=out, sandbox=sandbox, limits=limits or Limits(wall=seconds), more=more)
    try:
        answer = json.loads(take(out / "answer.json", most=_ANSWER_BYTES))
    except (ValueError, RecursionError) as problem:
        raise ReadCrashed() from problem
    if not isinstance(answer, dict):
        raise ReadCrashed()
    if "error" in answer:
        raise _reported(answer["error"])
    return answer


def _reported(error: Any) -> Exception:
    if not isinstance(error, dict):
        return ReadCrashed()
    page = error.get("page")
    advice = error.get("advice")
    return error_from_code(
        str(error.get("code")), str(advice) if advice else None, page if isinstance(page, int) else None
    )


def _document(answer: dict[str, Any], *, sha256: str) -> ReadDocument:
    try:
        return ReadDocument(
            media_type=str(answer["media_type"]),
            sha256=sha256,
            page_count=int(answer["page_count"]),
            pages=tuple(unpacked(row) for row in answer["pages"]),
            attachments=tuple(Attachment(str(row["name"]), int(row["size"])) for row in answer["attachments"]),
            warnings=tuple(warning_from_json(row) for row in answer["warnings"]),
            signatures=tuple(signature_from_json(row) for row in answer["signatures"]),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise ReadCrashed() from problem


def _collect_images(out: Path, images: Path) -> None:
    names: Sequence[str] = sorted(entry.name for entry in out.iterdir() if _IMAGE_NAME.match(entry.name))
    images.mkdir(parents=True, exist_ok=True)
    for name in names:
        (images / name).write_bytes(take(out / name, most=_IMAGE_BYTES))


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

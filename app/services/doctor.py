"""What is installed, missing or degraded (`hoso doctor`), and the short answer for `GET /health`."""

import shutil
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.backends import Backends
from app.services.indexing import behind
from config.settings import SandboxMode, Settings
from doc_templates.pdf import paper_font
from indexer.errors import SearchError
from ingestion import ocr_status, sandbox_status

LEAST_ROOM = 1_000_000_000  # bytes free in the data directory before it is shown as degraded


class State(StrEnum):
    """How a part is."""

    OK = "ok"
    DEGRADED = "degraded"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part, how it is, and what to do about it."""

    name: str
    state: State
    detail: str


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Look at every part, each on its own."""
    backends = Backends.from_settings(settings)
    try:
        return (
            _database(backends),
            _search(backends),
            _room(settings),
            _sandbox(settings),
            _ocr(),
            _program("soffice", "libreoffice-writer", "PDF of papers cannot be made"),
            _font(),
        )
    finally:
        backends.close()


def health(backends: Backends) -> str:
    """`up`, `degraded` (search does not answer) or `down` (no database): nothing else is told."""
    if _database(backends).state is not State.OK:
        return "down"
    return "up" if _answers(backends) else "degraded"


def _answers(backends: Backends) -> bool:
    """Whether questions are answered; one of another version answers while it is written anew."""
    try:
        return backends.search.status().healthy
    except SearchError:
        return False


def _database(backends: Backends) -> Finding:
    kind = backends.writer.dialect.name
    try:
        with backends.read() as uow:
            uow.session.execute(text("SELECT 1"))
            waiting = behind(uow)
    except SQLAlchemyError as error:
        return Finding("database", State.MISSING, f"{kind}: {type(error).__name__}; run `hoso init`")
    return Finding("database", State.OK, f"{kind}, {waiting} documents waiting for the index")


def _search(backends: Backends) -> Finding:
    try:
        status = backends.search.status()
    except SearchError as error:
        return Finding("search", State.DEGRADED, f"{error.code}: {error.advice}")
    state = State.OK if status.healthy and not status.outdated else State.DEGRADED
    found = f"{status.kind}, {status.documents} documents {status.detail}".strip()
    if status.beside is not None:
        found += f"; a new index is being written beside it, {status.beside} documents so far"
    elif status.outdated:
        found += "; made by another version or damaged: the workers write it anew, or run `hoso reindex`"
    return Finding("search", state, found)


def _room(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.home).free
    state = State.OK if free >= LEAST_ROOM else State.DEGRADED
    return Finding("disk", state, f"{free // 1_000_000} MB free in the data directory")


def _sandbox(settings: Settings) -> Finding:
    status = sandbox_status()
    if status.available:
        return Finding("sandbox", State.OK, "files are read in an isolated process")
    state = State.MISSING if settings.sandbox is SandboxMode.REQUIRED else State.DEGRADED
    return Finding("sandbox", state, f"not available: {status.reason}; files are read with resource limits alone")


def _ocr() -> Finding:
    status = ocr_status()
    if status.available:
        return Finding("recognition", State.OK, status.reason or "Tesseract with Vietnamese")
    return Finding("recognition", State.MISSING, f"{status.reason}; apt-get install tesseract-ocr tesseract-ocr-vie")


def _program(name: str, package: str, consequence: str) -> Finding:
    where = shutil.which(name)
    if where is None:
        return Finding(name, State.MISSING, f"{consequence}; apt-get install {package}")
    return Finding(name, State.OK, where)


def _font() -> Finding:
    """The font of papers: one that has the Vietnamese letters, with the widths of Times New Roman."""
    found = paper_font()
    if found is None:
        return Finding("font", State.DEGRADED, "fontconfig is missing; apt-get install fontconfig fonts-liberation2")
    if not found.vietnamese:
        advice = f"{found.family} lacks Vietnamese letters; apt-get install fonts-liberation2"
        return Finding("font", State.DEGRADED, advice)
    return Finding("font", State.OK, f"Times New Roman is shown with {found.family}")

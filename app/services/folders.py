"""Watched folders: what a scanner or a colleague drops there is taken in for one organisation, in one account's name.

A file counts when its size and date have stood still between two looks and it can be read whole. It is claimed by
renaming it into the place of the watcher in `.dang-nhan/` of the folder, which only one watcher can do, then taken in,
then moved to `done/`, or to `failed/` with a text that says why. What could not be taken goes back to where it lay.
Nothing is ever deleted. Looking works on network shares too: nothing but listing and renaming is asked of them.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from sqlalchemy import select

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.errors import FileRefused, FolderUnfit, HosoError, Invalid, NotFound
from app.models import IntakeSource, Organisation, User, WatchedFolder
from app.services import intake, receipts
from app.services.access import Act, require, role_allows
from app.services.claiming import runner_lives, runner_name
from app.services.file_names import kept_name
from app.storage import Stored
from config.settings import Settings

log = structlog.get_logger()

DONE, FAILED, TAKING = "done", "failed", ".dang-nhan"
MOST_AT_ONCE = 200  # files of one look and batch; the others wait for the next look
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart", ".lock")
_LONGEST_NAME = 255  # bytes of one name on the file systems of Linux and Windows


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one folder: files taken in, refused, and still being written."""

    folder: int
    taken: int
    refused: int
    unfinished: int


@dataclass(slots=True)
class Watcher:
    """Looks at all watched folders again and again; remembers what it saw, so that it knows what stood still."""

    backends: Backends
    _seen: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def look(self) -> list[Look]:
        """One look at every active folder. A folder that cannot be looked at says why in its row."""
        with self.backends.read(SYSTEM) as uow:
            ids = list(uow.session.scalars(select(WatchedFolder.id).where(WatchedFolder.active)))
        found = []
        for folder_id in ids:
            try:
                found.append(self._look_at(folder_id))
            except OSError as error:
                log.warning("folder.unreachable", folder=folder_id, error=type(error).__name__)
                _note(self.backends, folder_id, f"Không đọc được thư mục: {error.strerror or type(error).__name__}.")
        return found

    def _look_at(self, folder_id: int) -> Look:
        with self.backends.read(SYSTEM) as uow:
            folder = uow.session.get_one(WatchedFolder, folder_id)
            path, user = Path(folder.path), uow.session.get(User, folder.user_id)
            problem = _account_problem(user, folder)
        if problem or user is None:
            _note(self.backends, folder_id, problem)
            return Look(folder_id, 0, 0, 0)
        for name in (DONE, FAILED, TAKING):
            (path / name).mkdir(exist_ok=True)
        _give_back(path)
        ready, unfinished = self._ready(path)
        claimed = [(name, taken) for name in ready[:MOST_AT_ONCE] if (taken := _claim(path, name)) is not None]
        try:
            received, refused, problem = _take_in(self.backends, user, path, claimed)
        finally:
            _put_back(path, path / TAKING / runner_name())  # also where the database went away
        _note(self.backends, folder_id, problem)
        return Look(folder_id, received, refused, unfinished)

    def _ready(self, path: Path) -> tuple[list[str], int]:
        """Names below the folder whose size and date are those of the look before and that open; how many are not."""
        ready, unfinished, present = [], 0, set()
        for file in _files(path):
            present.add(file)
            try:
                found = file.stat(follow_symlinks=False)
                state = (found.st_size, found.st_mtime_ns)
                with file.open("rb"):
                    stood_still = self._seen.get(file) == state
            except OSError:
                unfinished += 1  # held by its writer, or gone again
                continue
            self._seen[file] = state
            if stood_still:
                ready.append(str(file.relative_to(path)))
            else:
                unfinished += 1
        for gone in [file for file in self._seen if file.is_relative_to(path) and file not in present]:
            del self._seen[gone]
        return ready, unfinished


def own_places(settings: Settings) -> tuple[Path, ...]:
    """The directories in which the records themselves lie: nothing there is a file that somebody dropped."""
    return settings.home, settings.store


def add_folder(
    uow: UnitOfWork, *, path: Path, organisation: Organisation, user: User, apart_from: Sequence[Path]
) -> WatchedFolder:
    """Watch a folder for an organisation in the name of one of its accounts.

    Raises `FolderUnfit` where it lies in one of the places that it is to be `apart_from` or in a watched folder, or
    holds one of them; `Invalid` where it is not there, and where the account is of another organisation or may not take
    files in.
    """
    require(uow, Act.SYSTEM_RUN)
    resolved = path.resolve()
    if not resolved.is_dir():
        raise Invalid(fields={"path": f"{resolved}: không có thư mục này."})
    if any(_overlap(resolved, place) for place in apart_from):
        raise FolderUnfit(f"{resolved}: thư mục này trùng hoặc lồng với thư mục dữ liệu của hệ thống.")
    for watched in uow.session.scalars(select(WatchedFolder.path)):
        if _overlap(resolved, Path(watched)):
            raise FolderUnfit(f"{resolved}: thư mục này trùng hoặc lồng với {watched} đang được theo dõi.")
    folder = WatchedFolder(path=str(resolved), organisation_id=organisation.id, user_id=user.id, created_at=uow.now)
    problem = _account_problem(user, folder)
    if problem:
        raise Invalid(fields={"account": problem})
    uow.session.add(folder)
    uow.session.flush()
    uow.record("folder.watched", "organisation", organisation.id, folder=folder.id)
    return folder


def _overlap(folder: Path, place: Path) -> bool:
    """Whether one of the two is the other or lies in it, links followed."""
    place = place.resolve()
    return folder.is_relative_to(place) or place.is_relative_to(folder)


def remove_folder(uow: UnitOfWork, *, path: Path) -> None:
    """Watch a folder no longer; what lies in it stays. Raises `NotFound`."""
    require(uow, Act.SYSTEM_RUN)
    folder = uow.session.scalar(select(WatchedFolder).where(WatchedFolder.path == str(path.resolve())))
    if folder is None:
        raise NotFound(f"{path}: thư mục này không được theo dõi.")
    uow.record("folder.unwatched", "organisation", folder.organisation_id, folder=folder.id)
    uow.session.delete(folder)


def folders(uow: UnitOfWork) -> list[WatchedFolder]:
    """The watched folders of one's own organisation; all of them for the operator."""
    require(uow, Act.DOCUMENT_UPLOAD)
    query = select(WatchedFolder).order_by(WatchedFolder.path)
    if uow.actor.organisation_id is not None:
        query = query.where(WatchedFolder.organisation_id == uow.actor.organisation_id)
    return list(uow.session.scalars(query))


def _account_problem(user: User | None, folder: WatchedFolder) -> str:
    """Why nothing can be taken in through this folder; empty where it can."""
    if user is None or not user.active:
        return "Tài khoản nhận tệp đã khóa; chọn tài khoản khác cho thư mục này."
    if user.organisation_id != folder.organisation_id:
        return "Tài khoản nhận tệp không thuộc cơ quan của thư mục này."
    if not role_allows(user.role, Act.DOCUMENT_UPLOAD):
        return "Vai trò của tài khoản này không được tiếp nhận tệp."
    return ""


def _files(path: Path) -> Iterator[Path]:
    """Ordinary files below the folder that nobody marks as unfinished, in the order of their names; links are not
    followed."""
    for where, names, files in os.walk(path, followlinks=False):
        here = Path(where)
        top = here == path
        names[:] = sorted(n for n in names if not n.startswith(".") and not (top and n in (DONE, FAILED)))
        for name in sorted(files):
            file = here / name
            unfinished = name.startswith((".", "~$")) or name.lower().endswith(_UNFINISHED)
            if not unfinished and file.is_file() and not file.is_symlink():
                yield file


def _claim(path: Path, name: str) -> Path | None:
    """Take a file out of the reach of other watchers; None where one of them was quicker, or where it cannot be moved:
    the others go on."""
    target = path / TAKING / runner_name() / name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        (path / name).rename(target)
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("folder.file-stays", error=type(error).__name__)
        return None
    return target


def _give_back(path: Path) -> None:
    """Put back what a watcher had claimed that lives no longer; it is taken in again, as a duplicate where it was."""
    for place in (path / TAKING).iterdir():
        is_runner = place.name.count(":") >= 2 and place.name.rsplit(":", 2)[1].isdecimal()
        if is_runner and runner_lives(place.name) is False:
            _put_back(path, place)


def _put_back(path: Path, place: Path) -> None:
    """Move all that lies in the place of a watcher back to where it was, and take the empty place away."""
    for where, folders_below, files in os.walk(place, topdown=False, followlinks=False):
        for name in files:
            file = Path(where) / name
            try:
                _move(file, path, str(file.relative_to(place)))
            except FileNotFoundError:
                log.info("folder.given-back-by-another")
        for name in folders_below:
            _remove_empty(Path(where) / name)
    _remove_empty(place)


def _remove_empty(place: Path) -> None:
    try:
        place.rmdir()
    except OSError as error:  # not there, or another watcher is at it
        log.debug("folder.place-stays", error=type(error).__name__)


def _take_in(backends: Backends, user: User, path: Path, claimed: Iterable[tuple[str, Path]]) -> tuple[int, int, str]:
    """Receive claimed files as one batch; (taken, refused, what keeps the folder from being emptied). What is not taken
    stays claimed."""
    batch_id: int | None = None
    taken = refused = 0
    problem = ""
    for name, file in claimed:
        try:
            stored = _stored(backends, file)
            batch_id = _received(backends, user, batch_id, name, stored)
        except FileRefused as error:
            batch_id = _received(backends, user, batch_id, name, error)
            _explain(_move(file, path / FAILED, name), error)
            refused += 1
        except HosoError as error:
            return taken, refused, error.message
        except OSError as error:  # this one cannot be read now; the others can
            problem = f"Không đọc được {kept_name(name)}: {error.strerror or type(error).__name__}."
        else:
            _move(file, path / DONE, name)
            taken += 1
    return taken, refused, problem


def _stored(backends: Backends, file: Path) -> Stored:
    """The bytes of a claimed file, never those behind a link that somebody put in its place."""
    with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as stream:
        limit = backends.settings.max_upload_bytes
        if os.fstat(stream.fileno()).st_size > limit:  # nothing of it is copied first
            raise FileRefused.too_large(limit)
        return backends.store.put(stream, limit=limit)


def _received(backends: Backends, user: User, batch_id: int | None, name: str, what: Stored | FileRefused) -> int:
    """Write one arrival; the batch is opened with the first of them, so that a look without any leaves nothing."""
    with backends.begin(user.actor()) as uow:
        opened = None if batch_id is None else receipts.batch(uow, batch_id)
        batch = opened or intake.open_batch(uow, source=IntakeSource.FOLDER)
        if isinstance(what, Stored):
            intake.receive(uow, batch, name=name, stored=what)
        else:
            intake.refuse(uow, batch, name=name, error=what)
        return batch.id


def _move(file: Path, folder: Path, name: str) -> Path:
    """Move a file to this name below the folder, or to the next free one; nothing is overwritten."""
    wanted = folder / name
    try:
        wanted.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):  # a file has the name of the folder in which this one lay
        wanted = folder / wanted.name
    target, number = wanted, 1
    while True:
        try:
            os.link(file, target, follow_symlinks=False)
        except FileNotFoundError:
            raise
        except FileExistsError:
            number += 1
            target = wanted.with_name(_named(wanted.stem, f" ({number}){wanted.suffix}"))
        except OSError:  # a share without hard links: the look for a free name and the move are two steps there
            while os.path.lexists(target):
                number += 1
                target = wanted.with_name(_named(wanted.stem, f" ({number}){wanted.suffix}"))
            file.rename(target)
            return target
        else:
            file.unlink()
            return target


def _named(stem: str, end: str) -> str:
    """A name with this end, its beginning shortened where a file system would not take it."""
    while stem and len(os.fsencode(stem + end)) > _LONGEST_NAME:
        stem = stem[:-1]
    return stem + end


def _explain(file: Path, error: HosoError) -> None:
    """A text beside a refused file that says why and what to do; no file of that name is overwritten."""
    text = f"{kept_name(file.name)}\n{error.code}\n{error.message}\n{error.advice}\n"
    number = 1
    while True:
        end = ".txt" if number == 1 else f" ({number}).txt"
        try:
            with file.with_name(_named(file.name, end)).open("x", encoding="utf-8") as out:
                out.write(text)
        except FileExistsError:
            number += 1
        else:
            return


def _note(backends: Backends, folder_id: int, problem: str) -> None:
    """Write into the row of a folder that it was looked at, and what is wrong with it; only when that changes or a
    minute has passed, since a look comes every few seconds."""
    with backends.read(SYSTEM) as uow:
        folder = uow.session.get(WatchedFolder, folder_id)
        if folder is None:
            return
        looked = folder.looked_at
        if folder.problem == problem[:300] and looked and (uow.now - looked).total_seconds() < 60:
            return
    with backends.begin(SYSTEM) as uow:
        folder = uow.session.get(WatchedFolder, folder_id)
        if folder is not None:
            folder.looked_at, folder.problem = uow.now, problem[:300]

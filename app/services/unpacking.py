"""Files inside files: taken out of an archive, a mail or a portfolio, kept, and delivered as arrivals of their own.

Taking out (job UNPACK) belongs to the stored bytes and is done once. Delivering belongs to each arrival of them: every
file inside becomes an arrival of the same batch, in the name of who sent the container, and goes the one way in. It is
a part of the job FINISH, may be done again at any time, and the container waits in its receipt until it is over.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import Select, delete, func, select

from app.actor import OPERATOR, SYSTEM, Actor
from app.backends import Backends, UnitOfWork
from app.errors import ArchiveTooDeep, FileRefused, HosoError
from app.jobs import ALL, Job
from app.models import (
    UNPACK_FIRST,
    Batch,
    FileMember,
    Intake,
    Outcome,
    Reading,
    ReadingState,
    StoredFile,
    User,
)
from app.services.claiming import answered, give_up, still_mine, take
from app.services.containers import undelivered
from app.services.file_names import kept_name
from app.services.intake import count_failed, hold_files, receive, stored_file
from app.services.reading import reading_source, sandbox_of
from app.storage import Stored
from ingestion import unpack
from ingestion.errors import ArchiveTooMany

log = structlog.get_logger()

DEEPEST = 5  # containers inside one another that are opened; cabinets are zipped twice at most, mails forwarded thrice
MOST_IN_BATCH = 10_000  # arrivals: a cabinet has some thousands; more is an attack or a mistake
AT_ONCE = 50  # arrivals written in one unit of work, so that nobody waits long for the database
_UNNAMED = "tệp không tên"
_TOO_MANY = "Một lần tiếp nhận có tối đa 10.000 tệp; các tệp còn lại trong tệp này chưa được nhận. Tải lên riêng."


@dataclass(frozen=True, slots=True)
class Inside:
    """A file inside a container: its bytes in the store, or why they are not there."""

    name: str
    stored: Stored | None
    code: str | None
    message: str


def unpack_file(backends: Backends, reading_id: int) -> None:
    """Take the files inside a stored file out and keep them (job UNPACK)."""
    claim = take(backends, Reading.id == reading_id, Reading.first == UNPACK_FIRST)
    if claim is None:
        return
    if not _is_wanted(backends, claim.file_id):
        with backends.begin(SYSTEM) as uow:
            reading = still_mine(uow, claim)
            if reading is not None:
                give_up(uow, reading, code=ArchiveTooDeep.code, advice=ArchiveTooDeep.advice)
        return
    found = answered(backends, claim, lambda: take_out(backends, claim.sha256))
    if found is None:
        return
    with backends.begin(SYSTEM) as uow:
        reading = still_mine(uow, claim)
        if reading is None:
            return
        keep_members(uow, reading.file, found)
        reading.state = ReadingState.DONE
        uow.defer(Job.FINISH, claim.file_id)
    log.info("file.unpacked", file=claim.file_id, members=len(found))


def take_out(backends: Backends, sha256: str, *, password: str | None = None) -> list[Inside]:
    """The files inside, with their bytes in the store. Slow: outside any unit of work. Raises `ReadError`."""
    with backends.store.open(sha256), tempfile.TemporaryDirectory(prefix="hoso-") as folder:
        source = reading_source(backends.store, sha256)
        if password is not None:
            source = backends.store.path(sha256)
        members = unpack(source, out=Path(folder), sandbox=sandbox_of(backends), password=password)
        return [_kept(backends, m.name, m.path, m.code, m.advice) for m in members]


def _kept(backends: Backends, name: str, path: Path | None, code: str | None, advice: str) -> Inside:
    if path is None:
        return Inside(name, None, code or FileRefused.code, advice)
    try:
        return Inside(name, backends.store.put_path(path), None, "")
    except FileRefused as error:
        return Inside(name, None, error.code, error.message)
    finally:
        path.unlink(missing_ok=True)


def keep_members(uow: UnitOfWork, container: StoredFile, found: Sequence[Inside]) -> None:
    """Write what lies inside a container, in its order, in place of what was known of it."""
    rows = {one.stored.sha256: one.stored for one in found if one.stored is not None}
    files = {sha256: stored_file(uow, rows[sha256]) for sha256 in sorted(rows)}
    uow.session.execute(delete(FileMember).where(FileMember.container_id == container.id))
    for position, one in enumerate(found, start=1):
        file = files[one.stored.sha256] if one.stored else None
        uow.session.add(
            FileMember(
                container_id=container.id,
                position=position,
                name=(kept_name(one.name) or _UNNAMED)[:500],
                stored_file_id=None if file is None else file.id,
                code=one.code,
                message=one.message[:500],
            )
        )
    uow.session.flush()


def _is_wanted(backends: Backends, file_id: int) -> bool:
    """Whether an arrival of this container lies at a depth at which containers are opened."""
    with backends.read(SYSTEM) as uow:
        waiting = uow.session.scalars(undelivered().where(Intake.stored_file_id == file_id)).all()
        return not waiting or any(depth_of(uow, item) < DEEPEST for item in waiting)


def depth_of(uow: UnitOfWork, item: Intake) -> int:
    """In how many containers an arrival came; 0 for one that was sent itself."""
    depth = 0
    above = item.parent_id
    while above is not None and depth <= DEEPEST:
        above, depth = uow.session.scalar(select(Intake.parent_id).where(Intake.id == above)), depth + 1
    return depth


def deliverable() -> Select[int | None]:
    """The containers that were taken out, or given up, and have arrivals that wait for their files."""
    over = (ReadingState.DONE, ReadingState.FAILED)
    opened = select(Reading.stored_file_id).where(Reading.first == UNPACK_FIRST, Reading.state.in_(over))
    going = select(Reading.stored_file_id).where(Reading.first == UNPACK_FIRST, Reading.state.not_in(over))
    files = Intake.stored_file_id
    waiting = undelivered().where(files.in_(opened), files.not_in(going))
    return waiting.with_only_columns(files).order_by(None).distinct()


def deliver_members(backends: Backends, file_id: int) -> None:
    """Let the files inside a container arrive, for every arrival of it that waits for them."""
    while _deliver_some(backends, file_id):
        pass


def _deliver_some(backends: Backends, file_id: int) -> bool:
    """Deliver the next few; says whether there may be more."""
    with backends.read(SYSTEM) as uow:
        item = _next(uow, file_id)
        if item is None:
            return False
        after = _delivered(uow, item)
        members = _members(uow, file_id, after)
        due = [Stored(m.sha256, m.size) for _, m in members if m is not None]
        container = uow.session.get_one(StoredFile, file_id)
        due.append(Stored(container.sha256, container.size))
    with backends.begin(SYSTEM) as uow:
        hold_files(uow, due)  # the container's own row among them: one process at a time
        item = _next(uow, file_id)
        if item is None or _delivered(uow, item) != after:
            return item is not None
        _deliver(uow, item, members)
    return True


def _next(uow: UnitOfWork, file_id: int) -> Intake | None:
    if uow.session.scalar(deliverable().where(Intake.stored_file_id == file_id).limit(1)) is None:
        return None
    return uow.session.scalars(undelivered().where(Intake.stored_file_id == file_id).limit(1)).first()


def _delivered(uow: UnitOfWork, item: Intake) -> int:
    return uow.session.scalar(select(func.count()).where(Intake.parent_id == item.id)) or 0


def _members(uow: UnitOfWork, file_id: int, after: int) -> list[tuple[FileMember, StoredFile | None]]:
    rows = uow.session.execute(
        select(FileMember, StoredFile)
        .outerjoin(StoredFile, StoredFile.id == FileMember.stored_file_id)
        .where(FileMember.container_id == file_id, FileMember.position > after)
        .order_by(FileMember.position)
        .limit(AT_ONCE)
    ).all()
    return [(member, file) for member, file in rows]


def _deliver(uow: UnitOfWork, item: Intake, members: Sequence[tuple[FileMember, StoredFile | None]]) -> None:
    """The next members of one arrival; at the end, or where they may not arrive, say so."""
    if depth_of(uow, item) >= DEEPEST:
        _give_up(item, ArchiveTooDeep.code, ArchiveTooDeep.advice)
        return
    if not members:
        _close_delivery(uow, item)
        return
    taken = uow.session.scalar(select(func.count()).where(Intake.batch_id == item.batch_id)) or 0
    room = MOST_IN_BATCH - taken
    sender = uow.acting_as(sender_of(uow, item.batch))
    for member, file in members[: max(0, room)]:
        deliver_one(sender, item, member, file)
    if room < len(members):
        _give_up(item, ArchiveTooMany.code, _TOO_MANY)
    elif len(members) < AT_ONCE:
        _close_delivery(uow, item)


def _close_delivery(uow: UnitOfWork, item: Intake) -> None:
    """All files inside have arrived; the container is found by the names of those that could not be taken out."""
    item.delivered_at = uow.now
    left = select(Intake.id).where(Intake.parent_id == item.id, Intake.document_id.is_(None))
    if item.document is not None and uow.session.scalar(left.limit(1)) is not None:
        item.document.touch()
        uow.defer(Job.INDEX, ALL)


def deliver_one(uow: UnitOfWork, item: Intake, member: FileMember, file: StoredFile | None) -> None:
    """One file inside arrives; `uow` acts for who sent the container."""
    if file is None:
        code, message = member.code or FileRefused.code, member.message
        count_failed(uow, item.batch, name=member.name, code=code, message=message, parent=item)
        return
    stored = Stored(file.sha256, file.size)
    try:
        receive(uow, item.batch, name=member.name, stored=stored, parent=item)
    except HosoError as error:  # its bytes were removed by decision meanwhile
        count_failed(uow, item.batch, name=member.name, code=error.code, message=error.message, parent=item)


def _give_up(item: Intake, code: str, message: str) -> None:
    """The container stays, with its document; what lies in it did not arrive."""
    item.settled, item.code, item.message = Outcome.FAILED, code, message


def sender_of(uow: UnitOfWork, batch: Batch) -> Actor:
    """Who sent a container: what is inside is a duplicate only of what they may open."""
    user = None if batch.user_id is None else uow.session.get(User, batch.user_id)
    return OPERATOR if user is None else user.actor()

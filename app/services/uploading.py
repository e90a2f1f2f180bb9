"""Files sent in pieces: each piece is kept at once, so that a lost connection costs one piece and not the file.

The pieces lie in the store's folder for what is coming in; when all are there, the file goes through the one way in.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import BinaryIO

import structlog
from filelock import FileLock
from sqlalchemy import delete, select

from app.actor import SYSTEM, Actor
from app.backends import Backends, UnitOfWork
from app.errors import Conflict, FileRefused, Invalid, NotFound, StoreFull
from app.models import Batch, Upload
from app.services import intake
from app.services.access import Act, require
from app.services.file_names import kept_name

log = structlog.get_logger()

KEPT = timedelta(days=7)  # how long what was sent of a file waits for the rest
LARGEST_PIECE = 8 * 1024 * 1024  # bytes of one request; a slow line sends far smaller ones
MOST_AT_ONCE = 1000  # unfinished files of one account: a folder of a whole cabinet


@dataclass(frozen=True, slots=True)
class Sent:
    """How much of a file is here: `received` bytes; with the last of them `item` is the arrival that it became."""

    received: int
    item: int | None = None


def begin(uow: UnitOfWork, batch: Batch, *, name: str, size: int, modified: int, limit: int) -> Upload:
    """A file to be sent in pieces; the one begun before where the same account sends the same file again.

    `size` in bytes, `modified` the date of the file in ms since 1970. Raises `FileRefused` for an empty file or one
    larger than `limit` bytes, `Invalid` where too many are unfinished.
    """
    require(uow, Act.DOCUMENT_UPLOAD, batch)
    user_id = uow.actor.user_id
    if user_id is None:
        raise Invalid(fields={"account": "Chỉ tài khoản đăng nhập mới gửi tệp từng phần."})
    if size < 1:
        raise FileRefused("Tệp rỗng.")
    if size > limit:
        raise FileRefused(f"Tệp lớn hơn {limit // 1_000_000} MB.")
    mine = uow.session.scalars(select(Upload).where(Upload.user_id == user_id).order_by(Upload.id)).all()
    for known in mine:
        if (known.name, known.size, known.modified) == (kept_name(name), size, modified):
            known.batch_id, known.touched_at = batch.id, uow.now
            return known
    if len(mine) >= MOST_AT_ONCE:
        raise Invalid(fields={"files": "Quá nhiều tệp gửi dở; gửi tiếp hoặc bỏ các tệp đó trước."})
    upload = Upload(
        key=token_urlsafe(32),
        batch_id=batch.id,
        user_id=user_id,
        name=kept_name(name),
        size=size,
        modified=modified,
        created_at=uow.now,
        touched_at=uow.now,
    )
    uow.session.add(upload)
    uow.session.flush()
    return upload


def upload_of(uow: UnitOfWork, key: str) -> Upload:
    """An unfinished file of the account itself; else `NotFound`."""
    require(uow, Act.DOCUMENT_UPLOAD)
    found = uow.session.scalar(select(Upload).where(Upload.key == key, Upload.user_id == uow.actor.user_id))
    if found is None:
        raise NotFound()
    return found


def append(backends: Backends, actor: Actor, key: str, *, offset: int, piece: BinaryIO) -> Sent:
    """Keep the next piece, `LARGEST_PIECE` bytes at most; after the last one the file is an arrival.

    Raises `Conflict` where `offset` is not what is here already (ask how much is), `StoreFull`, `FileRefused`.
    """
    with _alone(backends, key):
        with backends.read(actor) as uow:
            upload = upload_of(uow, key)
            size, received = upload.size, upload.received
        if offset != received:
            raise Conflict(f"Máy chủ đã có {received} byte; gửi tiếp từ đó.")
        path = backends.store.partial(key)
        received = _write(path, piece, offset=offset, most=min(LARGEST_PIECE, size - offset))
        with backends.begin(actor) as uow:
            upload = upload_of(uow, key)
            upload.received, upload.touched_at = received, uow.now
        if received < size:
            return Sent(received)
        return Sent(received, _arrive(backends, actor, key, path))


def give_up(backends: Backends, actor: Actor, key: str) -> None:
    """Forget an unfinished file and the pieces of it."""
    with _alone(backends, key):
        with backends.begin(actor) as uow:
            uow.session.delete(upload_of(uow, key))
        backends.store.partial(key).unlink(missing_ok=True)


def unfinished(uow: UnitOfWork) -> list[Upload]:
    """What the account has begun to send and not finished, the newest first."""
    require(uow, Act.DOCUMENT_UPLOAD)
    query = select(Upload).where(Upload.user_id == uow.actor.user_id, Upload.received > 0)
    return list(uow.session.scalars(query.order_by(Upload.id.desc())))


def forget_old(backends: Backends) -> int:
    """Remove what nobody went on sending for `KEPT`, and pieces without a row; how many files that were."""
    with backends.begin(SYSTEM) as uow:
        gone = uow.session.scalars(delete(Upload).where(Upload.touched_at < uow.now - KEPT).returning(Upload.key)).all()
    for key in gone:
        backends.store.partial(key).unlink(missing_ok=True)
    if gone:
        log.info("uploads.forgotten", count=len(gone))
    return len(gone)


def _alone(backends: Backends, key: str) -> FileLock:
    """One request at a time writes a file; the key is checked before it names anything on disk."""
    if not key.replace("-", "").replace("_", "").isalnum() or not key.isascii():
        raise NotFound()
    path = backends.store.partial(key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return FileLock(path.with_suffix(".lock"))


def _write(path: Path, piece: BinaryIO, *, offset: int, most: int) -> int:
    """Write a piece behind what is there; what a broken request had left beyond it is overwritten."""
    path.touch(mode=0o600)
    try:
        with path.open("r+b") as out:
            out.seek(offset)
            out.truncate()
            written = 0
            while written < most and (chunk := piece.read(min(1 << 16, most - written))):
                written += out.write(chunk)
            if piece.read(1):
                raise Invalid(fields={"files": "Phần gửi dài hơn phần còn thiếu của tệp."})
    except OSError as error:
        raise StoreFull() from error
    return offset + written


def _arrive(backends: Backends, actor: Actor, key: str, path: Path) -> int:
    stored = backends.store.put_path(path)
    with backends.begin(actor) as uow:
        upload = upload_of(uow, key)
        batch = uow.session.get_one(Batch, upload.batch_id)
        item = intake.receive(uow, batch, name=upload.name, stored=stored)
        uow.session.delete(upload)
        uow.session.flush()
        item_id = item.id
    path.unlink(missing_ok=True)
    return item_id

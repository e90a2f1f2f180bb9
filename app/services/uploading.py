"""Files sent in pieces: each piece is kept at once, so that a lost connection costs one piece and not the file.

The pieces lie in the store's folder for what is coming in; when all are there, the file goes through the one way in.
"""

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import BinaryIO

import structlog
from filelock import FileLock
from sqlalchemy import delete, func, select

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
MOST_SENT = 4  # times the largest file: what the unfinished files of one account may hold on the disk before one more
LARGEST_DATE = 1 << 53  # ms: the largest whole number of a script


TOO_MANY = "Quá nhiều tệp gửi dở; gửi tiếp hoặc bỏ các tệp đó trước."


@dataclass(frozen=True, slots=True)
class Sent:
    """How much of a file is here: `received` bytes; with the last of them `item` is the arrival that it became."""

    received: int
    item: int | None = None


def begin(uow: UnitOfWork, batch: Batch, *, name: str, size: int, modified: int, limit: int) -> Upload:
    """A file to be sent in pieces; the one begun in an earlier batch where the same account sends the same file again.
    Two files of one batch with the same name, size and date (of two folders) are two files.

    `size` in bytes, `modified` the date of the file in ms since 1970. Raises `FileRefused` for an empty file or one
    larger than `limit` bytes, `Invalid` where too many are unfinished.
    """
    require(uow, Act.DOCUMENT_UPLOAD, batch)
    user_id = uow.actor.user_id
    if user_id is None:
        raise Invalid(fields={"account": "Chỉ tài khoản đăng nhập mới gửi tệp từng phần."})
    if abs(modified) > LARGEST_DATE:
        raise Invalid(fields={"files": "Ngày của tệp không đọc được."})
    if size < 1:
        raise FileRefused("Tệp rỗng.")
    if size > limit:
        raise FileRefused.too_large(limit)
    mine = uow.session.scalars(select(Upload).where(Upload.user_id == user_id).order_by(Upload.id)).all()
    same = [row for row in mine if (row.name, row.size, row.modified) == (kept_name(name), size, modified)]
    if len(same) == 1 and same[0].batch_id != batch.id:
        same[0].batch_id, same[0].touched_at = batch.id, uow.now
        return same[0]
    if len(mine) >= MOST_AT_ONCE:
        raise Invalid(fields={"files": TOO_MANY})
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


def received_of(uow: UnitOfWork, upload: Upload) -> int:
    """How many bytes of a file are here: those that were counted, as far as they survived on the disk."""
    path = uow.store.partial(upload.key)
    return min(upload.received, path.stat().st_size) if path.exists() else 0


def append(backends: Backends, actor: Actor, key: str, *, offset: int, piece: BinaryIO) -> Sent:
    """Keep the next piece, `LARGEST_PIECE` bytes at most; after the last one the file is an arrival.

    Raises `Conflict` where `offset` is not what is here already (ask how much is), `StoreFull`, `FileRefused`,
    `Invalid` where the account has sent too much without finishing it.
    """
    with _alone(backends, actor, key):
        with backends.read(actor) as uow:
            upload = upload_of(uow, key)
            size, received = upload.size, received_of(uow, upload)
            sent = select(func.sum(Upload.received)).where(Upload.user_id == upload.user_id, Upload.id != upload.id)
            if (uow.session.scalar(sent) or 0) > MOST_SENT * backends.settings.max_upload_bytes:
                raise Invalid(fields={"files": TOO_MANY})
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
    with _alone(backends, actor, key):
        with backends.begin(actor) as uow:
            uow.session.delete(upload_of(uow, key))
        _forget(backends, key)


def unfinished(uow: UnitOfWork) -> list[Upload]:
    """What the account has begun to send and not finished, the newest first."""
    require(uow, Act.DOCUMENT_UPLOAD)
    query = select(Upload).where(Upload.user_id == uow.actor.user_id, Upload.received > 0)
    return list(uow.session.scalars(query.order_by(Upload.id.desc())))


def forget_old(backends: Backends) -> int:
    """Remove what nobody went on sending for `KEPT`, and pieces without a row; how many files that were."""
    with backends.begin(SYSTEM) as uow:
        gone = uow.session.scalars(delete(Upload).where(Upload.touched_at < uow.now - KEPT).returning(Upload.key)).all()
        kept = set(uow.session.scalars(select(Upload.key)))
    for key in gone:
        _forget(backends, key)
    backends.store.clear_incoming(kept, older_than=(backends.now() - KEPT).timestamp())
    if gone:
        log.info("uploads.forgotten", count=len(gone))
    return len(gone)


def _forget(backends: Backends, key: str) -> None:
    path = backends.store.partial(key)
    path.unlink(missing_ok=True)
    path.with_suffix(".lock").unlink(missing_ok=True)


def _alone(backends: Backends, actor: Actor, key: str) -> FileLock:
    """One request at a time writes a file; the key is checked before it names anything on disk."""
    with backends.read(actor) as uow:
        upload_of(uow, key)
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
            out.flush()
            os.fsync(out.fileno())  # before the count says that it is here
    except OSError as error:
        raise StoreFull() from error
    return offset + written


def _arrive(backends: Backends, actor: Actor, key: str, path: Path) -> int:
    stored = backends.store.put_path(path)
    with backends.begin(actor) as uow:
        upload = upload_of(uow, key)
        batch = uow.session.get_one(Batch, upload.batch_id)
        require(uow, Act.DOCUMENT_UPLOAD, batch)
        item = intake.receive(uow, batch, name=upload.name, stored=stored)
        uow.session.delete(upload)
        uow.session.flush()
        item_id = item.id
    _forget(backends, key)
    return item_id

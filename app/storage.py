"""The store of bytes: write-once, named by their sha256, fsynced before anything refers to them.

Derived files (words with boxes, page images) lie beside, under the same name, and can always be made again.
"""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock

from app.errors import FileRefused, StoredBytesLost, StoreFull

CHUNK = 1 << 20  # bytes read at a time; one mebibyte keeps memory flat for any size of upload


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store knows of bytes it took: their sha256 in hex and their size in bytes."""

    sha256: str
    size: int


class FileStore:
    """A directory of stored bytes. `quota` in bytes, or None for as much as the disk holds."""

    def __init__(self, root: Path, *, quota: int | None = None) -> None:
        self.root = root
        self.quota = quota
        self._originals = root / "originals"
        self._derived = root / "derived"
        self._incoming = root / "incoming"
        self._lock = FileLock(root / "store.lock")

    def prepare(self) -> None:
        """Make the directories."""
        for folder in (self._originals, self._derived, self._incoming):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, stream: BinaryIO, *, limit: int | None = None) -> Stored:
        """Take the bytes of `stream`; the same bytes twice are one file.

        Raises `StoreFull` where there is no room and `FileRefused` for nothing at all or more than `limit` bytes.
        """
        temporary: Path | None = None
        try:
            self.prepare()
            handle, name = tempfile.mkstemp(dir=self._incoming)
            temporary = Path(name)
            with os.fdopen(handle, "wb") as out:
                stored = self._copy(stream, out, limit)
            self._settle(temporary, stored)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StoreFull() from error
            raise
        finally:
            if temporary is not None:
                temporary.unlink(missing_ok=True)
        return stored

    def _copy(self, stream: BinaryIO, out: BinaryIO, limit: int | None) -> Stored:
        digest = hashlib.sha256()
        size = 0
        room = None if self.quota is None else self.quota - self.used()
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if limit is not None and size > limit:
                raise FileRefused.too_large(limit)
            if room is not None and size > room:
                raise StoreFull()
            digest.update(chunk)
            out.write(chunk)
        if not size:
            raise FileRefused("Tệp rỗng.")
        out.flush()
        os.fsync(out.fileno())
        return Stored(digest.hexdigest(), size)

    def _settle(self, temporary: Path, stored: Stored) -> None:
        target = self.path(stored.sha256)
        with self._lock:
            if target.exists():
                os.utime(target)  # fresh again: the collector of orphans keeps it for another day
                return
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary.chmod(0o400)
            os.link(temporary, target)
            for folder in (target.parent, target.parent.parent, self._originals):
                _sync_folder(folder)  # the folders may be new: their names must be durable too

    def partial(self, key: str) -> Path:
        """Where the pieces of a file lie that is still being sent; `key` is letters, digits, "-" and "_"."""
        return self._incoming / "pieces" / key

    def clear_incoming(self, kept: Collection[str], *, older_than: float) -> None:
        """Remove what a process that died had begun to take in before `older_than` (seconds since 1970), but for the
        pieces under these keys."""
        for path in self._incoming.rglob("*"):
            try:
                if path.stem not in kept and path.is_file() and path.stat().st_mtime < older_than:
                    path.unlink()
            except FileNotFoundError:
                continue  # its own process, or another sweep, was quicker

    def put_path(self, path: Path) -> Stored:
        """Take the bytes of a file."""
        with path.open("rb") as stream:
            return self.put(stream)

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie (they may be missing: see `open`)."""
        return self._originals / sha256[:2] / sha256[2:4] / sha256

    @contextmanager
    def open(self, sha256: str) -> Iterator[BinaryIO]:
        """The stored bytes. Raises `StoredBytesLost` where they are gone."""
        try:
            stream = self.path(sha256).open("rb")
        except FileNotFoundError:
            raise StoredBytesLost() from None
        with stream:
            yield stream

    def put_derived(self, sha256: str, name: str, content: bytes) -> None:
        """Keep something made from the bytes, replacing an older one at once. Raises `StoredBytesLost` where the bytes
        are gone: what is made from them goes with them."""
        target = self._derived_path(sha256, name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, temporary = tempfile.mkstemp(dir=target.parent)
            try:
                with os.fdopen(handle, "wb") as out:
                    out.write(content)
                self._settle_derived(sha256, Path(temporary), target)
            finally:
                Path(temporary).unlink(missing_ok=True)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StoreFull() from error
            raise

    def put_derived_path(self, sha256: str, name: str, path: Path) -> None:
        """`put_derived` with the bytes of a file, without holding them in memory."""
        target = self._derived_path(sha256, name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, temporary = tempfile.mkstemp(dir=target.parent)
            try:
                with os.fdopen(handle, "wb") as out, path.open("rb") as source:
                    shutil.copyfileobj(source, out, CHUNK)
                self._settle_derived(sha256, Path(temporary), target)
            finally:
                Path(temporary).unlink(missing_ok=True)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StoreFull() from error
            raise

    def _settle_derived(self, sha256: str, temporary: Path, target: Path) -> None:
        with self._lock:  # a removal of the bytes takes all that was made from them, or comes after this
            if not self.path(sha256).exists():
                raise StoredBytesLost()
            temporary.replace(target)

    def derived(self, sha256: str, name: str) -> Path | None:
        """Where a derived file lies, or None where it has to be made."""
        path = self._derived_path(sha256, name)
        return path if path.exists() else None

    def derived_name(self, sha256: str, name: str) -> str:
        """Where a derived file lies if it was made: a page of results opens sixty and asks about none of them first."""
        return f"{self._derived}/{sha256[:2]}/{sha256}/{name}"

    def _derived_path(self, sha256: str, name: str) -> Path:
        return self._derived / sha256[:2] / sha256 / name

    def used(self) -> int:
        """Bytes held by the originals."""
        return sum(path.stat().st_size for path in self._originals.rglob("*") if path.is_file())

    def hashes(self) -> Iterator[str]:
        """The hashes of all originals, in no order."""
        return (path.name for path in self._originals.rglob("*") if path.is_file())

    def is_whole(self, sha256: str) -> bool:
        """Whether the bytes are there and still have their hash."""
        try:
            with self.path(sha256).open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
        except FileNotFoundError:
            return False

    def clear(self, sha256: str, *, older_than: float) -> bool:
        """Remove bytes and all that was made from them by decision; False where they were stored again at or after
        `older_than` (seconds since 1970). Done twice it changes nothing."""
        path = self.path(sha256)
        with self._lock:
            if path.exists() and path.stat().st_mtime >= older_than:
                return False
            path.unlink(missing_ok=True)
            shutil.rmtree(self._derived_path(sha256, ""), ignore_errors=True)
            if path.parent.exists():
                _sync_folder(path.parent)
            return True

    def remove_orphan(self, sha256: str, *, older_than: float) -> bool:
        """Remove bytes that nothing refers to, if they were last stored before `older_than` (seconds since 1970)."""
        path = self.path(sha256)
        with self._lock:
            if not path.exists() or path.stat().st_mtime >= older_than:
                return False
            path.unlink()
            shutil.rmtree(self._derived_path(sha256, ""), ignore_errors=True)
            return True


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

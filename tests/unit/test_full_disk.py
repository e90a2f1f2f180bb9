"""A store on a disk without a free block or a free file: refused with its code, nothing left behind."""

import io
import subprocess
from pathlib import Path

import pytest

from app.errors import StoreFull
from app.storage import FileStore
from tests import faults


def test_a_disk_without_room_for_one_more_file_is_a_full_store(tmp_path: Path) -> None:
    with faults.full_disk(tmp_path / "disk", 1) as disk:
        remounted = subprocess.run(
            ["mount", "-o", "remount,nr_inodes=12", str(disk)],
            capture_output=True,
            check=False,
        )
        if remounted.returncode:
            pytest.skip("this container may not bound the number of files")
        store = FileStore(disk / "store")
        store.prepare()
        taken = 0
        with pytest.raises(StoreFull):  # noqa: PT012
            for number in range(20):
                store.put(io.BytesIO(f"tệp {number}".encode()))
                taken += 1
        assert taken < 20
        assert list((disk / "store" / "incoming").iterdir()) == []

"""Office files under a password: a copy without it is made for reading, the file itself never changes."""

import io
import shutil
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile  # type: ignore[import-untyped]

import ingestion
from ingestion import ReadError, Sandbox
from ingestion.detect import Family
from ingestion.engines.unlocking import detected
from ingestion.errors import Damaged, Encrypted, PasswordWrong
from tests.good_files import docx_bytes

LOCKED_DOC = Path(__file__).parents[2] / "data" / "locked.doc"  # made with LibreOffice, password "mk123"


def _locked(path: Path, password: str) -> Path:
    with path.open("wb") as out:
        OOXMLFile(io.BytesIO(docx_bytes())).encrypt(password, out)
    return path


def test_a_package_opens_with_its_password_alone(tmp_path: Path) -> None:
    path, copy = _locked(tmp_path / "paper.docx", "mật khẩu"), tmp_path / "copy"
    for password, error in ((None, Encrypted), ("sai", PasswordWrong)):
        with pytest.raises(error):
            detected(path, password, copy)
        assert not copy.exists()
    where, kind = detected(path, "mật khẩu", copy)
    assert (where, kind.family) == (copy, Family.WORD)


def test_an_old_paper_is_surveyed_and_its_copy_read(tmp_path: Path, sandbox: Sandbox) -> None:
    copy = tmp_path / "copy"
    before = LOCKED_DOC.read_bytes()
    with pytest.raises(ReadError, match="password-wrong"):
        ingestion.survey(LOCKED_DOC, sandbox=sandbox, password="sai", copy=copy)
    assert ingestion.survey(LOCKED_DOC, sandbox=sandbox, password="mk123", copy=copy).media_type == "application/msword"
    assert "quản lý sau cai nghiện" in ingestion.read(copy, sandbox=sandbox).pages[0].text
    assert LOCKED_DOC.read_bytes() == before


def test_a_file_only_protected_against_changes_is_read_without_asking(tmp_path: Path) -> None:
    path = _locked(tmp_path / "list.xlsx", "VelvetSweatshop")
    assert detected(path, None, tmp_path / "copy")[0] == tmp_path / "copy"


@pytest.mark.parametrize(("old", "new"), [(b'spinCount="100000"', b'spinCount="9e9999"'), (b"<keyData", b'<keyDat"')])
def test_a_key_that_is_altered_is_damage(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = _locked(tmp_path / "paper.docx", "mở")
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new))
    with pytest.raises(Damaged):
        detected(path, "mở", tmp_path / "copy")


def test_what_is_cut_off_is_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "cut.doc"
    shutil.copyfile(LOCKED_DOC, path)
    for size in (600, 3_000, 5_000, 8_000):
        path.write_bytes(LOCKED_DOC.read_bytes()[:size])
        with pytest.raises((Damaged, Encrypted, PasswordWrong)):
            detected(path, "mk123", tmp_path / "copy")

"""What an archive holds is taken out under limits, named as it was meant, and never by its own paths."""

import base64
import gzip
import io
import random
import stat
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pikepdf
import pytest

import ingestion
from ingestion import Sandbox
from ingestion.detect import detect
from ingestion.engines import members
from ingestion.engines.archive import ArchiveReader
from ingestion.engines.members import clean_name
from ingestion.engines.opening import open_reader
from ingestion.engines.unpacking import answer_unpack
from ingestion.errors import Encrypted, ReadError
from tests.packed_files import (
    DEFLATE64_ZIP,
    LOCKED_7Z,
    PPMD_ZIP,
    locked_zip,
    rar4,
    rar5,
    seven_zip,
    tar_bytes,
    zip_bytes,
    zip_with_raw_names,
)

PAPERS = {"Hồ sơ/Quyết định 12.txt": "Quyết định".encode() * 40, "kế hoạch.txt": b"2026"}


def unpacked(path: Path, password: str | None = None) -> list[tuple[str, bytes | None, str | None]]:
    """Name, bytes and code of each member."""
    out = path.with_name(path.name + "-out")
    out.mkdir()
    if password is not None:
        (out / "password").write_text(password, encoding="utf-8")
    rows: list[dict[str, Any]] = answer_unpack(path, out)["members"]
    left = {entry.name for entry in out.iterdir()} - {"password"}
    assert left == {f"member-{row['number']}" for row in rows if row["code"] is None}
    return [
        (row["name"], (out / f"member-{row['number']}").read_bytes() if row["code"] is None else None, row["code"])
        for row in rows
    ]


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "packed"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        zip_bytes(PAPERS),
        rar4(PAPERS),
        rar5(PAPERS),
        tar_bytes(PAPERS),
        tar_bytes(PAPERS, "w:gz"),
        tar_bytes(PAPERS, "w:bz2"),
        tar_bytes(PAPERS, "w:xz"),
    ],
    ids=["zip", "rar4", "rar5", "tar", "tar.gz", "tar.bz2", "tar.xz"],
)
def test_files_come_out_as_they_went_in(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, content)
    assert unpacked(path) == [(name, content, None) for name, content in PAPERS.items()]
    reader = open_reader(path, detect(path))
    assert [(one.name, one.size) for one in reader.attachments] == [(n, len(c)) for n, c in PAPERS.items()]
    said = reader.text_page(1).text
    assert said.startswith(f"Tệp nén gồm {len(PAPERS)} tệp, ")
    assert not any(name in said for name in PAPERS)


def test_files_of_7z_come_out_as_they_went_in(tmp_path: Path) -> None:
    path = seven_zip(tmp_path / "packed", PAPERS)
    assert unpacked(path) == [(name, content, None) for name, content in PAPERS.items()]


def test_single_compressed_file_comes_out_under_its_kept_name(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with gzip.GzipFile("ke hoach.txt", "wb", fileobj=stream, mtime=0) as packed:
        packed.write(b"2026")
    assert unpacked(written(tmp_path, stream.getvalue())) == [("ke hoach.txt", b"2026", None)]
    other = tmp_path / "other"
    other.write_bytes(gzip.compress(b"2026"))
    assert unpacked(other) == [("nội dung", b"2026", None)]


def test_unpacking_in_the_sandbox_gives_files_that_name_themselves(tmp_path: Path, sandbox: Sandbox) -> None:
    path = written(tmp_path, tar_bytes(PAPERS, "w:gz"))
    assert ingestion.survey(path, sandbox=sandbox).members == 2
    taken = ingestion.unpack(path, out=tmp_path / "out", sandbox=sandbox)
    assert [(one.name, one.path.read_bytes()) for one in taken if one.path] == list(PAPERS.items())
    assert [one.path.name for one in taken if one.path] == ["member-1", "member-2"]


# Names


@pytest.mark.parametrize(
    ("names", "raw"),
    [
        (["Quyết định.doc", "Công văn.doc"], ["QuyÕt ®Þnh.doc".encode("latin-1"), "C«ng v¨n.doc".encode("latin-1")]),
        (["Kế hoạch.doc"], ["Kế hoạch.doc".encode()]),
        (["Quyết định.doc"], [b"Quy\xea\xect \xf0i\xf2nh.doc"]),
    ],
    ids=["tcvn3", "utf-8 without its flag", "windows-1258"],
)
def test_names_in_old_code_pages_are_told(tmp_path: Path, names: list[str], raw: list[bytes]) -> None:
    content = zip_with_raw_names(dict.fromkeys(raw, b"x"))
    assert [name for name, _, _ in unpacked(written(tmp_path, content))] == names


def test_name_in_the_unicode_field_wins_while_it_belongs_to_the_name(tmp_path: Path) -> None:
    def field(raw: bytes, name: str) -> bytes:
        body = b"\x01" + zlib.crc32(raw).to_bytes(4, "little") + name.encode()
        return b"\x75\x70" + len(body).to_bytes(2, "little") + body

    content = zip_with_raw_names(
        {b"a": b"1", b"b": b"2"}, {b"a": field(b"a", "Quyết định.txt"), b"b": field(b"another", "sai.txt")}
    )
    assert [name for name, _, _ in unpacked(written(tmp_path, content))] == ["Quyết định.txt", "b"]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("C:\\Windows\\system.ini", "Windows/system.ini"),
        ("/etc/shadow", "etc/shadow"),
        ("quyet\u202edinh\u202cfdp.exe", "quyetdinhfdp.exe"),
        ("a\x00b\x1b[31m\nc.pdf", "ab[31m c.pdf"),
        ("Quye\u0302\u0301t.pdf", "Quyết.pdf"),
        ("", "(không tên)"),
        ("../..", "(không tên)"),
    ],
)
def test_names_are_shown_as_they_look(told: str, shown: str) -> None:
    assert clean_name(told) == shown


def test_long_name_keeps_its_ending() -> None:
    shown = clean_name("đ" * 400 + ".docx")
    assert len(shown.encode()) <= 300
    assert shown.endswith("đ.docx")


def test_paths_lead_nowhere(tmp_path: Path) -> None:
    tricks = {"../../planted": b"1", "/planted": b"2", "C:\\planted": b"3", "a/../../../planted": b"4"}
    for content in (zip_bytes(tricks), tar_bytes(tricks)):
        folder = tmp_path / str(len(content)) / "deep"
        folder.mkdir(parents=True)
        unpacked(written(folder, content))
        assert not list(tmp_path.rglob("planted"))


# Links and special files


def test_links_devices_and_pipes_are_refused_by_name(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        kinds = {
            "link": tarfile.SYMTYPE,
            "hard": tarfile.LNKTYPE,
            "device": tarfile.CHRTYPE,
            "disk": tarfile.BLKTYPE,
            "pipe": tarfile.FIFOTYPE,
        }
        for name, kind in kinds.items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        directory = tarfile.TarInfo("directory")
        directory.type = tarfile.DIRTYPE
        archive.addfile(directory)
    assert unpacked(written(tmp_path, stream.getvalue())) == [(name, None, "member-refused") for name in kinds]


def test_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("paper.txt", "2026")
    assert unpacked(written(tmp_path, stream.getvalue())) == [
        ("link", None, "member-refused"),
        ("paper.txt", b"2026", None),
    ]


# Locked ones


@pytest.mark.parametrize("cipher", ["aes256", "zipcrypt"])
def test_locked_files_open_with_their_password_only(tmp_path: Path, cipher: str) -> None:
    path = locked_zip(tmp_path / "packed", PAPERS, "bí mật", cipher=cipher)
    assert [code for _, _, code in unpacked(path)] == ["file-encrypted"] * 2
    wrong = tmp_path / "wrong"
    wrong.write_bytes(path.read_bytes())
    assert [code for _, _, code in unpacked(wrong, "sai")] == ["password-wrong"] * 2
    right = tmp_path / "right"
    right.write_bytes(path.read_bytes())
    assert unpacked(right, "bí mật") == [(name, content, None) for name, content in PAPERS.items()]


def test_every_file_of_a_locked_block_is_said_to_be_locked(tmp_path: Path) -> None:
    path = written(tmp_path, base64.b64decode(LOCKED_7Z))
    assert [code for _, _, code in unpacked(path)] == ["file-encrypted"] * 2


def test_a_rarer_packing_is_unpacked_or_told(tmp_path: Path) -> None:
    path = written(tmp_path, base64.b64decode(PPMD_ZIP))
    assert unpacked(path)[0][1:] == (b"mot hai ba bon nam sau bay tam chin muoi mot hai ba bon\n", None)
    other = tmp_path / "other"
    other.write_bytes(base64.b64decode(DEFLATE64_ZIP))
    assert [(name, code) for name, _, code in unpacked(other)] == [("b.txt", "file-unknown")]


def test_archive_whose_list_is_locked_is_encrypted(tmp_path: Path) -> None:
    head = b"\x21\x04\x00\x00\x01\x0f" + bytes(range(16)) + bytes(12)
    locked = b"Rar!\x1a\x07\x01\x00" + zlib.crc32(head).to_bytes(4, "little") + head + bytes(64)
    path = written(tmp_path, locked)
    with pytest.raises(Encrypted):
        open_reader(path, detect(path))


# Limits


def test_what_exceeds_the_room_stops_the_unpacking_and_the_earlier_files_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MOST_BYTES", 10_000)
    content = {"first": b"1" * 4_000, "second": b"2" * 9_000, "third": b"3"}
    for packed in (zip_bytes(content), tar_bytes(content, "w:gz"), rar5(content)):
        path = tmp_path / f"{len(packed)}"
        path.write_bytes(packed)
        assert unpacked(path) == [("first", b"1" * 4_000, None), ("second", None, "archive-too-large")]


def test_one_file_that_is_too_large_does_not_stop_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MOST_MEMBER_BYTES", 5_000)
    path = written(tmp_path, zip_bytes({"large": b"1" * 6_000, "small": b"2"}))
    assert unpacked(path) == [("large", None, "archive-too-large"), ("small", b"2", None)]


def test_more_files_than_allowed_are_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MOST_MEMBERS", 3)
    path = written(tmp_path, zip_bytes({f"{number}": b"x" for number in range(9)}))
    assert [code for _, _, code in unpacked(path)] == [None, None, None, "archive-too-many"]


def test_a_bomb_is_stopped_by_its_ratio(tmp_path: Path) -> None:
    """110 MB of zeros in a thousandth of that."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("bomb", bytes(110 * 1024 * 1024))
    packed = stream.getvalue()
    assert len(packed) < 600_000
    path = written(tmp_path, packed)
    assert unpacked(path) == [("bomb", None, "archive-too-large")]
    again = tmp_path / "again"
    again.write_bytes(gzip.compress(bytes(110 * 1024 * 1024), 1))
    assert [code for _, _, code in unpacked(again)] == ["archive-too-large"]
    reader = ArchiveReader(again, detect(again).media_type)
    assert [warning.code for warning in reader.warnings] == ["archive-too-large"]


def test_files_that_share_their_bytes_count_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flat bomb: many names for one piece of compressed bytes, with no archive inside an archive."""
    monkeypatch.setattr(members, "MOST_BYTES", 3_000_000)
    one = zip_bytes({"a": bytes(1_000_000)})
    at = one.index(b"PK\x01\x02")
    entry, end = one[at : one.rindex(b"PK\x05\x06")], one[one.rindex(b"PK\x05\x06") :]
    entries = b"".join(entry for _ in range(50))
    end = end[:8] + (50).to_bytes(2, "little") * 2 + len(entries).to_bytes(4, "little") + end[16:]
    codes = [code for _, _, code in unpacked(written(tmp_path, one[:at] + entries + end))]
    assert "archive-too-large" in codes or codes.count("file-damaged") >= 49
    assert codes.count(None) <= 3


# Broken ones


def test_what_came_out_before_a_container_broke_off_stays(tmp_path: Path) -> None:
    """A PDF whose second attachment cannot be unpacked."""
    made = pikepdf.new()
    made.add_blank_page()
    for name in ("a.txt", "b.txt"):
        made.attachments[name] = pikepdf.AttachedFileSpec(made, name.encode() * 900, filename=name)
    stream = io.BytesIO()
    made.save(stream)
    content = bytearray(stream.getvalue())
    packed = content.rindex(b"x\x9c")  # where the last stream begins that zlib wrote
    content[packed + 2 : packed + 12] = b"\xff" * 10
    found = unpacked(written(tmp_path, bytes(content)))
    assert {code for _, _, code in found} == {None, "file-damaged"}


def test_files_before_the_cut_come_out_and_the_rest_is_said_to_be_lost(tmp_path: Path) -> None:
    noise = random.Random(3).randbytes(3_000)
    for make in (zip_bytes, rar5, tar_bytes):
        packed = make({"first.txt": b"1" * 900, "second.txt": noise})
        path = tmp_path / make.__name__
        path.write_bytes(packed[: packed.index(noise[:50]) + 1_500])
        found = unpacked(path)
        assert found[0] == ("first.txt", b"1" * 900, None)
        assert {code for _, content, code in found[1:] if content is None} == {"file-damaged"}


def test_altered_archives_end_in_codes_never_in_a_crash(tmp_path: Path) -> None:
    dice = random.Random(11)
    sources = [zip_bytes(PAPERS), rar4(PAPERS), rar5(PAPERS), tar_bytes(PAPERS, "w:gz"), tar_bytes(PAPERS)]
    sources.append(seven_zip(tmp_path / "source", PAPERS).read_bytes())
    ended = set()
    for trial in range(120):
        content = bytearray(sources[trial % len(sources)])
        for _ in range(dice.choice((1, 4, 20))):
            content[dice.randrange(len(content))] = dice.randrange(256)
        path = tmp_path / f"altered-{trial}"
        path.write_bytes(content)
        try:
            ended |= {str(code) for _, _, code in unpacked(path)}
        except ReadError as problem:
            ended.add(problem.code)
    assert "file-damaged" in ended

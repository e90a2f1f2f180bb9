"""The bytes that formats begin with: those that are read, and those that are refused with an advice."""

from __future__ import annotations

import re

from ingestion import kinds

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TAR_BLOCK = 512

ARCHIVES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x05\x06", kinds.ZIP),  # an empty one
    (b"7z\xbc\xaf\x27\x1c", kinds.SEVEN_ZIP),
    (b"Rar!\x1a\x07", kinds.RAR),
    (b"\x1f\x8b\x08", kinds.GZIP),
    (b"BZh", kinds.BZIP2),
    (b"\xfd7zXZ\0", kinds.XZ),
)

_PROGRAM = "This is a program, not a paper."
_FILM = "This is a film or a sound recording, not a paper; keep it where such things are kept."
_FONT = "This is a font, not a paper."
_PICTURE = "Pictures of this kind are not read; save it as PNG or JPEG and upload that."
_PRINT = "This format is not read; print it to PDF and upload that."
_DRAWING = "Drawings are not read; print it to PDF and upload that."
_PACKED = "Archives of this kind are not unpacked; pack it as ZIP, or unpack it and upload the papers in it."

REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "GIF pictures are not read; save it as PNG or JPEG and upload that."),
    (b"MZ", _PROGRAM),
    (b"\x7fELF", _PROGRAM),
    (b"#!", _PROGRAM),
    (b"\xca\xfe\xba\xbe", _PROGRAM),
    (b"\xfe\xed\xfa", _PROGRAM),
    (b"\xcf\xfa\xed\xfe", _PROGRAM),
    (b"\0asm", _PROGRAM),
    (b"L\0\0\0\x01\x14\x02\0", "This is a shortcut of Windows, not a paper; upload the paper that it leads to."),
    (b"PK\x07\x08", "This is one part of a ZIP in several parts; join the parts and upload the papers in it."),
    (b"PK00PK", "This is one part of a ZIP in several parts; join the parts and upload the papers in it."),
    (b"AT&TFORM", "DjVu is not read; print it to PDF and upload that."),
    (b"AC10", _DRAWING),
    (b"8BPS", _PICTURE),
    (b"\0\0\0\x0cjP  ", _PICTURE),
    (b"\xff\x4f\xff\x51", _PICTURE),
    (b"\0\0\x01\0", _PICTURE),
    (b"%!PS", _PRINT),
    (b"\xc5\xd0\xd3\xc6", _PRINT),
    (b"\xffWPC", _PRINT),
    (b"{\\urtf", _PRINT),
    (b"ITSF", _PRINT),
    (b"OTTO", _FONT),
    (b"\0\x01\0\0\0", _FONT),
    (b"true\0", _FONT),
    (b"ttcf", _FONT),
    (b"wOF", _FONT),
    (b"ID3", _FILM),
    (b"OggS", _FILM),
    (b"fLaC", _FILM),
    (b"\x1a\x45\xdf\xa3", _FILM),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _FILM),
    (b"#!AMR", _FILM),
    (b"\0\0\x01\xba", _FILM),
    (b"MSCF", _PACKED),
    (b"\x28\xb5\x2f\xfd", _PACKED),
    (b"\x60\xea", _PACKED),
    (b"MSWIM", _PACKED),
    (b"SQLite format 3\0", "This is a database, not a paper."),
    (b"\0\x01\0\0Standard ", "This is a database, not a paper."),
    (b"!BDN", "This is a mailbox of Outlook; save its mails one by one and upload those."),
    (b"\x78\x9f\x3e\x22", "This is an envelope of Outlook (winmail.dat); ask the sender for the papers as files."),
)

_PKCS7 = bytes.fromhex("06092a864886f70d0107")  # the object identifier that signed and sealed envelopes begin with
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis")
_BITMAP_HEADERS = (12, 40, 52, 56, 64, 108, 124)  # bytes; the sizes that the header of a bitmap may have
_OLD_SHEETS = re.compile(rb"\x09(?:\x00\x04\x00|\x02\x06\x00|\x04\x06\x00|\x08[\x06\x08\x10]\x00)", re.DOTALL)


def image_type(head: bytes) -> str | None:
    """The media type of a picture that is read."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "image/tiff"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if (
        head.startswith(b"BM")
        and head[6:10] == b"\0\0\0\0"
        and int.from_bytes(head[14:18], "little") in _BITMAP_HEADERS
    ):
        return "image/bmp"
    if head[4:8] == b"ftyp" and _brands(head) & set(_HEIC_BRANDS):
        return "image/heic"
    return None


def _brands(head: bytes) -> set[bytes]:
    """Major and compatible brands of a media file (ISO/IEC 14496-12, 4.3)."""
    size = min(int.from_bytes(head[:4], "big"), 256)
    return {head[8:12], *(head[at : at + 4] for at in range(16, size, 4))}


def archive_type(head: bytes) -> str | None:
    """The media type of an archive or a compressed file that is unpacked; ZIP is looked into elsewhere."""
    for magic, media_type in ARCHIVES:
        if head.startswith(magic):
            return media_type
    return kinds.TAR if _is_tar(head) else None


def _is_tar(head: bytes) -> bool:
    """Whether the first block is a tar header: its checksum holds (POSIX ustar; old ones have no other mark)."""
    block = head[:_TAR_BLOCK]
    if len(block) < _TAR_BLOCK or not block[0]:
        return False
    told = block[148:156].strip(b" \0")
    if not told or not all(0x30 <= digit <= 0x37 for digit in told):
        return False
    return int(told, 8) == sum(block) - sum(block[148:156]) + 8 * 0x20


def is_old_sheet(head: bytes) -> bool:
    """Whether it begins as a workbook of Excel 2 to 5 kept without a container (BOF record, MS-XLS 2.4.21)."""
    return _OLD_SHEETS.match(head) is not None


def refusal(head: bytes) -> str | None:
    """The advice for what is known and not read."""
    for magic, advice in REFUSED:
        if head.startswith(magic):
            return advice
    if head[4:8] == b"ftyp":
        return _PICTURE if _brands(head) & {b"avif", b"mif1", b"msf1", b"crx ", b"jxl "} else _FILM
    if head.startswith(b"RIFF") or (head[:1] == b"\xff" and head[1:2] in (b"\xfb", b"\xf3", b"\xf2", b"\xf1", b"\xf9")):
        return _FILM
    if head[:1] == b"\x30" and _PKCS7 in head[:32]:
        return "This is a signed or sealed envelope; open it and upload the papers in it."
    return None

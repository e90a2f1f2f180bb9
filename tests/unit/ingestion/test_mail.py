"""A mail is a page with its head and text, and its attachments are files, whatever program wrote it."""

import struct
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import pytest

import ingestion
from ingestion import Sandbox
from ingestion.detect import detect
from ingestion.engines.compressed_rtf import decompressed
from ingestion.engines.mail import open_mail
from ingestion.engines.mail_text import decode_head, html_text
from ingestion.engines.opening import open_reader
from ingestion.engines.unpacking import answer_unpack
from ingestion.errors import Damaged
from ingestion.kinds import Family
from tests.ole_files import msg_item, ole_bytes

BODY = "Kính gửi Công an xã,\n\nGửi kèm quyết định quản lý sau cai nghiện của ông Nguyễn Văn Thử.\n"


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "mail"
    path.write_bytes(content)
    return path


def taken(path: Path) -> list[tuple[str, bytes]]:
    out = path.with_name(path.name + "-out")
    out.mkdir()
    rows = answer_unpack(path, out)["members"]
    assert all(row["code"] is None for row in rows)
    return [(row["name"], (out / f"member-{row['number']}").read_bytes()) for row in rows]


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Nguyễn Văn Thử <thu@example.vn>"
    made["To"] = "Công an xã <ca@example.vn>"
    made["Date"] = "Mon, 12 Jan 2026 09:30:00 +0700"
    made["Subject"] = "Quyết định quản lý sau cai nghiện"
    made.set_content(BODY)
    return made


def test_mail_is_one_page_with_its_head_and_text(tmp_path: Path) -> None:
    made = message()
    made.add_alternative("<p>HTML nói khác</p>", subtype="html")
    made.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="Quyết định số 12.pdf")
    path = written(tmp_path, made.as_bytes())
    assert detect(path).family is Family.EML
    reader = open_reader(path, detect(path))
    text = reader.text_page(1).text
    assert text.splitlines()[:5] == [
        "Từ: Nguyễn Văn Thử <thu@example.vn>",
        "Đến: Công an xã <ca@example.vn>",
        "Ngày: 12/01/2026 09:30 +0700",
        "Chủ đề: Quyết định quản lý sau cai nghiện",
        "Đính kèm: 1 tệp",
    ]
    assert "ông Nguyễn Văn Thử" in text
    assert "HTML" not in text
    assert [(one.name, one.size) for one in reader.attachments] == [("Quyết định số 12.pdf", 8)]
    assert taken(path) == [("Quyết định số 12.pdf", b"%PDF-1.4")]


def test_mail_without_a_plain_part_is_read_from_its_web_page(tmp_path: Path) -> None:
    made = message()
    made.set_content("<html><head><style>p{}</style></head><p>Kế&nbsp;hoạch</p><table><tr><td>1<td>Hai</table>", "html")
    text = open_mail(written(tmp_path, made.as_bytes()), Family.EML).body
    assert "Kế hoạch\n" in text
    assert "1\tHai" in text
    assert "p{}" not in text


def test_small_pictures_of_the_text_are_no_files_and_large_ones_are(tmp_path: Path) -> None:
    made = message()
    made.add_related(b"\x89PNG" + bytes(100), "image", "png", cid="<logo>")
    made.add_related(b"\x89PNG" + bytes(20_000), "image", "png", cid="<scan>", filename="bản chụp.png")
    assert [name for name, _ in taken(written(tmp_path, made.as_bytes()))] == ["bản chụp.png"]


def test_mail_in_a_mail_is_a_file_that_is_a_mail(tmp_path: Path) -> None:
    inner = message()
    inner.add_attachment(b"2026", maintype="text", subtype="plain", filename="a.txt")
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "b@example.vn", "Chuyển tiếp"
    outer.set_content("xem thư")
    outer.add_attachment(inner)
    (name, content), *more = taken(written(tmp_path, outer.as_bytes()))
    assert more == []
    assert name == "Quyết định quản lý sau cai nghiện.eml"
    path = tmp_path / "inner"
    path.write_bytes(content)
    assert detect(path).family is Family.EML
    assert taken(path) == [("a.txt", b"2026")]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("=?UTF-8?B?UXV54bq/dCDEkQ==?= =?UTF-8?B?4buLbmg=?=", "Quyết định"),
        ("=?utf-8?Q?Quy=E1=BA?=\r\n =?utf-8?Q?=BFt?=", "Quyết"),
        ("=?windows-1258?Q?Quy=EA=ECt?=", "Quyết"),
        ("=?x-viet-tcvn?Q?QuyÕt?=", "Quyết"),
        ("=?x-unknown?Q?abc?=", "abc"),
        ("Quyết định".encode().decode("ascii", "surrogateescape"), "Quyết định"),
        ("QuyÕt ®Þnh".encode("latin-1").decode("ascii", "surrogateescape"), "Quyết định"),
    ],
)
def test_heads_are_told_in_every_encoding_that_programs_wrote(raw: str, shown: str) -> None:
    if raw == "=?x-viet-tcvn?Q?QuyÕt?=":
        raw = "=?x-viet-tcvn?Q?Quy=D5t?="
    assert decode_head(raw) == shown


def test_name_of_a_file_in_pieces_is_put_together(tmp_path: Path) -> None:
    head = (
        b"From: a@example.vn\r\nTo: b@example.vn\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: application/pdf\r\nContent-Disposition: attachment;\r\n"
        b" filename*0*=utf-8''Quy%E1%BA%BFt;\r\n filename*1*=%20%C4%91%E1%BB%8Bnh.pdf\r\n\r\nabc"
    )
    assert taken(written(tmp_path, head)) == [("Quyết định.pdf", b"abc")]


def test_text_in_an_old_font_under_a_wrong_declaration_is_read(tmp_path: Path) -> None:
    content = (
        b"From: a@example.vn\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
        b"Content-Transfer-Encoding: 8bit\r\n\r\n"
    ) + "QuyÕt ®Þnh vÒ viÖc qu¶n lý sau cai nghiÖn ma tuý t¹i n¬i c­ tró".encode("latin-1")
    body = open_mail(written(tmp_path, content), Family.EML).body
    assert body == "Quyết định về việc quản lý sau cai nghiện ma tuý tại nơi cư trú"


def test_signed_mail_is_read_and_its_signature_is_no_paper(tmp_path: Path) -> None:
    content = (
        b'From: a@example.vn\nSubject: x\nContent-Type: multipart/signed; boundary="b"\n\n'
        b"--b\nContent-Type: text/plain\n\nthe text\n"
        b'--b\nContent-Type: application/pkcs7-signature; name="smime.p7s"\n\nabc\n--b--\n'
    )
    path = written(tmp_path, content)
    mail = open_mail(path, Family.EML)
    assert mail.body.strip() == "the text"
    assert mail.enclosed == ()


def test_parts_in_parts_without_end_are_damaged_not_a_crash(tmp_path: Path) -> None:
    content = b"From: a@example.vn\nSubject: x\n"
    for depth in range(3000):
        content += b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (depth, depth)
    path = written(tmp_path, content + b"Content-Type: text/plain\n\nx")
    with suppress(Damaged):  # whether so deep a mail still parses depends on the version of Python
        assert open_mail(path, Family.EML).subject == "x"


def test_web_page_in_a_mail_fetches_nothing_and_expands_nothing() -> None:
    page = (
        '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
        "<html><body>&b;&x;<img src='http://127.0.0.1:9/x'><p>chữ</p></body></html>"
    )
    text = html_text(page)
    assert "chữ" in text
    assert "root:" not in text
    assert "aaaaaaaaaa" * 3 not in text.replace("\n", "")


# Outlook


def outlook(**more: object) -> dict[str, object]:
    texts = {0x0037: "Quyết định quản lý", 0x1000: BODY, 0x0C1A: "Nguyễn Văn Thử", 0x0C1F: "thu@example.vn"}
    recipient = msg_item({0x3001: "Công an xã", 0x39FE: "ca@example.vn"}, 8, {0x0C15: 1})
    attachment = {
        **msg_item({0x3707: "Kế hoạch.pdf"}, 8, {0x3705: 1}),
        "__substg1.0_37010102": b"%PDF-1.4" + bytes(5000),
    }
    return {
        **msg_item(texts, 32),
        "__recip_version1.0_#00000000": recipient,
        "__attach_version1.0_#00000000": attachment,
        **more,
    }


def test_mail_of_outlook_is_one_page_with_its_files(tmp_path: Path) -> None:
    path = written(tmp_path, ole_bytes(outlook()))
    assert detect(path).family is Family.MSG
    text = open_reader(path, detect(path)).text_page(1).text
    assert text.splitlines()[:3] == [
        "Từ: Nguyễn Văn Thử <thu@example.vn>",
        "Đến: Công an xã <ca@example.vn>",
        "Chủ đề: Quyết định quản lý",
    ]
    assert "ông Nguyễn Văn Thử" in text
    assert taken(path) == [("Kế hoạch.pdf", b"%PDF-1.4" + bytes(5000))]


def test_mail_of_outlook_in_a_mail_of_outlook_comes_out_as_a_mail(tmp_path: Path) -> None:
    inner = msg_item({0x0037: "Thư trong", 0x1000: "Nội dung trong"}, 24)
    carried = {**msg_item({0x3001: "Thư trong"}, 8, {0x3705: 5}), "__substg1.0_3701000D": inner}
    path = written(tmp_path, ole_bytes(outlook(**{"__attach_version1.0_#00000001": carried})))
    name, content = taken(path)[1]
    assert name == "Thư trong.eml"
    (tmp_path / "inner").write_bytes(content)
    mail = open_mail(tmp_path / "inner", Family.EML)
    assert (mail.subject, mail.body.strip()) == ("Thư trong", "Nội dung trong")


def test_mail_of_outlook_with_rtf_only_is_read_from_it(tmp_path: Path) -> None:
    rtf = b"{\\rtf1\\ansi N\\'e9i dung quan ly\\par}"
    packed = struct.pack("<II4sI", len(rtf) + 12, len(rtf), b"MELA", 0) + rtf
    tree = {**msg_item({0x0037: "x"}, 32), "__substg1.0_10090102": packed}
    assert "dung quan ly" in open_mail(written(tmp_path, ole_bytes(tree)), Family.MSG).body


def test_compressed_rtf_is_expanded_as_in_the_example_of_its_standard() -> None:
    """MS-OXRTFCP 3.1.1 and 3.2.1."""
    head = "2d0000002b0000004c5a4675f1c5c7a7"
    packed = bytes.fromhex(head + "03000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
    assert decompressed(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    repeated = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert decompressed(repeated) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    with pytest.raises(Damaged):
        decompressed(b"LZFu")


def test_mail_is_read_in_the_sandbox(tmp_path: Path, sandbox: Sandbox) -> None:
    path = written(tmp_path, ole_bytes(outlook()))
    assert ingestion.survey(path, sandbox=sandbox).members == 1
    assert "Quyết định quản lý" in ingestion.read(path, sandbox=sandbox).pages[0].text

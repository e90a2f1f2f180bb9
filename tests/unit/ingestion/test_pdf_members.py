"""Files inside a PDF are counted at the first look and can be taken out; nothing in it is run."""

from pathlib import Path

import pikepdf
import pytest
from pdf_files import content, note, one_page, saved, write
from pikepdf import Array, AttachedFileSpec, Dictionary, Name, String

import ingestion
from ingestion import ReadError, Sandbox
from ingestion.engines.extracting import answer_extract
from ingestion.engines.pdf import PdfReader
from ingestion.engines.pdf_members import members


def _with_attachments() -> pikepdf.Pdf:
    pdf, page = one_page()
    write(pdf, page, [(60, 700, b"Kem theo")])
    pdf.attachments["phụ lục.txt"] = AttachedFileSpec(pdf, "Danh sách".encode(), filename="phụ lục.txt")
    pinned = AttachedFileSpec(pdf, b"x" * 3_000_000, filename="ảnh.bin")
    note(pdf, page, "FileAttachment", (60, 600, 80, 620), FS=pinned.obj)
    return pdf


def test_attached_and_pinned_files_are_members(tmp_path: Path, sandbox: Sandbox) -> None:
    path = saved(_with_attachments(), tmp_path / "paper.pdf")
    assert ingestion.survey(path, sandbox=sandbox).members == 2
    found = {name: list(chunks) for name, chunks in members(path)}
    assert {name: len(b"".join(chunks)) for name, chunks in found.items()} == {"phụ lục.txt": 10, "ảnh.bin": 3_000_000}
    assert max(len(chunk) for chunk in found["ảnh.bin"]) <= 1024 * 1024
    read = ingestion.read(path, sandbox=sandbox)
    assert {one.name: one.size for one in read.attachments} == {"phụ lục.txt": 10, "ảnh.bin": 3_000_000}


def test_files_of_a_portfolio_are_members(tmp_path: Path) -> None:
    pdf = _with_attachments()
    pdf.attachments["bìa.pdf"] = AttachedFileSpec(pdf, content(one_page()[0]), filename="bìa.pdf")
    pdf.Root.Collection = Dictionary(Type=Name.Collection, View=Name.D)
    path = saved(pdf, tmp_path / "portfolio.pdf")
    assert [name for name, _ in members(path)] == ["bìa.pdf", "phụ lục.txt", "ảnh.bin"]


def test_broken_attachment_does_not_take_the_others(tmp_path: Path) -> None:
    pdf = _with_attachments()
    broken = pdf.make_stream(b"no deflated bytes")
    path = tmp_path / "paper.pdf"
    specification = pdf.make_indirect(Dictionary(Type=Name.Filespec, F=String("hỏng.bin"), EF=Dictionary(F=broken)))
    pdf.Root.Names.EmbeddedFiles.Names.extend([String("zz"), specification])
    pdf.save(path, compress_streams=False)
    path.write_bytes(path.read_bytes().replace(b"/Length 17", b"/Length 17/Filter/FlateDecode", 1))
    ended = {}
    for name, chunks in members(path):
        try:
            ended[name] = str(sum(len(chunk) for chunk in chunks))
        except ReadError as problem:
            ended[name] = problem.code
    assert ended == {"phụ lục.txt": "10", "ảnh.bin": "3000000", "hỏng.bin": "file-damaged"}


def test_members_of_a_locked_file_ask_for_its_password(tmp_path: Path) -> None:
    path = saved(_with_attachments(), tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    for password, code in ((None, "file-encrypted"), ("c", "password-wrong")):
        with pytest.raises(ReadError) as refused:
            list(members(path, password))
        assert refused.value.code == code
    assert len(list(members(path, "b"))) == 2


def _codes(pdf: pikepdf.Pdf, path: Path, **options: object) -> list[str]:
    reader = PdfReader(saved(pdf, path, **options))
    reader.text_page(1)
    return [f"{one.code}: {one.message}" for one in reader.warnings]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "object-streams"])
@pytest.mark.parametrize(
    ("action", "named"),
    [
        (b"<</S/JavaScript/JS(app.alert(1))>>", "JavaScript"),
        (b"<</S/Launch/F(cmd.exe)>>", "a program to start"),
        (b"<</S/GoToR/F(other.pdf)/D[0/Fit]>>", "a link to another file"),
        (b"<</S/SubmitForm/F(http://192.0.2.1/)>>", "a link to another file"),
    ],
    ids=["javascript", "launch", "remote", "submit"],
)
def test_active_content_is_told(tmp_path: Path, action: bytes, named: str, packed: bool) -> None:
    pdf, page = one_page()
    write(pdf, page, [(60, 700, b"Van ban")])
    pdf.Root.OpenAction = pdf.make_indirect(pikepdf.Object.parse(action))
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    (warning,) = _codes(pdf, tmp_path / "active.pdf", object_stream_mode=mode)
    assert warning.startswith("pdf-active-content: ")
    assert named in warning


def test_attached_program_and_xfa_are_told_and_a_plain_paper_is_not(tmp_path: Path) -> None:
    pdf, _ = one_page()
    assert _codes(pdf, tmp_path / "plain.pdf") == []
    pdf.attachments["mo.exe"] = AttachedFileSpec(pdf, b"MZ", filename="mo.exe")
    pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=Array([String("template"), pdf.make_stream(b"<x/>")]))
    (warning,) = _codes(pdf, tmp_path / "active.pdf")
    assert "an XFA form, an attached program" in warning


def test_pages_taken_out_of_a_portfolio_carry_none_of_its_files(tmp_path: Path) -> None:
    """Who may have a page may not see the file that is pinned to it."""
    source = saved(_with_attachments(), tmp_path / "portfolio.pdf")
    assert answer_extract([(source, [1])], tmp_path) == {"pages": 1}
    assert list(members(tmp_path / "extract.pdf")) == []
    with pikepdf.open(tmp_path / "extract.pdf") as made:
        streams = [thing for thing in made.objects if isinstance(thing, pikepdf.Stream)]
        assert [one for one in streams if one.get("/Type") == Name.EmbeddedFile] == []
    with pikepdf.open(source) as pdf:
        assert len(pdf.pages[0].Annots) == 1

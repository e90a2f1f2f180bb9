"""Signed PDF files: who signed, when, whether what was signed is unaltered. Certificates are made by the tests."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pdf_files import content, one_page, write
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from ingestion import Signature
from ingestion.engines.answering import answer_read, answer_survey
from ingestion.engines.pdf import PdfReader

SIGNER = "Ủy ban nhân dân xã Thử Nghiệm"


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> signers.SimpleSigner:
    """Somebody with a key and a certificate that nobody else knows."""
    folder = tmp_path_factory.mktemp("keys")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SIGNER)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    made = signers.SimpleSigner.load(str(folder / "key.pem"), str(folder / "cert.pem"))
    assert made is not None
    return made


def _unsigned() -> bytes:
    pdf, page = one_page()
    write(pdf, page, [(60, 700, b"Quyet dinh da ky so")])
    return content(pdf)


def _signed(paper: bytes, signer: signers.SimpleSigner, name: str = "ky1") -> bytes:
    """The paper with one signature more. In a thread of its own: signing starts an event loop, and a browser test that
    ran before in this process keeps one in the main thread."""
    writer = IncrementalPdfFileWriter(io.BytesIO(paper))
    metadata = signers.PdfSignatureMetadata(field_name=name)
    with ThreadPoolExecutor(1) as aside:
        out = aside.submit(signers.sign_pdf, writer, metadata, signer=signer).result()
    return bytes(out.getvalue())


def _read(path: Path, paper: bytes) -> tuple[tuple[Signature, ...], list[str]]:
    path.write_bytes(paper)
    reader = PdfReader(path)
    assert reader.text_page(1).text.startswith("Quyet dinh da ky so")
    return reader.signatures, [warning.code for warning in reader.warnings]


def test_signer_and_time_are_told_and_the_signature_holds(tmp_path: Path, signer: signers.SimpleSigner) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    (found,), codes = _read(tmp_path / "signed.pdf", _signed(_unsigned(), signer))
    assert (found.signer, found.intact, found.covers_all, codes) == (SIGNER, True, True, [])
    assert found.at is not None
    assert before <= datetime.fromisoformat(found.at) <= datetime.now(UTC)
    assert "was not judged" in found.note


def test_altered_byte_breaks_the_signature(tmp_path: Path, signer: signers.SimpleSigner) -> None:
    paper = _signed(_unsigned(), signer)
    at = paper.index(b"/MediaBox [ 0 0 595 842 ]")
    (found,), _ = _read(tmp_path / "altered.pdf", paper[:at] + b"/MediaBox [ 0 0 595 843 ]" + paper[at + 25 :])
    assert (found.signer, found.intact) == (SIGNER, False)
    assert "altered" in found.note


def test_second_signature_leaves_the_first_in_force_but_not_over_all(
    tmp_path: Path, signer: signers.SimpleSigner
) -> None:
    paper = _signed(_signed(_unsigned(), signer), signer, "ky2")
    (first, second), _ = _read(tmp_path / "twice.pdf", paper)
    assert (first.intact, first.covers_all, second.intact, second.covers_all) == (True, False, True, True)
    assert first.note.startswith("The file was added to")


def test_content_changed_after_signing_is_told(tmp_path: Path, signer: signers.SimpleSigner) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(_signed(_unsigned(), signer)))
    page = writer.root["/Pages"]["/Kids"][0]
    from pyhanko.pdf_utils import generic

    page["/CropBox"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 800)))
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    (found,), _ = _read(tmp_path / "changed.pdf", out.getvalue())
    assert (found.intact, found.covers_all) == (True, False)
    assert found.note.startswith("Its content was changed")


def test_broken_signature_is_a_warning_and_the_text_is_read(tmp_path: Path, signer: signers.SimpleSigner) -> None:
    paper = _signed(_unsigned(), signer)
    at = paper.index(b"/Contents <") + len(b"/Contents <")
    found, codes = _read(tmp_path / "broken.pdf", paper[:at] + b"00" * 40 + paper[at + 80 :])
    assert found == ()
    assert codes == ["signature-unreadable"]


def test_empty_field_for_a_signature_is_none(tmp_path: Path) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(_unsigned()))
    fields.append_signature_field(writer, fields.SigFieldSpec("ky1"))
    out = io.BytesIO()
    writer.write(out)
    assert _read(tmp_path / "field.pdf", out.getvalue()) == ((), [])


def test_signatures_come_with_the_survey_and_the_first_pages(tmp_path: Path, signer: signers.SimpleSigner) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(_signed(_unsigned(), signer))
    surveyed = answer_survey(path, tmp_path)["signatures"]
    assert [one["signer"] for one in surveyed] == [SIGNER]
    assert answer_read(path, first=1, last=1, images=None)["signatures"] == surveyed

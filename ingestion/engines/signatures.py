"""Digital signatures on a PDF, through pyHanko: who signed, when, and whether what was signed is unaltered.

Whether a certificate is to be trusted is not judged: that takes lists of authorities and of revoked certificates, which
are on the network. Importing pyHanko takes a second, so it is done for files that say they are signed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import cms  # type: ignore[import-untyped]
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter, validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from ingestion.pages import Signature, Warning
from ingestion.vietnamese.normalise import squeeze

# What pyHanko, asn1crypto and cryptography raise on signatures that are cut off, altered or of unknown kinds.
_BROKEN = (
    *(PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, NotImplementedError, OSError),
    *(RecursionError, OverflowError, AssertionError, ArithmeticError),
)
_MOST = 50  # signatures of one file
NOT_JUDGED = "Whether the certificate is to be trusted was not judged."
_ADDED = "The file was added to after this signature."
_CHANGED = "Its content was changed after this signature."
_ALTERED = "What was signed has been altered."


def signatures(path: Path, password: str | None = None) -> tuple[tuple[Signature, ...], tuple[Warning, ...]]:
    """The signatures in the order of the file, and a warning for those that cannot be read. Never raises for them."""
    found: list[Signature] = []
    warnings: list[Warning] = []
    try:
        with path.open("rb") as stream:
            reader = PdfFileReader(stream, strict=False)
            if reader.encrypted:
                reader.decrypt(password or "")
            for one in list(reader.embedded_regular_signatures)[:_MOST]:  # a time stamp is nobody's signature
                try:
                    found.append(_signature(one))
                except _BROKEN:
                    warnings.append(_unreadable())
    except _BROKEN:
        warnings.append(_unreadable())
    if not found and not warnings:  # a kind of signature that pyHanko passes over
        warnings.append(_unreadable())
    return tuple(found), tuple(warnings)


def _unreadable() -> Warning:
    return Warning("signature-unreadable", None, "The file says that it is digitally signed, but this cannot be read.")


def _signature(one: EmbeddedPdfSignature) -> Signature:
    one.compute_integrity_info(skip_diff=True)  # type: ignore[no-untyped-call]
    content_type = one.signed_data["encap_content_info"]["content_type"].native
    unaltered, right = validate_sig_integrity(
        one.signer_info, one.signer_cert, expected_content_type=content_type, actual_digest=one.compute_digest()
    )
    intact = bool(unaltered and right)
    covers_all = one.coverage is SignatureCoverageLevel.ENTIRE_FILE
    note = _note(one, intact=intact, covers_all=covers_all)
    return Signature(_common_name(one), _time(one), intact, covers_all, note)


def _common_name(one: EmbeddedPdfSignature) -> str:
    named: Any = one.signer_cert.subject.native
    name = named.get("common_name") or named.get("organization_name") or one.signer_cert.subject.human_friendly
    return squeeze(", ".join(name) if isinstance(name, list) else str(name))


def _time(one: EmbeddedPdfSignature) -> str | None:
    """When it was signed: by the time stamp of an authority where there is one, else as the signer's computer says."""
    stamped = _stamped_time(one)
    at = stamped or one.self_reported_timestamp
    if at is None:
        return None
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _stamped_time(one: EmbeddedPdfSignature) -> datetime | None:
    stamp = next(iter(extract_tst_data_iter(one.signer_info, signed=False)), None)
    if not isinstance(stamp, cms.SignedData):
        return None
    at = stamp["encap_content_info"]["content"].parsed["gen_time"].native
    return at if isinstance(at, datetime) else None


def _note(one: EmbeddedPdfSignature, *, intact: bool, covers_all: bool) -> str:
    if not intact:
        return f"{_ALTERED} {NOT_JUDGED}"
    if covers_all:
        return NOT_JUDGED
    try:
        harmless = isinstance(one.evaluate_modifications(DEFAULT_DIFF_POLICY), DiffResult)
    except _BROKEN:
        harmless = False
    return f"{_ADDED if harmless else _CHANGED} {NOT_JUDGED}"

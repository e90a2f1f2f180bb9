"""Public provincial documents, as text, as Word and without a sandbox: what they say and what they lack."""

from pathlib import Path

import pytest

import ingestion
from ingestion import Sandbox, limits

pytestmark = pytest.mark.shared


@pytest.mark.parametrize("suffix", [".pdf", ".docx", ".txt"])
def test_notice_with_blank_number_and_day_is_flagged_in_every_format(
    plans: Path, sandbox: Sandbox, suffix: str
) -> None:
    facts = ingestion.read(plans / f"bac-giang-notice-2023{suffix}", sandbox=sandbox).facts
    assert facts.type is not None
    assert facts.type.value == "TB"
    assert facts.number is None
    assert facts.symbol is not None
    assert facts.symbol.value == "TB-UBND"
    assert facts.date is not None
    assert facts.date.value == "2023-11"
    assert facts.place is not None
    assert facts.place.value == "Bắc Giang"
    assert facts.subject is not None
    assert facts.subject.value.startswith("Kết luận của Phó Chủ tịch Thường trực UBND tỉnh Mai Sơn tại hội nghị")
    assert facts.subject.value.endswith("quản lý sau cai tại nơi cư trú")
    assert facts.signer is not None
    assert facts.signer.value == "Lê Tuấn Phú"
    assert facts.signer_post is not None
    assert facts.signer_post.value == "CHÁNH VĂN PHÒNG"
    assert facts.flags == ("NO_NUMBER", "PARTIAL_DATE")


def test_plan_without_head_is_typed_and_its_signer_found(plans: Path, sandbox: Sandbox) -> None:
    facts = ingestion.read(plans / "tuyen-quang-plan-2023.pdf", sandbox=sandbox).facts
    assert facts.type is not None
    assert facts.type.value == "KH"
    assert facts.signer is not None
    assert facts.signer.value == "Hoàng Việt Phương"
    assert facts.signer_authority is not None
    assert facts.signer_authority.value == "TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH"


def test_plan_without_number_date_and_signature_says_so(plans: Path, sandbox: Sandbox) -> None:
    facts = ingestion.read(plans / "dien-bien-plan-2018.docx", sandbox=sandbox).facts
    assert facts.signer is None
    assert set(facts.flags) == {"NO_NUMBER", "NO_DATE"}


def test_best_effort_reads_without_bubblewrap(plans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    limits.sandbox_status.cache_clear()
    try:
        assert not limits.sandboxed(Sandbox("best-effort"))
        survey = ingestion.survey(plans / "dien-bien-plan-2018.pdf", sandbox=Sandbox("best-effort"))
    finally:
        limits.sandbox_status.cache_clear()
    assert (survey.pages, len(survey.slices)) == (6, 1)

"""Cases in words of the screen: procedures by the law of their day, states, findings, answers."""

from collections.abc import Mapping
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _

from app.models import Case, CaseState
from app.services.findings import Finding, FindingState
from config.rules import Gap, Procedure, Regime, regimes, rules_on

CASE_STATES: Mapping[CaseState, tuple[str, Any]] = {
    CaseState.OPEN: ("info", _("đang mở")),
    CaseState.CLOSED: ("none", _("đã đóng")),
}

FINDINGS: Mapping[FindingState, tuple[str, Any]] = {
    FindingState.PRESENT: ("ok", _("có")),
    FindingState.MISSING: ("bad", _("thiếu")),
    FindingState.UNREADABLE: ("warn", _("đọc kém, cần người xem")),
    FindingState.UNSIGNED_UNSEEN: ("warn", _("chưa thấy chữ ký, cần người xem")),
    FindingState.NOT_SIGNED: ("bad", _("có văn bản, chưa ký")),
    FindingState.MADE_NOT_SIGNED: ("bad", _("chưa có bản ký")),
    FindingState.COPY_ONLY: ("bad", _("mới có bản sao")),
    FindingState.DUPLICATE: ("warn", _("trùng")),
    FindingState.SUBSTITUTED: ("ok", _("có văn bản thay thế")),
    FindingState.WRONG_FORM: ("bad", _("sai mẫu")),
    FindingState.NOT_REQUIRED: ("none", _("không yêu cầu")),
    FindingState.UNKNOWN_CIRCUMSTANCE: ("warn", _("chưa rõ có thuộc trường hợp này không")),
    FindingState.RESTRICTED: ("warn", _("có văn bản không được xem")),
}

SIGNED_PRESENT = ("ok", _("có, đã ký"))
BELIEVED_PRESENT = ("warn", _("có, cần người xác nhận"))


def case_state(state: CaseState) -> tuple[str, Any]:
    """The badge of a case."""
    return CASE_STATES[state]


def in_language(procedure: Procedure) -> str:
    """The name of a procedure in the reader's language."""
    return procedure.name_en if str(get_locale()) == "en" else procedure.name_vi


def procedure_name(case: Case) -> str:
    """The procedure of a case as the law of its day names it."""
    return in_language(rules_on(case.act_date).procedure(case.procedure))


def procedure_choices(regime: Regime) -> list[tuple[str, str]]:
    """The procedures to choose from, as this regime names them, and those that only other regimes have."""
    named = {row.key: in_language(row) for other in regimes() for row in other.procedures}
    named |= {row.key: in_language(row) for row in regime.procedures}
    return sorted(named.items())


def finding_badge(finding: Finding, *, signed: bool) -> tuple[str, Any]:
    """The badge of one finding; `signed` says that its item has to be signed. What only the machine believes is never
    shown as settled."""
    if finding.state is FindingState.PRESENT and not finding.is_settled:
        return BELIEVED_PRESENT
    if finding.state is FindingState.PRESENT and signed:
        return SIGNED_PRESENT
    return FINDINGS[finding.state]


def gap_text(gap: Gap) -> str:
    """What the law data does not know, with the articles it concerns; our own notes are no basis for a reader."""
    articles = "; ".join(part.strip() for part in gap.basis.split(";") if ".md" not in part)
    return f"{gap.text_vi} ({articles})" if articles else gap.text_vi

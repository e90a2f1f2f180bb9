"""Papers in words of the screen: states, steps, who has to act, what prevents it."""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.actor import SYSTEM
from app.models import Paper, PaperState
from app.services.paper_steps import Step
from app.web.document_words import printed_number
from config.rules import form_rule

Badge = tuple[str, Any]

STATES: Mapping[PaperState, Badge] = {
    PaperState.DRAFT: ("info", _("dự thảo")),
    PaperState.PRESENTED: ("info", _("đã trình, chờ duyệt")),
    PaperState.APPROVED: ("info", _("đã duyệt, chờ ký")),
    PaperState.SIGNED: ("info", _("đã ký, chờ cấp số")),
    PaperState.NUMBERED: ("info", _("đã cấp số, đang tạo tệp")),
    PaperState.MADE: ("info", _("đã tạo, chờ phát hành")),
    PaperState.RELEASED: ("ok", _("đã phát hành")),
    PaperState.CANCELLED: ("none", _("đã hủy")),
}

RETURNED: Badge = ("warn", _("bị trả lại"))
NOT_MADE: Badge = ("bad", _("chưa tạo được tệp"))
NO_SIGNED_COPY: Badge = ("warn", _("chưa có bản ký"))

WAITS_FOR: Mapping[PaperState, Any] = {
    PaperState.DRAFT: _("Chờ cán bộ hồ sơ hoàn chỉnh và trình."),
    PaperState.PRESENTED: _("Chờ lãnh đạo duyệt hoặc trả lại."),
    PaperState.APPROVED: _("Chờ ký trên giấy; văn thư ghi nhận chữ ký."),
    PaperState.SIGNED: _("Chờ văn thư cấp số và ngày."),
    PaperState.NUMBERED: _("Hệ thống đang tạo tệp; số đã cấp giữ cho văn bản này."),
    PaperState.MADE: _("Chờ văn thư phát hành."),
    PaperState.RELEASED: _("Chờ văn thư đưa bản quét đã ký trở lại."),
}

ACTS: Mapping[Step, Any] = {
    Step.SAVE: _("Sửa"),
    Step.PRESENT: _("Trình"),
    Step.APPROVE: _("Xem để duyệt"),
    Step.SIGN: _("Ghi nhận chữ ký"),
    Step.NUMBER: _("Cấp số"),
    Step.MAKE_AGAIN: _("Tạo lại"),
    Step.RELEASE: _("Phát hành"),
    Step.SIGNED_COPY: _("Đưa bản ký vào"),
}
"""The verb on a button that leads to a paper, for the step that comes next."""

NEXT: tuple[tuple[Step, frozenset[PaperState]], ...] = (
    (Step.PRESENT, frozenset({PaperState.DRAFT})),
    (Step.SAVE, frozenset({PaperState.DRAFT})),
    (Step.APPROVE, frozenset({PaperState.PRESENTED})),
    (Step.SIGN, frozenset({PaperState.APPROVED})),
    (Step.NUMBER, frozenset({PaperState.SIGNED})),
    (Step.MAKE_AGAIN, frozenset({PaperState.NUMBERED})),
    (Step.RELEASE, frozenset({PaperState.MADE})),
    (Step.SIGNED_COPY, frozenset({PaperState.RELEASED})),
)
"""The step that carries a paper on from each state, the one that can be taken first."""

STEP_ORDER: tuple[tuple[PaperState, Any], ...] = (
    (PaperState.DRAFT, _("Soạn")),
    (PaperState.PRESENTED, _("Trình")),
    (PaperState.APPROVED, _("Duyệt")),
    (PaperState.SIGNED, _("Ký")),
    (PaperState.NUMBERED, _("Cấp số")),
    (PaperState.MADE, _("Tạo tệp")),
    (PaperState.RELEASED, _("Phát hành")),
)


def next_step(paper: Paper, steps: frozenset[Step]) -> Step | None:
    """The step among these that carries the paper on; None where this actor can only look."""
    for step, states in NEXT:
        if step in steps and paper.state in states:
            if step is Step.MAKE_AGAIN and paper.make_error is None:
                continue
            return step
    return None


def state_badge(paper: Paper) -> Badge:
    """Where a paper stands, failures and returns first."""
    if paper.state is PaperState.NUMBERED and paper.make_error is not None:
        return NOT_MADE
    if paper.state is PaperState.DRAFT and paper.remarks:
        return RETURNED
    return STATES[paper.state]


def lacks_signed_copy(paper: Paper) -> bool:
    """Whether a paper with a number still waits for its signed scan."""
    numbered = paper.state in (PaperState.NUMBERED, PaperState.MADE, PaperState.RELEASED)
    return numbered and paper.signed_document_id is None


def badges_of_paper(paper: Paper) -> tuple[Badge, ...]:
    """All that must be seen of a paper at once: no unsigned file is shown as if it were the order."""
    shown: tuple[Badge, ...] = (state_badge(paper),)
    if lacks_signed_copy(paper):
        shown += (NO_SIGNED_COPY,)
    elif paper.signed_document_id is not None:
        seen = paper.is_seen_signed
        shown += (("ok", _("đã có bản ký")),) if seen else (("warn", _("có bản quét ký, cần người xem chữ ký")),)
    return shown


def is_finished(paper: Paper) -> bool:
    """Whether nothing is left to do: cancelled, or released with its signed copy."""
    if paper.state is PaperState.CANCELLED:
        return True
    return paper.state is PaperState.RELEASED and paper.signed_document_id is not None


def form_name(code: str) -> str:
    """A form as offices call it, by its number and decree: D163/V/53 as Mẫu 53 NĐ 163/2026."""
    decree = re.search(r"\bN\w \d+/\d{4}", form_rule(code).basis)
    number = code.rpartition("/")[2]
    return str(gettext("Mẫu %(number)s %(decree)s", number=number, decree=decree[0])) if decree else code


def number_text(paper: Paper) -> str:
    """Number and symbol as printed, without the type before them; empty before numbering."""
    if paper.number is None:
        return ""
    return printed_number(f"{paper.number}/{paper.symbol}" if paper.symbol else paper.number)


def who(name: str) -> str:
    """The one who took a step; the system's own work is told as such."""
    return str(_("hệ thống")) if name == SYSTEM.name else name

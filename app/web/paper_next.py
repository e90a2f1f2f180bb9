"""What can be done now with a paper: one form for each lawful step of this actor, exactly one of them filled."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.backends import UnitOfWork
from app.models import BookKeeping, Document, Paper, PaperState, Signed
from app.services.drafting import context_of
from app.services.local_day import today
from app.services.paper_steps import Step, is_open
from app.services.papers import can
from app.services.registers import books
from app.web.inputs import PlainForm
from app.web.paper_words import next_step
from app.web.papers_forms import (
    ApproveForm,
    DropForm,
    NumberForm,
    ReasonForm,
    ReleaseForm,
    RemarksForm,
    ScanForm,
    SignForm,
)
from config.rules import FormRule, Recipient, clerical_basis
from indexer.folding import fold

CONFIRM, DROP = "confirm", "drop"  # what can be done about a signed scan that is there


@dataclass(frozen=True, slots=True)
class NextAct:
    """A step as `papers/view.html` draws it."""

    key: str
    title: str
    submit: str
    url: str
    form: Any = None
    why: str = ""
    basis: str = ""
    kind: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """The paper, the rule it is made by, the forms that were sent and refused (by key), and the step that leads on."""

    uow: UnitOfWork
    paper: Paper
    rule: FormRule | None
    refused: Mapping[str, Any]
    leading: Step | None

    def form(self, key: str, make: Callable[[], Any]) -> Any:
        """The refused form with all its input, or a fresh one."""
        return self.refused[key] if key in self.refused else make()

    def act(self, step: Step, title: str, submit: str, **given: Any) -> NextAct:
        """One step; the leading one is open and filled."""
        leads = step is self.leading
        given.setdefault("kind", "primary" if leads else "")
        given.setdefault("open", leads)
        given.setdefault("basis", clerical_basis(step.value))
        return NextAct(step.value, title, submit, _url(step.value, self.paper), **given)


def _url(key: str, paper: Paper) -> str:
    return url_for(_ENDPOINTS.get(key, f"paper_acts.{key.replace('-', '_')}"), paper_id=paper.id)


_ENDPOINTS = {Step.SIGNED_COPY.value: "paper_acts.signed_copy_upload"}


def next_acts(uow: UnitOfWork, paper: Paper, rule: FormRule | None, refused: Mapping[str, Any]) -> list[NextAct]:
    """The steps that this actor may take now, the leading one first."""
    steps = can(uow, paper)
    leading = next_step(paper, steps)
    confirming = _confirms(uow, paper)
    if confirming:
        leading = None if paper.state is PaperState.RELEASED else leading
    asked = Asked(uow, paper, rule, refused, leading)
    acts = [make(asked) for step, make in _MAKERS if step in steps and _is_due(step, paper)]
    if confirming:
        acts += _scan_acts(asked, leads=leading is None)
    return sorted(acts, key=lambda act: (act.kind != "primary", act.kind == "danger"))


def _is_due(step: Step, paper: Paper) -> bool:
    """Making again is offered where making failed, not while it runs."""
    return step is not Step.MAKE_AGAIN or paper.make_error is not None


def _present(asked: Asked) -> NextAct:
    why = _("Đủ thông tin; sau khi trình, sửa nội dung thì phải trình lại.")
    form = asked.form("present", PlainForm)
    return asked.act(Step.PRESENT, _("Trình lãnh đạo"), _("Trình"), why=why, form=form)


def _approve(asked: Asked) -> NextAct:
    def make() -> ApproveForm:
        form = ApproveForm(formdata=None)
        form.revision.data = str(asked.paper.revision)
        return form

    why = _("Duyệt đúng nội dung đang thấy; ai sửa sau đó thì phải trình lại.")
    form = asked.form("approve", make)
    return asked.act(Step.APPROVE, _("Duyệt"), _("Duyệt"), why=why, form=form)


def _return(asked: Asked) -> NextAct:
    form = asked.form("return", lambda: RemarksForm(formdata=None)).dress()
    return asked.act(Step.RETURN, _("Trả lại để sửa"), _("Trả lại"), form=form, kind="danger")


def _sign(asked: Asked) -> NextAct:
    def make() -> SignForm:
        form = SignForm(formdata=None)
        form.signed_on.data = today(asked.uow)
        form.signer_name.data = context_of(asked.paper).get("signer", {}).get("full_name", "")
        return form

    why = _("Ghi nhận sau khi người có thẩm quyền đã ký trên giấy.")
    form = asked.form("sign", make).dress()
    return asked.act(Step.SIGN, _("Ghi nhận đã ký"), _("Ghi nhận chữ ký"), why=why, form=form)


def is_drawn(uow: UnitOfWork, paper: Paper) -> bool:
    """Whether the book that numbers this paper is kept here; a book not opened yet will be as last year's."""
    year = today(uow).year
    mine = [row for row in books(uow) if row.organisation_id == paper.organisation_id and row.year <= year]
    latest = [row for row in mine if mine and row.year == mine[0].year]
    named = [row for row in latest if paper.type in row.types] or [row for row in latest if not row.types]
    return not named or named[0].keeping is BookKeeping.DRAWN


def _number(asked: Asked) -> NextAct:
    drawn = is_drawn(asked.uow, asked.paper)

    def make() -> NumberForm:
        form = NumberForm(formdata=None)
        form.date.data = today(asked.uow)
        return form.dress(is_drawn=drawn)

    why = _("Hệ thống cấp số kế tiếp của sổ.") if drawn else _("Sổ giữ ở nơi khác: nhập số đã cấp.")
    form = asked.form("number", make)
    return asked.act(Step.NUMBER, _("Cấp số, ghi ngày"), _("Cấp số"), why=why, form=form)


def _make_again(asked: Asked) -> NextAct:
    why = _("Chưa tạo được tệp; số đã cấp vẫn giữ cho văn bản này.")
    return asked.act(Step.MAKE_AGAIN, _("Tạo lại tệp"), _("Tạo lại"), why=why)


def wanted_recipients(paper: Paper, rule: FormRule | None) -> list[tuple[str, str]]:
    """Who must get the paper, with the article: those the law names for this case, then those the paper names."""
    answers = paper.case.circumstances
    lawful = [one for one in rule.recipients if answers.get(one.condition or "") is not False] if rule else []
    typed = [str(name) for name in context_of(paper).get("recipients", []) or []]
    named = [(one.label, one.basis) for one in lawful if one.printed or not _named_by(one, typed)]
    return named + [(name, "; ".join(one.basis for one in lawful if _named_by(one, [name]))) for name in typed]


def _named_by(recipient: Recipient, names: Sequence[str]) -> bool:
    """Whether the paper itself names a recipient whom its form does not print."""
    words = "|".join(map(re.escape, recipient.match))
    return bool(words) and any(re.search(rf"\b(?:{words})\b", name, re.IGNORECASE) for name in names)


def _release(asked: Asked) -> NextAct:
    sent = {fold(row.recipient) for row in asked.paper.releases}
    left = [name for name, _basis in wanted_recipients(asked.paper, asked.rule) if fold(name) not in sent]

    def make() -> ReleaseForm:
        form = ReleaseForm(formdata=None)
        form.recipient.data = left[0][:200] if left else ""
        form.sent_on.data = today(asked.uow)
        return form

    why = _("Ghi từng nơi nhận, kèm căn cứ đã giao.")
    form = asked.form("release", make).dress()
    title = _("Phát hành") if asked.paper.state is PaperState.MADE else _("Giao thêm nơi nhận")
    return asked.act(Step.RELEASE, title, _("Ghi đã giao"), why=why, form=form)


def _signed_copy(asked: Asked) -> NextAct:
    why = _("Bản quét được đọc, so với văn bản, rồi thành bản ký của văn bản này.")
    form = asked.form("signed-copy", lambda: ScanForm(formdata=None)).dress()
    return asked.act(Step.SIGNED_COPY, _("Đưa bản quét đã ký vào"), _("Gửi bản quét"), why=why, form=form)


def _cancel(asked: Asked) -> NextAct:
    form = asked.form("cancel", lambda: ReasonForm(formdata=None)).dress()
    why = _("Số đã cấp ở lại trong sổ, ghi là đã hủy, không cấp lại.") if asked.paper.number else ""
    return asked.act(Step.CANCEL, _("Hủy văn bản"), _("Hủy văn bản"), why=why, form=form, kind="danger")


_MAKERS: tuple[tuple[Step, Callable[[Asked], NextAct]], ...] = (
    (Step.PRESENT, _present),
    (Step.APPROVE, _approve),
    (Step.SIGN, _sign),
    (Step.NUMBER, _number),
    (Step.MAKE_AGAIN, _make_again),
    (Step.RELEASE, _release),
    (Step.SIGNED_COPY, _signed_copy),
    (Step.RETURN, _return),
    (Step.CANCEL, _cancel),
)


def _confirms(uow: UnitOfWork, paper: Paper) -> bool:
    """Whether a scan is there and this actor looks after it."""
    return paper.signed_document_id is not None and is_open(uow, paper, Step.SIGNED_COPY)


def _scan_acts(asked: Asked, *, leads: bool) -> list[NextAct]:
    """Saying that the scan bears the signature, and taking a wrong one off."""
    document = asked.uow.session.get_one(Document, asked.paper.signed_document_id)
    acts = []
    if document.signed is not Signed.CONFIRMED:
        why = _("Xem bản quét: có chữ ký của người có thẩm quyền và dấu thì xác nhận.")
        title, kind = _("Xác nhận bản quét đã ký"), "primary" if leads else ""
        acts.append(NextAct(CONFIRM, title, _("Đã thấy chữ ký"), _url(CONFIRM, asked.paper), None, why, "", kind, True))
    form = asked.form(DROP, lambda: DropForm(formdata=None)).dress()
    acts.append(NextAct(DROP, _("Gỡ bản quét"), _("Gỡ"), _url(DROP, asked.paper), form, "", "", "danger", False))
    return acts

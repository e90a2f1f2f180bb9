"""The office clerk's steps (văn thư): recording the signature, numbering, releasing, cancelling.

Decree 30/2020 Article 15: on paper the number is given after the signature. Numbering is one short unit of work: the
paper's row is held, what was approved is compared with what is there, the number comes from the book, and the context
is frozen with number and date. The files are made afterwards by a job; a failure there keeps the number.
"""

from copy import deepcopy
from datetime import date

from app.backends import UnitOfWork
from app.errors import Conflict, FactsMissing, Invalid, NotFound
from app.jobs import Job
from app.models import BookKeeping, Paper, PaperRelease, PaperState, RegisterEntry
from app.services.drafting import context_of, form_of
from app.services.local_day import today
from app.services.paper_steps import Step, advance, rule_of, take_up, wanted
from app.services.registers import book_for, draw, enter, entry_of, mark_cancelled, parse_number
from app.services.signing_posts import signer_problems
from doc_templates import context
from indexer.folding import fold

CHANGED = "Dự thảo đã thay đổi sau khi duyệt; trình lại người ký."


def record_signature(uow: UnitOfWork, paper: Paper, *, signed_on: date, signer_name: str) -> None:
    """Record that the approved paper was signed by the person it names, on a day not after today.

    Raises `Conflict` where the paper is not what was approved, `Invalid` for another name or an impossible day.
    """
    take_up(uow, paper, Step.SIGN)
    _as_approved(paper)
    if signed_on > today(uow):
        raise Invalid(fields={"signed_on": "Ngày ký không được sau hôm nay."})
    rule_of(paper, signed_on)
    name = wanted("signer_name", signer_name, "Ghi họ tên người đã ký.", most=120)
    printed = str(context_of(paper).get("signer", {}).get("full_name", ""))
    if fold(name) != fold(printed):
        raise Invalid(fields={"signer_name": "Khác người ký ghi trong dự thảo; trả lại để sửa dự thảo rồi trình lại."})
    paper.signed_on, paper.signer_name = signed_on, printed
    advance(uow, paper, PaperState.SIGNED)


def _as_approved(paper: Paper) -> None:
    if paper.approved_revision != paper.revision:
        raise Conflict(CHANGED)


def number(uow: UnitOfWork, paper: Paper, *, date: date, number_text: str | None = None) -> RegisterEntry:
    """Give a signed paper its number and date and freeze it; the files are made by the job asked for here.

    `number_text` is typed where the book is kept elsewhere (15a is accepted) and must be absent where it is kept here.
    The date is not before the signature and not after today. Raises `DuplicateNumber`, `Invalid`, `Conflict`.
    """
    take_up(uow, paper, Step.NUMBER)
    _as_approved(paper)
    _check_date(uow, paper, date)
    rule_of(paper, date)
    series = book_for(uow, paper.organisation_id, date.year, paper.type)
    if series.keeping is BookKeeping.ENTERED:
        if not (number_text or "").strip():
            raise Invalid(fields={"number_text": "Sổ giữ ở ngoài: nhập số đã cấp."})
        _check_facts(uow, paper, str(parse_number(number_text or "")), date)
        entry = enter(
            uow,
            series,
            number_text=number_text or "",
            paper=paper,
            date=date,
            symbol=paper.symbol,
            subject=paper.title,
        )
    else:
        if (number_text or "").strip():
            raise Invalid(fields={"number_text": "Sổ giữ tại đây: để trống, hệ thống cấp số tiếp theo."})
        _check_facts(uow, paper, str(series.last + 1), date)
        entry = draw(uow, series, paper=paper, date=date, symbol=paper.symbol, subject=paper.title)
    _freeze(paper, f"{entry.number}{entry.suffix}", date)
    advance(uow, paper, PaperState.NUMBERED)
    uow.defer(Job.MAKE, paper.id)
    return entry


def _check_date(uow: UnitOfWork, paper: Paper, day: date) -> None:
    if paper.signed_on is None or day < paper.signed_on:
        raise Invalid(fields={"date": "Số và ngày được cấp sau khi ký: ngày văn bản không được trước ngày ký."})
    if day > today(uow):
        raise Invalid(fields={"date": "Ngày văn bản không được sau hôm nay."})


def _check_facts(uow: UnitOfWork, paper: Paper, number_text: str, day: date) -> None:
    """All validations of the form once more, now with number and date; nothing is given where one does not hold."""
    facts = _with_number(paper, number_text, day)
    missing = context.missing(form_of(paper), facts, numbered=True)
    if missing:
        raise FactsMissing(tuple(fact.label for fact in missing))
    issuer = rule_of(paper, day).issuer_for(paper.organisation.kind)
    wrong = list(context.problems(form_of(paper), facts, today=today(uow)))
    if issuer is not None:
        wrong += signer_problems(facts, issuer)
    if wrong:
        raise Invalid(fields={problem.variable: problem.message for problem in wrong})


def _with_number(paper: Paper, number_text: str, day: date) -> dict[str, object]:
    facts = deepcopy(context_of(paper))
    facts["doc"] = {**facts.get("doc", {}), "number": number_text, "date": day.isoformat()}
    return facts


def _freeze(paper: Paper, number_text: str, day: date) -> None:
    paper.frozen = _with_number(paper, number_text, day)
    paper.number, paper.number_date = number_text, day


def release(uow: UnitOfWork, paper: Paper, *, recipient: str, sent_on: date, proof: str) -> PaperRelease:
    """Record that the paper went to a recipient, on which day and with what proof (delivery slip, signature, mail)."""
    take_up(uow, paper, Step.RELEASE)
    if paper.number_date is None or sent_on < paper.number_date:
        raise Invalid(fields={"sent_on": "Ngày phát hành không được trước ngày văn bản."})
    if sent_on > today(uow):
        raise Invalid(fields={"sent_on": "Ngày phát hành không được sau hôm nay."})
    row = PaperRelease(
        recipient=wanted("recipient", recipient, "Ghi nơi nhận.", most=200),
        sent_on=sent_on,
        proof=wanted("proof", proof, "Ghi căn cứ đã giao: ký nhận, phiếu gửi, số bưu gửi.", most=300),
    )
    paper.releases.append(row)
    uow.session.flush()
    uow.record("paper.sent", "paper", paper.id, release=row.id)
    if paper.state is not PaperState.RELEASED:
        paper.released_at = uow.now
        advance(uow, paper, PaperState.RELEASED)
    return row


def cancel(uow: UnitOfWork, paper: Paper, *, reason: str) -> None:
    """Cancel a paper that was not released. Its number stays in the book, cancelled, with the reason."""
    take_up(uow, paper, Step.CANCEL)
    plain = wanted("reason", reason, "Ghi lý do hủy.", most=300)
    if paper.number is not None:
        entry = entry_of(uow, paper)
        if entry is None:
            raise NotFound()
        mark_cancelled(uow, entry, plain)
    advance(uow, paper, PaperState.CANCELLED, remark=plain)

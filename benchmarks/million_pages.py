"""Pages of results over the million documents: rows, pieces and boxes beside the bare answer, and the whole page."""

import time
from pathlib import Path

from sqlalchemy import select

from app.actor import Actor, Purpose
from app.models import User
from app.services.pieces import SNIPPETS, pieces_of
from app.services.searching import Query, request_of, search
from benchmarks.measuring import Row, Table, percentile
from benchmarks.million_asking import questions
from benchmarks.million_documents import LONG_EVERY, Collection
from benchmarks.million_records import NAME, Records
from indexer import SearchRequest

QUESTIONS = 60
LONG = 20  # documents of a thousand pages on one page of results


def pages_of_results(
    table: Table, collection: Collection, documents: int, index: Path, home: Path, *, quick: bool
) -> None:
    """An inspector's results with rows, pieces and boxes against the answer of the index alone; the page as HTML."""
    records = Records(home, index, collection)
    asked = [one.request.text for one in questions(collection, documents, 12 if quick else QUESTIONS)]
    long = list(range(LONG_EVERY // 2, documents, LONG_EVERY))[: 2 if quick else LONG]
    with records.backends.begin(_actor(records)) as uow:
        found = [uow.search.find(request_of(uow, Query(text=text))) for text in asked]
    records.add([*long, *(hit.id for one in found for hit in one.hits)])
    records.settle()
    answers, more, whole, lengthy = _measured(records, asked, long)
    for name, seconds in (("answer with rows, pieces and boxes", whole), ("answer of the index", answers)):
        table.remarks.append(f"- {name}: p95 {percentile(seconds, 95) * 1000:,.0f} ms.")
    table.rows.append(_row("rows, pieces, boxes of 20 results, p95: more than the answer", more, answers))
    if long:
        table.rows.append(_row(f"the same of {len(long)} documents of 1,000 pages, p95", lengthy, answers))
    client = records.browser()
    pages: list[float] = []
    for text in asked:
        address = records.address_of(client, text)
        start = time.perf_counter()
        answer = client.get(address)
        pages.append(time.perf_counter() - start)
        if answer.status_code != 200 or address == "/tim-kiem":
            raise RuntimeError(f"{text} answered {answer.status_code}")
    table.rows.append(_row("the whole page, p95", pages, answers))
    records.backends.close()


def _actor(records: Records) -> Actor:
    with records.backends.read() as uow:
        account = uow.session.scalars(select(User).where(User.username == NAME)).one()
        made = account.actor()
    return Actor(made.name, made.role, made.user_id, made.organisation_id, made.flags, Purpose("đo", "1/QĐ-TTr"))


def _measured(
    records: Records, asked: list[str], long: list[int]
) -> tuple[list[float], list[float], list[float], list[float]]:
    """Seconds of: the answer of the index, what is added to it, both together, and what long documents add."""
    answers: list[float] = []
    more: list[float] = []
    whole: list[float] = []
    lengthy: list[float] = []
    actor = _actor(records)
    with records.backends.read(actor) as uow:  # statements are compiled once in the life of a server
        for text in asked[:5]:
            search(uow, Query(text=text))
    for text in asked:
        with records.backends.read(actor) as uow:
            request: SearchRequest = request_of(uow, Query(text=text))
            uow.search.find(request)
            start = time.perf_counter()
            uow.search.find(request)
            middle = time.perf_counter()
            search(uow, Query(text=text))
            end = time.perf_counter()
            pieces_of(uow, uow.search.pages(long, text, SNIPPETS), text)
            last = time.perf_counter()
        answers.append(middle - start)
        whole.append(end - middle)
        more.append(max(0.0, (end - middle) - (middle - start)))
        lengthy.append(last - end)
    return answers, more, whole, lengthy


def _row(what: str, ours: list[float], bare: list[float]) -> Row:
    mine, theirs = percentile(ours, 95), percentile(bare, 95)
    return Row(what, len(ours), sum(ours), f"{mine * 1000:,.0f} ms", f"{theirs * 1000:,.0f} ms", mine / theirs)

"""The shapes of requests and answers: what OpenAPI tells, and what marshmallow checks on the way in and out."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import request
from itsdangerous import BadSignature, URLSafeSerializer
from marshmallow import Schema, fields, validate

from app.errors import Invalid
from app.services.paging import Page
from app.services.past_queries import LONGEST_TEXT
from app.services.searching import SORTS
from app.web.context import actor, backends

MOST = 100
FURTHEST = 1_000_000  # hits that may be left out by `offset`; beyond that one walks by cursor
_PARTS = frozenset({"cursor", "limit", "offset"})


class Item(Schema):
    """One file of a batch."""

    name = fields.String()
    parent = fields.Integer(allow_none=True)
    outcome = fields.String()
    documents = fields.List(fields.Integer())
    code = fields.String(allow_none=True)
    message = fields.String()


class Receipt(Schema):
    """A batch; received is the sum of the other counts."""

    batch = fields.Integer()
    received = fields.Integer()
    waiting = fields.Integer()
    searchable = fields.Integer()
    weak = fields.Integer()
    failed = fields.Integer()
    duplicate = fields.Integer()
    removed = fields.Integer()
    items = fields.List(fields.Nested(Item))


class DocumentPage(Schema):
    """A page of a document in its list of pages."""

    number = fields.Integer()
    source = fields.String(allow_none=True)
    confidence = fields.Float(allow_none=True)


class DocumentOut(Schema):
    """One document, as `hoso show --json` prints it."""

    document = fields.Integer()
    title = fields.String()
    type = fields.String()
    number = fields.String()
    date = fields.String()
    body = fields.String()
    subject = fields.String()
    organisation = fields.String()
    state = fields.String()
    persons = fields.List(fields.Dict())
    cases = fields.List(fields.Dict())
    flags = fields.List(fields.String())
    pages = fields.List(fields.Nested(DocumentPage))


class PageOut(Schema):
    """One page with its words, in points from the top left, as `hoso read --json` prints it."""

    number = fields.Integer()
    width = fields.Float()
    height = fields.Float()
    source = fields.String()
    confidence = fields.Float(allow_none=True)
    text = fields.String()
    words = fields.List(fields.Dict())
    tables = fields.List(fields.List(fields.List(fields.String())))


class SearchIn(Schema):
    """A query with its filters; a filter may be given several times."""

    q = fields.String(load_default="", validate=validate.Length(max=LONGEST_TEXT))
    type = fields.List(fields.String(), load_default=list)
    year = fields.List(fields.String(), load_default=list)
    body = fields.List(fields.String(), load_default=list)
    person = fields.List(fields.String(), load_default=list)
    case = fields.List(fields.String(), load_default=list)
    quality = fields.List(fields.String(), load_default=list)
    sort = fields.String(load_default="relevance", validate=validate.OneOf(SORTS))
    limit = fields.Integer(load_default=20, validate=validate.Range(0, MOST))
    offset = fields.Integer(load_default=0, validate=validate.Range(0, FURTHEST))
    cursor = fields.String(load_default=None, allow_none=True)


class SearchOut(Schema):
    """The answer, as `hoso search --json` prints it, with the cursor of the next part. `lacks` of a hit are the words
    of the question that the document does not hold."""

    query = fields.String()
    total = fields.Integer()
    took_ms = fields.Integer()
    hits = fields.List(fields.Dict())
    facets = fields.Dict()
    suggestions = fields.List(fields.String())
    notes = fields.List(fields.String())
    cursor = fields.String(allow_none=True)


class PartIn(Schema):
    """Which part of a list."""

    limit = fields.Integer(load_default=20, validate=validate.Range(1, MOST))
    cursor = fields.String(load_default=None, allow_none=True)


class ListIn(PartIn):
    """Which part of a list, and words to find in it."""

    q = fields.String(load_default="", validate=validate.Length(max=200))


class PersonOut(Schema):
    """A person as a list shows them."""

    person = fields.Integer()
    name = fields.String()
    birth_date = fields.String(allow_none=True)
    birth_precision = fields.String()
    sex = fields.String(allow_none=True)
    organisation = fields.String()


class CaseOut(Schema):
    """A case as a list shows it."""

    case = fields.Integer()
    code = fields.String()
    procedure = fields.String()
    state = fields.String()
    person = fields.Integer()
    act_date = fields.String()
    organisation = fields.String()


class FiledOut(Schema):
    """A document filed to a case; `state` is proposed, accepted or rejected, `source` parser or person."""

    document = fields.Integer()
    title = fields.String()
    item = fields.String(allow_none=True)
    state = fields.String()
    source = fields.String()


class PaperOut(Schema):
    """A paper of a case."""

    paper = fields.Integer()
    form = fields.String()
    title = fields.String()
    state = fields.String()
    number = fields.String(allow_none=True)
    date = fields.String(allow_none=True)
    document = fields.Integer(allow_none=True)
    signed_document = fields.Integer(allow_none=True)


def listing(item: type[Schema]) -> type[Schema]:
    """The shape of one part of a list of these."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item)),
            "total": fields.Integer(),
            "cursor": fields.String(allow_none=True),
        },
        name=f"{item.__name__}List",
    )


def part(page: Page[Any], one: Callable[[Any], Mapping[str, Any]]) -> dict[str, Any]:
    """One part of a list, with an opaque cursor for the next."""
    after = page.offset + len(page.items)
    cursor = sealed(str(after)) if after < page.total else None
    return {"items": [one(row) for row in page.items], "total": page.total, "cursor": cursor}


def offset_of(cursor: str | None) -> int:
    """Where the part begins that a cursor points at. Raises `Invalid` for one that we did not give."""
    return int(unsealed(cursor) or 0)


def sealed(position: str | None) -> str | None:
    """A position in a list as a cursor, good for this account and this question only."""
    return None if position is None else str(_serializer().dumps(position))


def unsealed(cursor: str | None) -> str | None:
    """The position that a cursor holds. Raises `Invalid` for one that was altered, or given for another question or
    to another account."""
    if cursor is None:
        return None
    try:
        return str(_serializer().loads(cursor))
    except BadSignature as error:
        raise Invalid(fields={"cursor": "Con trỏ trang không hợp lệ. Bắt đầu lại từ trang đầu."}) from error


def _serializer() -> URLSafeSerializer:
    """Signs for this account and question: everything of the address but the part that is asked for."""
    asked = sorted((name, value) for name, value in request.args.items(multi=True) if name not in _PARTS)
    question = json.dumps([actor().user_id, request.path, asked])
    return URLSafeSerializer(backends().settings.secret_key, salt=f"list-cursor {question}")

"""Files sent in pieces by the script of the reception page; after a lost connection it asks how much is here."""

from dataclasses import asdict
from typing import Any, BinaryIO, cast

from flask import Blueprint, jsonify, request
from flask_babel import gettext as _

from app.errors import Invalid
from app.models import Batch, Intake, IntakeSource
from app.services import intake, receipts, uploading
from app.services.access import Act
from app.services.cases import case as find_case
from app.web.context import actor, backends, reading, writing
from app.web.guard import requires
from app.web.intake_views import batch_reference, file_row

blueprint = Blueprint("pieces", __name__, url_prefix="/tiep-nhan/manh")

Answer = tuple[Any, int]


@blueprint.route("", methods=["POST"])
@requires(Act.DOCUMENT_UPLOAD)
def begin() -> Answer:
    """Begin to send a file, or go on with one: {name, size, modified, batch, case} gives {key, received, largest,
    batch}."""
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict):
        raise Invalid(fields={"files": _("Yêu cầu gửi tệp không đọc được.")})
    size, modified = asked.get("size"), asked.get("modified")
    if not isinstance(size, int) or not isinstance(modified, int) or not isinstance(asked.get("name"), str):
        raise Invalid(fields={"files": _("Yêu cầu gửi tệp thiếu tên, cỡ hoặc ngày của tệp.")})
    with writing() as uow:
        joined = asked.get("batch")
        if isinstance(joined, int):
            batch = receipts.batch(uow, joined)
            if batch.user_id != actor().user_id or batch.source is not IntakeSource.BROWSER:
                raise Invalid(fields={"batch": _("Lần tiếp nhận này không phải của tài khoản.")})
        else:
            code = str(asked.get("case") or "").strip()
            case_id = find_case(uow, code).id if code else None
            batch = intake.open_batch(uow, source=IntakeSource.BROWSER, case_id=case_id)
        upload = uploading.begin(
            uow,
            batch,
            name=asked["name"],
            size=size,
            modified=modified,
            limit=backends().settings.max_upload_bytes,
        )
        told = {
            "key": upload.key,
            "received": uploading.received_of(uow, upload),
            "largest": uploading.LARGEST_PIECE,
            "batch": batch_reference(batch),
        }
    return jsonify(told), 201


@blueprint.route("/<key>")
@requires(Act.DOCUMENT_UPLOAD)
def status(key: str) -> Answer:
    """How much of a file is here."""
    with reading() as uow:
        return jsonify({"received": uploading.received_of(uow, uploading.upload_of(uow, key))}), 200


@blueprint.route("/<key>", methods=["POST"])
@requires(Act.DOCUMENT_UPLOAD)
def append(key: str) -> Answer:
    """Send the next piece as the body, `?tu=` the offset of its first byte; the last one is answered with the item."""
    request.max_content_length = uploading.LARGEST_PIECE
    with reading() as uow:
        uploading.upload_of(uow, key)
    offset = request.args.get("tu", type=int)
    if offset is None or offset < 0:
        raise Invalid(fields={"files": _("Thiếu vị trí của phần gửi.")})
    sent = uploading.append(backends(), actor(), key, offset=offset, piece=cast(BinaryIO, request.stream))
    if sent.item is None:
        return jsonify({"received": sent.received}), 200
    with reading() as uow:
        item = uow.session.get_one(Intake, sent.item)
        batch = uow.session.get_one(Batch, item.batch_id)
        told = {"received": sent.received, "item": asdict(file_row(uow, item)), "batch": batch_reference(batch)}
    return jsonify(told), 201


@blueprint.route("/<key>/bo", methods=["POST"])
@requires(Act.DOCUMENT_UPLOAD)
def give_up(key: str) -> Answer:
    """Forget an unfinished file."""
    uploading.give_up(backends(), actor(), key)
    return jsonify({}), 200

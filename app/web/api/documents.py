"""Documents and batches over REST."""

from typing import Any, cast

from flask import Response, request, url_for
from flask.views import MethodView
from flask_smorest import Blueprint
from werkzeug.datastructures import FileStorage

from app.errors import FileRefused, HosoError, Invalid, StoreFull
from app.models import IntakeSource
from app.services import intake, receipts
from app.services.access import Act
from app.services.cases import case as find_case
from app.services.documents import describe, document
from app.services.originals import is_whole_file, original, own_pages
from app.services.viewing import WIDTHS, page_image, page_view
from app.storage import Stored
from app.web.api.shapes import DocumentOut, PageOut, Receipt
from app.web.context import actor, backends, reading, seen, writing
from app.web.guard import requires
from app.web.sending import attachment, download

blueprint = Blueprint("api_documents", __name__, url_prefix="/api/v1", description="Documents and batches")

IMAGE = "image/png"


@blueprint.route("/documents")
class Documents(MethodView):
    """The way in."""

    @requires(Act.DOCUMENT_UPLOAD)
    @blueprint.doc(
        requestBody={
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "properties": {
                            "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                            "case": {"type": "string", "description": "code of a case to file everything to"},
                        },
                    }
                }
            }
        }
    )
    @blueprint.response(202, Receipt)
    def post(self) -> tuple[dict[str, Any], int, dict[str, str]]:
        """Take files in; the answer is the batch, to be followed until nothing of it waits."""
        files = [file for _name, file in request.files.items(multi=True)]
        if not files:
            raise Invalid(fields={"files": "Gửi ít nhất một tệp (multipart/form-data)."})
        stored = [(file.filename or "", _store(file)) for file in files]
        code = request.form.get("case", "").strip()
        with writing() as uow:
            case_id = find_case(uow, code).id if code else None
            batch = intake.open_batch(uow, source=IntakeSource.API, case_id=case_id)
            intake.hold_files(uow, [kept for _, kept in stored if isinstance(kept, Stored)])
            for name, bytes_or_error in stored:
                if isinstance(bytes_or_error, Stored):
                    intake.receive(uow, batch, name=name, stored=bytes_or_error)
                else:
                    intake.refuse(uow, batch, name=name, error=bytes_or_error)
        where = url_for("api_documents.Batches", batch_id=batch.id)
        with reading() as uow:
            return receipts.as_json(uow, receipts.batch(uow, batch.id)), 202, {"Location": where}


def _store(file: FileStorage) -> Stored | HosoError:
    try:
        return backends().store.put(cast(Any, file.stream), limit=backends().settings.max_upload_bytes)
    except (FileRefused, StoreFull) as error:
        return error


@blueprint.route("/batches/<int:batch_id>")
class Batches(MethodView):
    """Batches of files that arrived together."""

    @requires(Act.DOCUMENT_VIEW)
    @blueprint.response(200, Receipt)
    def get(self, batch_id: int) -> dict[str, Any]:
        """The counts of a batch and what became of each file."""
        with reading() as uow:
            return receipts.as_json(uow, receipts.batch(uow, batch_id))


@blueprint.route("/documents/<int:document_id>")
class OneDocument(MethodView):
    """One document."""

    @requires(Act.DOCUMENT_VIEW)
    @blueprint.response(200, DocumentOut)
    def get(self, document_id: int) -> dict[str, Any]:
        """Facts, links and pages of a document."""
        with reading() as uow:
            value = describe(uow, document(uow, document_id)).as_json()
        seen("document.viewed", "document", document_id)
        return value


@blueprint.route("/documents/<int:document_id>/pages/<int:number>")
class OnePage(MethodView):
    """One page."""

    @requires(Act.DOCUMENT_VIEW)
    @blueprint.response(200, PageOut)
    @blueprint.alt_response(200, content_type=IMAGE, description="The image of the page, with Accept: image/png")
    def get(self, document_id: int, number: int) -> dict[str, Any] | Response:
        """Text and words of a page, or its image with `Accept: image/png`."""
        if request.accept_mimetypes.best_match(["application/json", IMAGE]) == IMAGE:
            image = page_image(backends(), actor(), document_id, number, width=WIDTHS[1], kind="png")
            seen("document.viewed", "document", document_id, page=number)
            return Response(image, mimetype=IMAGE)
        with reading() as uow:
            view = page_view(uow, document(uow, document_id), number)
        seen("document.viewed", "document", document_id, page=number)
        return view.page.as_json()


@blueprint.route("/documents/<int:document_id>/file")
class OneFile(MethodView):
    """The stored bytes of a document."""

    @requires(Act.DOCUMENT_VIEW)
    @blueprint.response(200, content_type="application/octet-stream")
    def get(self, document_id: int) -> Response:
        """The document's own pages, to be saved, never shown by a browser: its file as it came, bit for bit, where it
        is the whole of it, else a PDF of these pages alone."""
        with reading() as uow:
            row = document(uow, document_id)
            found = original(uow, row) if is_whole_file(row) else None
        sent = attachment(found) if found else _own_pages(document_id)
        seen("file.downloaded", "document", document_id)
        return sent


def _own_pages(document_id: int) -> Response:
    made = own_pages(backends(), actor(), document_id)
    return download(made.content, made.name)

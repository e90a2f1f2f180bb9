"""A word of a scan that was recognised badly: indexed by its key, found last, marked where it stands."""

import gzip
import io
import json
from collections.abc import Sequence

from app.actor import OPERATOR
from app.backends import Backends, UnitOfWork
from app.models import Document, PageText, StoredFile, TextSource
from app.services.indexing import index_due
from app.services.searching import Query, as_json, search
from tests import factories

READ = (("quyết", 0.99), ("định", 0.97), ("ca", 0.4), ("nghiện", 0.95))


def scanned(uow: UnitOfWork, document: Document, read: Sequence[tuple[str, float]]) -> None:
    """Say that the one page of the document was recognised so."""
    text = uow.session.get_one(PageText, document.pages[0].id)
    file = uow.session.get_one(StoredFile, text.stored_file_id)
    file.sha256 = uow.store.put(io.BytesIO(f"tệp {document.id}".encode())).sha256
    text.source, text.words_name = TextSource.OCR, "engine/words-1.json.gz"
    words = [[word, 10.0 * at, 0.0, 10.0 * at + 9, 9.0, sure] for at, (word, sure) in enumerate(read)]
    uow.store.put_derived(file.sha256, text.words_name, gzip.compress(json.dumps({"1": words}).encode()))


def test_a_misread_word_is_found_last_and_marked_with_its_box(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(uow)
        misread = factories.document(uow, office, "quyết định ca nghiện")
        scanned(uow, misread, READ)
        right = factories.document(uow, office, "cai nghiện " + "chữ khác " * 300)
        sure = factories.document(uow, office, "quyết định ca nghiện")
        scanned(uow, sure, [(word, 0.99) for word, _ in READ])
    index_due(backends)
    with backends.read(OPERATOR) as uow:
        answer = search(uow, Query("cai nghiện"))
    assert [hit.document for hit in answer.hits] == [right.id, misread.id]
    last = answer.hits[-1]
    assert "misread" in last.why
    assert "misread" in last.badges
    assert "misread" not in (*answer.hits[0].why, *answer.hits[0].badges)
    (snippet,) = last.snippets
    assert [snippet.text[a:b] for a, b in snippet.marks] == ["ca", "nghiện"]
    assert snippet.boxes == ((20.0, 0.0, 29.0, 9.0), (30.0, 0.0, 39.0, 9.0))
    told = as_json(answer)["notes"]
    assert told == ["Gồm 1 văn bản có thể do nhận dạng (chữ trên bản quét đọc không chắc), xếp sau cùng."]

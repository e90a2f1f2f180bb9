"""`hoso reread`: one document or a kind of them; locked files opened from a list of passwords."""

import io
import json
from pathlib import Path

import pikepdf
from click.testing import CliRunner

from app.backends import Backends
from app.cli import main
from app.models import Document, Reading, ReadingState
from config.settings import Settings
from tests import factories


def environment(settings: Settings) -> dict[str, str]:
    return {"HOSO_HOME": str(settings.home), "HOSO_DATABASE_URL": settings.database_url}


def test_reading_again_is_asked_for_by_document_or_by_kind(backends: Backends, settings: Settings) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(uow)
        row, weak = factories.document(uow, office), factories.document(uow, office, quality="weak")
    run = CliRunner().invoke(main, ["reread", "--weak", "--json"], env=environment(settings))
    assert run.exit_code == 0
    assert json.loads(run.stdout) == {"files": 1, "documents": [weak.id]}
    run = CliRunner().invoke(main, ["reread", "--document", str(row.id), "--json"], env=environment(settings))
    assert json.loads(run.stdout) == {"files": 1, "documents": [row.id]}
    with backends.read() as uow:
        assert {part.state for part in uow.session.query(Reading)} == {ReadingState.DUE}
    for wrong in ([], ["--weak", "--document", str(row.id)]):
        assert CliRunner().invoke(main, ["reread", *wrong], env=environment(settings)).exit_code == 2


def test_what_could_not_be_read_again_is_named_and_keeps_its_text(backends: Backends, settings: Settings) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = factories.document(uow, factories.organisation(uow), "Chữ đọc lần trước")  # its bytes are in no store
    words = ["reread", "--document", str(row.id), "--wait"]
    run = CliRunner().invoke(main, [*words, "--json"], env=environment(settings))
    assert run.exit_code == 1
    failed = json.loads(run.stdout)["failed"]
    assert [(one["document"], one["code"], one["kept"]) for one in failed] == [(row.id, "store-bytes-lost", True)]
    run = CliRunner().invoke(main, words, env=environment(settings))
    assert f"document {row.id}: store-bytes-lost, the old text stays." in run.stdout
    assert run.stdout.splitlines()[-1] == "1 files of 1 documents: 0 read again, 1 not"


def test_locked_files_are_opened_with_a_list_of_passwords(
    backends: Backends, settings: Settings, tmp_path: Path
) -> None:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(200, 200))
        pdf.save(out, encryption=pikepdf.Encryption(owner="chủ", user="mở ra"))
    (tmp_path / "khoa.pdf").write_bytes(out.getvalue())
    (tmp_path / "mat-khau.txt").write_text("sai\nmở ra\n", encoding="utf-8")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        factories.organisation(uow)
    words = ["ingest", str(tmp_path / "khoa.pdf"), "--password-file", str(tmp_path / "mat-khau.txt")]
    assert CliRunner().invoke(main, words, env=environment(settings)).exit_code == 2  # without --wait
    run = CliRunner().invoke(main, [*words, "--wait", "--json"], env=environment(settings))
    item = json.loads(run.stdout)["items"][0]
    assert item["code"] != "file-encrypted"
    with backends.read() as uow:
        assert uow.session.query(Document).one().file.pages == 1

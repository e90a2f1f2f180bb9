"""Files made to do harm end with a code or are read without what would harm; nothing is fetched or stays behind."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import ingestion
from ingestion import ReadError, Sandbox
from ingestion.detect import detect
from ingestion.engines.opening import open_reader
from ingestion.errors import all_errors
from tests.good_files import pdf_bytes
from tests.hostile_files import bombs, entities, fetching, image_bombs, macro_docm
from tests.packed_files import zip_bytes
from tests.repository import ROOT
from tests.serving import until

CODES = {error.code for error in all_errors()}
SECRET = "khóa bí mật của máy chủ"


@dataclass(frozen=True, slots=True)
class Trial:
    """How each file ended, and whether anything asked for what they name elsewhere."""

    told: dict[str, str]
    asked: bool


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """All of them read without the sandbox, which would forbid the network: the engines themselves must not ask."""
    folder = tmp_path_factory.mktemp("hostile")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        files = {**bombs(), **image_bombs(), **fetching(server.getsockname()[1])}
        for name, content in files.items():
            (folder / name).write_bytes(content)
        program = [sys.executable, "-m", "tests.trial_reading", str(folder)]
        done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True, timeout=550)
        try:
            server.accept()
            asked = True
        except TimeoutError:
            asked = False
    told = json.loads(done.stdout)["ended"]
    assert set(told) == set(files)
    return Trial(told, asked)


def test_bombs_end_within_their_limits(trial: Trial) -> None:
    assert {name: how for name, how in trial.told.items() if how not in CODES | {"read"}} == {}
    assert {trial.told[name] for name in image_bombs()} <= {"file-too-large", "file-damaged"}
    assert trial.told["said.docx"] == "file-too-large"


def test_nothing_is_fetched(trial: Trial) -> None:
    assert {trial.told[name] for name in fetching(9)} <= {"read", "file-damaged"}
    assert not trial.asked


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET, encoding="utf-8")
    for name, content in entities(str(secret)).items():
        path = tmp_path / name
        path.write_bytes(content)
        try:
            reader = open_reader(path, detect(path))
            text = "".join(reader.text_page(number).text for number in range(1, min(reader.page_count, 5) + 1))
        except ReadError as problem:
            text = problem.code
        assert SECRET not in text, name
        assert text.count("haha") <= 10_000, name


def test_what_would_act_or_fetch_is_told(tmp_path: Path) -> None:
    files = {**fetching(9), "macro.docm": macro_docm()}
    warned = {}
    for name in ("template.docx", "macro.docm", "page.html", "acting.pdf"):
        path = tmp_path / name
        path.write_bytes(files[name])
        warned[name] = {warning.code for warning in open_reader(path, detect(path)).warnings}
    assert "remote-content-ignored" in warned["template.docx"]
    assert "remote-content-ignored" in warned["page.html"]
    assert "macros-ignored" in warned["macro.docm"]
    assert "pdf-active-content" in warned["acting.pdf"]


def test_file_of_two_kinds_has_one_answer_and_a_warning(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "two"
    path.write_bytes(pdf_bytes() + zip_bytes({"a.exe": b"MZ"}))
    survey = ingestion.survey(path, sandbox=sandbox)
    assert survey.media_type == "application/pdf"
    assert "file-polyglot" in {warning.code for warning in survey.warnings}


def test_hostile_file_leaves_no_process_behind_and_stays_as_it_was(tmp_path: Path, sandbox: Sandbox) -> None:
    def ours() -> set[str]:
        found = set()
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and str(tmp_path) in (entry / "cmdline").read_text(errors="replace"):
                    found.add(entry.name)
            except OSError:
                continue  # it ended while we looked
        return found - {str(os.getpid())}

    files = bombs()
    for name in ("zeros.tar.gz", "deep.pdf"):
        path = tmp_path / name
        path.write_bytes(files[name])
        try:
            ingestion.read(path, sandbox=sandbox)
        except ReadError as problem:
            assert problem.code in CODES  # noqa: PT017 - either end is right
        assert path.read_bytes() == files[name]
    # What ran inside the sandbox is killed when its outer process is gone: a moment later on a busy machine.
    until(lambda: ours() == set(), "no process of the reading is left", within=5)

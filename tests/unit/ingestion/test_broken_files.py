"""A file broken in whatever way ends as read or with a code of the documented tree: no crash, no hang."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import ingestion
from ingestion import ReadError, Sandbox
from ingestion.errors import all_errors
from tests.broken_files import broken_files
from tests.good_files import good_files
from tests.repository import ROOT

BROKEN = 150
THROUGH_THE_SANDBOX = 10
CODES = {error.code for error in all_errors()}


def test_every_broken_file_ends_as_read_or_with_a_known_code(tmp_path: Path) -> None:
    good = good_files()
    for name, content in [*((f"good {name}", content) for name, content in good.items()), *broken_files(good, BROKEN)]:
        (tmp_path / name).write_bytes(content)
    (tmp_path / "a directory").mkdir()  # which no parser can open: so that a crash is seen to be told
    program = [sys.executable, "-m", "tests.trial_reading", str(tmp_path)]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True, timeout=550)
    ended = json.loads(done.stdout)["ended"]
    assert ended.pop("a directory").startswith("crash: IsADirectoryError")
    assert len(ended) == BROKEN + len(good)
    assert {name: told for name, told in ended.items() if told not in CODES | {"read"}} == {}
    # Pictures are decoded here and not recognised, so a good one asks for the missing program.
    assert {told for name, told in ended.items() if name.startswith("good ")} == {"read", "ocr-unavailable"}
    assert sum(told == "file-damaged" for told in ended.values()) > BROKEN / 6


def test_broken_files_are_the_same_each_time() -> None:
    good = {"a": b"%PDF-1.4" + bytes(range(200)), "b": bytes(range(100, 250)) * 3}
    assert list(broken_files(good, 30)) == list(broken_files(good, 30))
    assert len({content for _, content in broken_files(good, 30)}) > 20


def test_broken_files_end_with_codes_through_the_sandbox_too(tmp_path: Path, sandbox: Sandbox) -> None:
    good = good_files()
    kinds = {name: good[name] for name in ("pdf", "docx", "msg", "zip", "rtf")}
    for name, content in broken_files(kinds, THROUGH_THE_SANDBOX, seed=3):
        path = tmp_path / name
        path.write_bytes(content)
        try:
            assert ingestion.survey(path, sandbox=sandbox).pages >= 0
        except ReadError as problem:
            assert problem.code in CODES - {"read-crashed", "read-timeout"}  # noqa: PT017 - either end is right
        assert path.read_bytes() == content


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: error.code)
def test_every_error_of_reading_is_documented_with_a_next_step(error: type[ReadError]) -> None:
    page = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    parts = re.split(r"^### ", page, flags=re.MULTILINE)
    found = [part for part in parts if part.startswith(f"`{error.code}`\n")]
    assert len(found) == 1
    assert re.search(r"^Next step: \S.{10,}", found[0], re.MULTILINE)

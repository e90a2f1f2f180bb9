"""The child sees its input, its output and the programs, and nothing else; what it leaves is not trusted."""

import json
import os
import socket
import stat
import sys
import time
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from ingestion import Sandbox, limits
from ingestion.errors import ReadCrashed, ReadTimeout, ReadTooMuch, SandboxUnavailable

# A hostile child: it reports what it could reach.
PROBE = """
import json, os, pathlib, resource, socket, sys
target, secret, port, out = sys.argv[1:]
def attempt(act):
    try:
        return ["done", str(act())[:200]]
    except BaseException as problem:
        return ["refused", type(problem).__name__]
def connect():
    return socket.create_connection(("127.0.0.1", int(port)), timeout=3)
def settings():
    import config.settings
    return config.settings
answer = {
    "input": attempt(lambda: pathlib.Path(target).read_text()),
    "secret": attempt(lambda: pathlib.Path(secret).read_text()),
    "passwd": attempt(lambda: pathlib.Path("/etc/passwd").read_text()),
    "write_input": attempt(lambda: pathlib.Path(target).write_text("changed")),
    "write_usr": attempt(lambda: pathlib.Path("/usr/planted").write_text("x")),
    "socket": attempt(connect),
    "settings": attempt(settings),
    "processes": attempt(lambda: len([name for name in os.listdir("/proc") if name.isdigit()])),
    "environment": dict(os.environ),
    "limits": {name: resource.getrlimit(getattr(resource, name))[1] for name in (
        "RLIMIT_CPU", "RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_CORE")},
}
pathlib.Path(out, "answer.json").write_text(json.dumps(answer))
"""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An output directory."""
    directory = tmp_path / "out"
    directory.mkdir()
    return directory


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An input file."""
    path = tmp_path / "input.txt"
    path.write_text("the paper")
    return path


def _probe(sandbox: Sandbox, source: Path, out: Path, secret: Path, port: int) -> Any:
    program = (sys.executable, "-c", PROBE, "{in}", str(secret), str(port), "{out}")
    code = limits.run(program, source=source, out=out, sandbox=sandbox, limits=limits.Limits(wall=60))
    assert code == 0
    return json.loads(limits.take(out / "answer.json", most=100_000))


def test_confined_child_reaches_no_secret_no_environment_no_network(
    confined: Sandbox, source: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.key"
    secret.write_text("the key")
    monkeypatch.setenv("HOSO_SECRET_KEY", "the key")
    with socket.create_server(("127.0.0.1", 0)) as server:
        answer = _probe(confined, source, out, secret, server.getsockname()[1])
    assert answer["input"] == ["done", "the paper"]
    for forbidden in ("secret", "passwd", "write_input", "write_usr", "socket", "settings"):
        assert answer[forbidden][0] == "refused", (forbidden, answer[forbidden])
    assert not [name for name in answer["environment"] if name.startswith("HOSO_") and name != "HOSO"]
    assert "the key" not in json.dumps(answer)
    assert int(answer["processes"][1]) <= 4
    assert source.read_text() == "the paper"


def test_child_without_sandbox_still_has_limits_and_no_environment(
    source: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSO_SECRET_KEY", "the key")
    monkeypatch.setenv("PATH", str(tmp_path))  # bubblewrap is not to be found
    limits.sandbox_status.cache_clear()
    try:
        answer = _probe(Sandbox("best-effort"), source, out, tmp_path / "none", 9)
    finally:
        limits.sandbox_status.cache_clear()
    assert "HOSO_SECRET_KEY" not in answer["environment"]
    bounds = limits.Limits(wall=1)
    assert answer["limits"]["RLIMIT_AS"] == bounds.memory
    assert answer["limits"]["RLIMIT_CPU"] == bounds.cpu
    assert answer["limits"]["RLIMIT_FSIZE"] == bounds.file_size
    assert answer["limits"]["RLIMIT_NOFILE"] == bounds.open_files
    assert answer["limits"]["RLIMIT_CORE"] == 0
    assert answer["limits"]["RLIMIT_NPROC"] > 0


def test_confined_child_has_limits(confined: Sandbox, source: Path, out: Path, tmp_path: Path) -> None:
    answer = _probe(confined, source, out, tmp_path / "none", 9)
    bounds = limits.Limits(wall=1)
    assert answer["limits"]["RLIMIT_AS"] == bounds.memory
    assert answer["limits"]["RLIMIT_NPROC"] == bounds.processes


def test_required_sandbox_refuses_where_bubblewrap_is_missing(
    source: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    limits.sandbox_status.cache_clear()
    try:
        with pytest.raises(SandboxUnavailable) as refused:
            limits.run(("true",), source=source, out=out, sandbox=Sandbox("required"), limits=limits.Limits(wall=5))
    finally:
        limits.sandbox_status.cache_clear()
    assert refused.value.code == "sandbox-unavailable"
    assert "bubblewrap is not installed" in refused.value.advice


def test_child_that_takes_too_long_is_stopped(sandbox: Sandbox, source: Path, out: Path) -> None:
    mark = out / "late"
    program = (sys.executable, "-c", f"import time; time.sleep(20); open({str(mark)!r}, 'w')")
    with pytest.raises(ReadTimeout):
        limits.run(program, source=source, out=out, sandbox=sandbox, limits=limits.Limits(wall=0.5))
    assert not mark.exists()


def test_link_planted_by_the_child_is_not_followed(out: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the key")
    (out / "thumb-1.webp").symlink_to(secret)
    with pytest.raises(ReadCrashed):
        limits.take(out / "thumb-1.webp", most=1000)


def test_pipe_planted_by_the_child_does_not_hang_the_reader(out: Path) -> None:
    os.mkfifo(out / "answer.json")
    assert stat.S_ISFIFO((out / "answer.json").stat().st_mode)
    with pytest.raises(ReadCrashed):
        limits.take(out / "answer.json", most=1000)


def test_answer_larger_than_allowed_is_refused(out: Path) -> None:
    (out / "answer.json").write_text("x" * 1001)
    with pytest.raises(ReadCrashed):
        limits.take(out / "answer.json", most=1000)


def test_importing_the_library_imports_no_parser(sandbox: Sandbox, source: Path, out: Path) -> None:
    check = (
        "import sys, pathlib; from ingestion import read, survey, understand; "
        "pathlib.Path(sys.argv[1], 'answer.json').write_text(','.join(sorted(sys.modules)))"
    )
    program = (sys.executable, "-c", check, "{out}")
    assert limits.run(program, source=source, out=out, sandbox=sandbox, limits=limits.Limits(wall=60)) == 0
    modules = limits.take(out / "answer.json", most=100_000).decode().split(",")
    assert "ingestion.reading" in modules
    assert not {"pypdfium2", "pdfplumber", "PIL", "docx", "lxml"} & set(modules)


# The real child, which then tells what it imported.
IMPORTED = """
import pathlib, sys
from ingestion.child import main
source, out = sys.argv[1:]
main(["survey", source, out, "--read", "--images"])
pathlib.Path(out, "modules").write_text(",".join(sorted(sys.modules)))
"""


@pytest.mark.parametrize(
    ("kind", "unwanted"),
    [
        ("txt", {"PIL", "zipfile", "subprocess", "tempfile", "concurrent.futures", "lxml", "numpy", "ingestion.facts"}),
        ("xlsx", {"numpy", "PIL", "pypdfium2", "viparse.api"}),
    ],
)
def test_child_imports_only_what_its_file_asks_for(
    kind: str, unwanted: set[str], sandbox: Sandbox, tmp_path: Path, out: Path
) -> None:
    source = tmp_path / f"paper.{kind}"
    if kind == "txt":
        source.write_text("Cộng hòa xã hội chủ nghĩa Việt Nam", encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        book.active.append(["Họ tên", "Năm sinh"])
        book.save(source)
    program = (sys.executable, "-c", IMPORTED, "{in}", "{out}")
    assert limits.run(program, source=source, out=out, sandbox=sandbox, limits=limits.Limits(wall=60)) == 0
    assert json.loads(limits.take(out / "answer.json", most=100_000))["read"]["pages"][0]["text"]
    assert not unwanted & set(limits.take(out / "modules", most=100_000).decode().split(","))


# A child that fills what it can, and one that leaves others behind.
FILL = """
import os, sys, time
for number in range(40):
    with open(os.path.join(sys.argv[1], f"part-{number}"), "wb") as stream:
        stream.write(os.urandom(1024 * 1024))
    time.sleep(0.05)
"""
PLACES = """
import json, pathlib, sys
def attempt(path):
    try:
        with open(path, "wb") as stream:
            for _ in range(2000):
                stream.write(bytes(1024 * 1024))
        return "filled"
    except OSError as problem:
        return type(problem).__name__ + str(problem.errno)
places = ("/planted", "/dev/planted", "/dev/shm/planted", "/in/planted", "/app/planted")
answer = {path: attempt(path) for path in places}
pathlib.Path(sys.argv[1], "answer.json").write_text(json.dumps(answer))
"""
LEAVE = """
import pathlib, subprocess, sys
pathlib.Path(sys.argv[1], "pid").write_text(str(subprocess.Popen(["sleep", "60"]).pid))
"""


def test_child_that_fills_the_disk_is_stopped(sandbox: Sandbox, source: Path, out: Path) -> None:
    bounds = limits.Limits(wall=60, output=5 * 1024**2)
    with pytest.raises(ReadTooMuch):
        limits.run((sys.executable, "-c", FILL, "{out}"), source=source, out=out, sandbox=sandbox, limits=bounds)
    assert not (out / "part-39").exists()


def test_confined_child_can_fill_nothing_but_its_output(confined: Sandbox, source: Path, out: Path) -> None:
    program = (sys.executable, "-c", PLACES, "{out}")
    assert limits.run(program, source=source, out=out, sandbox=confined, limits=limits.Limits(wall=60)) == 0
    answer = json.loads(limits.take(out / "answer.json", most=10_000))
    assert answer.pop("/dev/shm/planted") == "OSError28"  # noqa: S108 - a small room of its own, full
    assert set(answer.values()) == {"OSError30"}  # read-only


def test_what_a_child_leaves_running_ends_with_it(source: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")  # bubblewrap is not to be found; within it the kernel ends what is left
    limits.sandbox_status.cache_clear()
    try:
        program = (sys.executable, "-c", LEAVE, "{out}")
        assert limits.run(program, source=source, out=out, sandbox=Sandbox(), limits=limits.Limits(wall=60)) == 0
    finally:
        limits.sandbox_status.cache_clear()
    left = int((out / "pid").read_text())
    state = Path(f"/proc/{left}/stat")
    deadline = time.monotonic() + 10  # a signal takes its time on a busy machine
    while state.exists() and not state.read_text().split(") ")[1].startswith("Z"):
        assert time.monotonic() < deadline, "the process still runs"
        time.sleep(0.02)


def test_links_and_many_files_are_counted_without_being_followed(out: Path) -> None:
    (out / "link").symlink_to("/")
    (out / "file").write_bytes(bytes(100_000))
    assert limits._has_room(out, 200_000)
    assert not limits._has_room(out, 50_000)

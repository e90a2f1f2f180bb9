"""Starting the sandboxed child: bubblewrap where it works, resource limits always, a wall clock, no environment.

The child sees `/usr`, a few read-only files under `/etc` that fonts and the linker need, the Python that runs it, this
package and the data files of `config` that it reads, its input at `/in` and its output directory at `/out`; nothing
else of the machine, no network and no environment. Whatever it writes is taken as hostile: see `take`.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import config
from ingestion.errors import ReadCrashed, ReadTimeout, ReadTooMuch, SandboxUnavailable

Mode = Literal["required", "best-effort"]

_ETC = ("fonts", "libreoffice", "alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d")
_CONFIG_FILES = ("__init__.py", "document_types.py", "document_types.toml")
_SEARCH_PATH = "/usr/bin"
_SCRATCH_BYTES = 1024**3  # of the sandbox's own /tmp, which is memory; an office program needs some hundred MB
_SHARED_BYTES = 64 * 1024**2
_MOST_LEFT = 20_000  # files a child may leave; an archive gives 2,000, a slice of 250 pages a few hundred
_LOOK_SECONDS = 0.25  # between two looks at what a child has written


@dataclass(frozen=True, slots=True)
class Sandbox:
    """`required` refuses to read where bubblewrap cannot work; `best-effort` goes on with resource limits alone."""

    mode: Mode = "best-effort"


@dataclass(frozen=True, slots=True)
class SandboxStatus:
    """Whether bubblewrap works here, and why not."""

    available: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one process of the child: seconds, bytes and counts; `wall` and `output` are for all of it."""

    wall: float
    cpu: int = 900
    memory: int = 3 * 1024**3
    file_size: int = 512 * 1024**2
    open_files: int = 256
    processes: int = 64
    output: int = 1024**3


def _base_arguments(bwrap: str) -> list[str]:
    return [
        bwrap,
        *("--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"),
        *("--setenv", "PATH", _SEARCH_PATH, "--setenv", "HOME", "/tmp"),  # noqa: S108 - a tmpfs of the sandbox's own
        *("--setenv", "LC_ALL", "C.UTF-8", "--setenv", "OMP_THREAD_LIMIT", "1"),
        *("--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"),
        *("--symlink", "usr/lib64", "/lib64", "--symlink", "usr/sbin", "/sbin"),
        *(part for name in _ETC for part in ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")),
        *("--proc", "/proc", "--dev", "/dev", "--size", str(_SHARED_BYTES), "--tmpfs", "/dev/shm"),  # noqa: S108
        *("--remount-ro", "/dev", "--size", str(_SCRATCH_BYTES), "--tmpfs", "/tmp"),  # noqa: S108
    ]


@cache
def sandbox_status() -> SandboxStatus:
    """Try bubblewrap once per process; about ten milliseconds."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        return SandboxStatus(False, "bubblewrap is not installed")
    try:
        tried = subprocess.run(
            [*_base_arguments(bwrap), "/usr/bin/true"], capture_output=True, timeout=20, check=False, env={}
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return SandboxStatus(False, f"bubblewrap does not start: {problem}")
    if tried.returncode == 0:
        return SandboxStatus(True, "bubblewrap works")
    return SandboxStatus(False, "bubblewrap fails: " + tried.stderr.decode("utf-8", "replace").strip()[:300])


@dataclass(frozen=True, slots=True)
class OcrStatus:
    """Whether Tesseract, its library and its Vietnamese data are installed, or what is missing."""

    available: bool
    reason: str


_RECOGNISER = Path(__file__).resolve().parent / "engines" / "tesseract.py"


def ocr_status() -> OcrStatus:
    """Ask Tesseract for its languages, and load what pages are recognised with; about 200 ms."""
    tesseract = shutil.which("tesseract")
    if tesseract is None:
        return OcrStatus(False, "tesseract-ocr is not installed")
    recogniser = [sys.executable, "-I", "-S", "-B", str(_RECOGNISER)]
    try:
        asked = subprocess.run([tesseract, "--list-langs"], capture_output=True, timeout=20, check=False)
        if b"vie" not in asked.stdout.split():
            return OcrStatus(False, "tesseract-ocr-vie is not installed")
        loaded = subprocess.run(recogniser, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        return OcrStatus(False, f"tesseract does not start: {problem}")
    if loaded.returncode != 0:
        reason = loaded.stderr.decode("utf-8", "replace").strip()[:300]
        return OcrStatus(False, f"the library of tesseract does not load: {reason}")
    return OcrStatus(True, "tesseract with vie")


def _python_prefixes() -> tuple[Path, ...]:
    """The virtual environment and the base interpreter, where they lie outside `/usr`."""
    prefixes = {Path(sys.prefix).resolve(), Path(sys.prefix).absolute(), Path(sys.base_prefix).resolve()}
    return tuple(sorted(prefix for prefix in prefixes if not prefix.is_relative_to("/usr")))


def _package_root() -> Path:
    return Path(__file__).resolve().parent.parent


@cache
def _compile() -> None:
    """Compile this package once per process, as an import would: the engines are imported in the sandbox only, where
    nothing can be written, and from a checkout each child would compile them anew, which takes longer than the rest of
    its start. About 20 ms where all is compiled."""
    if not sys.dont_write_bytecode and os.access(_package_root() / "ingestion", os.W_OK):
        from compileall import compile_dir

        compile_dir(str(_package_root() / "ingestion"), quiet=2)


def _limit_arguments(limits: Limits) -> list[str]:
    prlimit = shutil.which("prlimit", path=_SEARCH_PATH)
    if prlimit is None:
        raise SandboxUnavailable("Install util-linux: prlimit is needed to limit the reading program.")
    return [
        prlimit,
        f"--cpu={limits.cpu}",
        f"--as={limits.memory}",
        f"--fsize={limits.file_size}",
        f"--nofile={limits.open_files}",
        f"--nproc={limits.processes}",
        "--core=0",
        "--",
    ]


@dataclass(frozen=True, slots=True)
class Launch:
    """A command ready to start, with the paths at which the child sees its input and output."""

    command: tuple[str, ...]
    directory: Path | None
    environment: dict[str, str]


def sandboxed(sandbox: Sandbox) -> bool:
    """Whether children run under bubblewrap. Raises `SandboxUnavailable` where it is required and cannot."""
    status = sandbox_status()
    if not status.available and sandbox.mode == "required":
        raise SandboxUnavailable(
            f"{status.reason}. Install bubblewrap and allow user namespaces, or set HOSO_SANDBOX=best-effort."
        )
    return status.available


def launch(
    program: Sequence[str],
    *,
    source: Path,
    out: Path,
    sandbox: Sandbox,
    limits: Limits,
    more: Sequence[Path] = (),
) -> Launch:
    """The command that runs `program` confined; `{in}` and `{out}` in its arguments become the child's own paths, and
    `{in1}`, `{in2}`, ... those of the further inputs `more`."""
    if not sandboxed(sandbox):
        # The user's other processes count against nproc here, so the bound is only against a fork bomb.
        loose = Limits(limits.wall, limits.cpu, limits.memory, limits.file_size, limits.open_files, 8192)
        setpriv = shutil.which("setpriv", path=_SEARCH_PATH)
        guard = [setpriv, "--pdeathsig", "KILL", "--no-new-privs"] if setpriv else []
        places = {"{in}": str(source), "{out}": str(out)} | {f"{{in{n}}}": str(path) for n, path in enumerate(more, 1)}
        command = [*guard, *_limit_arguments(loose), *_placed(program, places)]
        return Launch(tuple(command), _package_root(), {"PATH": _SEARCH_PATH, **_PLAIN_ENVIRONMENT, "HOME": str(out)})
    root = _package_root()
    arguments = _base_arguments(shutil.which("bwrap") or "bwrap")
    for prefix in _python_prefixes():
        arguments += ["--ro-bind", str(prefix), str(prefix)]
    arguments += ["--ro-bind", str(root / "ingestion"), "/app/ingestion"]
    data = Path(config.__file__).resolve().parent
    for name in _CONFIG_FILES:
        arguments += ["--ro-bind", str(data / name), f"/app/config/{name}"]
    arguments += ["--ro-bind", str(source.resolve()), "/in/file", "--bind", str(out.resolve()), "/out"]
    places = {"{in}": "/in/file", "{out}": "/out"}
    for number, path in enumerate(more, 1):
        arguments += ["--ro-bind", str(path.resolve()), f"/in/{number}"]
        places[f"{{in{number}}}"] = f"/in/{number}"
    arguments += ["--remount-ro", "/", "--chdir", "/app", "--"]
    command = [*arguments, *_limit_arguments(limits), *_placed(program, places)]
    return Launch(tuple(command), None, {})


_PLAIN_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}


def _placed(program: Sequence[str], places: Mapping[str, str]) -> list[str]:
    return [places.get(part, part) for part in program]


# `-m` and the `site` module would take a fifth of the start of a child: the first imports much to find a module, the
# second runs what installed packages left to be run at every start. The working directory is that of this package.
_START = "import sys; sys.path += ['.', *sys.argv.pop(1).split(':')]; from {} import main; sys.exit(main(sys.argv[1:]))"


def python_program(module: str, *arguments: str) -> tuple[str, ...]:
    """This interpreter running `main` of a module of this package with the packages installed for it; without user site
    and environment, and without writing bytecode."""
    installed = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    kept = [path for path in installed if any(Path(path).is_relative_to(root) for root in _installation())]
    program = os.path.abspath(sys.executable)
    return (program, "-I", "-S", "-B", "-c", _START.format(module), ":".join(kept), *arguments)


def _installation() -> tuple[str, ...]:
    """Where a child sees installed packages."""
    return ("/usr", *(str(prefix) for prefix in _python_prefixes()))


def run(
    program: Sequence[str],
    *,
    source: Path,
    out: Path,
    sandbox: Sandbox,
    limits: Limits,
    more: Sequence[Path] = (),
) -> int:
    """Run a confined program to its end and give its exit code; its output goes nowhere.

    Raises `ReadTimeout` after `limits.wall` seconds and `ReadTooMuch` when more than `limits.output` bytes lie in `out`
    (everything it started is stopped), `SandboxUnavailable`, and `ReadCrashed` where it cannot be started at all.
    """
    _compile()
    ready = launch(program, source=source, out=out, sandbox=sandbox, limits=limits, more=more)
    try:
        child = subprocess.Popen(
            ready.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=ready.environment,
            cwd=ready.directory,
            start_new_session=True,
        )
    except OSError as problem:
        raise ReadCrashed() from problem
    try:
        _watch(child.pid, out, limits)
    finally:
        # The child is not waited for yet, so its number cannot belong to others; what it left behind ends with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    return child.returncode


def _watch(child: int, out: Path, limits: Limits) -> None:
    """Return when the process has ended. Raises `ReadTimeout`, `ReadTooMuch`."""
    end = time.monotonic() + limits.wall
    descriptor = os.pidfd_open(child)
    try:
        ended = select.poll()
        ended.register(descriptor, select.POLLIN)
        while not ended.poll(max(0.0, min(_LOOK_SECONDS, end - time.monotonic())) * 1000):
            if time.monotonic() >= end:
                raise ReadTimeout()
            if not _has_room(out, limits.output):
                raise ReadTooMuch()
    finally:
        os.close(descriptor)


def _has_room(directory: Path, most: int) -> bool:
    """Whether what lies below a directory takes at most so many bytes, and is not too many files. Follows no link."""
    left, count, waiting = most, 0, [str(directory)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    found = entry.stat(follow_symlinks=False)
                    left -= found.st_blocks * 512
                    count += 1
                    if left < 0 or count > _MOST_LEFT:
                        return False
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except FileNotFoundError:
            continue  # removed while we looked
    return True


def take(path: Path, *, most: int) -> bytes:
    """The bytes a child left at `path`: a plain file of at most `most` bytes, never through a link it planted.

    Raises `ReadCrashed` where there is no such file.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as problem:
        raise ReadCrashed() from problem
    with os.fdopen(descriptor, "rb") as stream:
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > most:
            raise ReadCrashed()
        return stream.read(most)


def checked(path: Path, *, most: int) -> Path:
    """The same path, where a child left a plain file of at most `most` bytes there. Raises `ReadCrashed` else."""
    try:
        found = path.lstat()
    except OSError as problem:
        raise ReadCrashed() from problem
    if not stat.S_ISREG(found.st_mode) or found.st_size > most:
        raise ReadCrashed()
    return path

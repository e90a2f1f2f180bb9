"""Reads many files, each in a process of its own with limits, and says how each ended: the work of the sandboxed child
without what it costs to start one. `python -m tests.trial_reading FOLDER`; JSON on standard output.

Recognition is not tried (the programs' path is empty): pictures are decoded, which is what a broken file can attack.
"""

import contextlib
import importlib
import json
import logging
import os
import resource
import select
import signal
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

CPU_SECONDS = 20
WALL_SECONDS = 60.0
MEMORY = 3 * 1024**3


def main() -> int:
    """Each file of the folder to how it ended: `read`, an error code, or `crash: ...`, `hang`, `signal N`; and the
    seconds of wall clock that each took."""
    os.environ["PATH"] = "/nonexistent"
    logging.disable()
    warnings.simplefilter("ignore")
    _warm()
    ended, seconds = {}, {}
    for path in sorted(Path(sys.argv[1]).iterdir()):
        start = time.perf_counter()
        ended[path.name] = _tried(path)
        seconds[path.name] = round(time.perf_counter() - start, 3)
    print(json.dumps({"ended": ended, "seconds": seconds}))
    return 0


def _warm() -> None:
    """Import what the children will need, once: those modules that reading good files brings in."""
    from tests.good_files import good_files

    answers, asked = os.pipe()
    child = os.fork()
    if child == 0:
        with tempfile.TemporaryDirectory() as folder:
            for number, content in enumerate(good_files().values()):
                path = Path(folder) / str(number)
                path.write_bytes(content)
                _outcome(path)
        os.write(asked, " ".join(name for name in sys.modules if "__main__" not in name).encode()[:60_000])
        os._exit(0)
    os.close(asked)
    with os.fdopen(answers) as stream:
        names = stream.read().split()
    os.waitpid(child, 0)
    for name in names:
        if name not in sys.modules:
            with contextlib.suppress(ImportError):  # a name that only its package makes
                importlib.import_module(name)


def _tried(path: Path) -> str:
    answers, asked = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(answers)
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (512 * 1024**2, 512 * 1024**2))
        os.write(asked, _outcome(path).encode()[:4000])
        os._exit(0)
    os.close(asked)
    ready, _, _ = select.select([answers], [], [], WALL_SECONDS)
    told = os.read(answers, 4000).decode() if ready else "hang"
    os.close(answers)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if told:
        return told
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    return "hang" if number == signal.SIGXCPU else f"signal {number}"


def _outcome(path: Path) -> str:
    from ingestion.engines.answering import answer_read, answer_survey
    from ingestion.engines.unpacking import answer_unpack
    from ingestion.errors import ReadError

    try:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            survey = answer_survey(path, out)
            source = out / "copy" if survey["copy"] else path
            ended = "read"
            try:
                json.dumps(answer_read(source, first=1, last=min(3, survey["pages"]), images=out))
            except ReadError as problem:
                ended = problem.code
            if survey["members"]:
                json.dumps(answer_unpack(path, out))
            return ended
    except ReadError as problem:
        return problem.code
    except BaseException as problem:  # noqa: BLE001 - the edge of the process: whatever it is, it is what is looked for
        frames = traceback.extract_tb(problem.__traceback__)
        ours = [frame for frame in frames if "/ingestion/" in frame.filename]
        last = (ours or frames)[-1]
        return f"crash: {type(problem).__name__} at {Path(last.filename).name}:{last.lineno}: {str(problem)[:120]}"


if __name__ == "__main__":
    sys.exit(main())

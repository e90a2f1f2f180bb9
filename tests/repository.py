"""The repository as data for tests: its tracked files and their text."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


@cache
def tracked_files() -> tuple[str, ...]:
    """Paths of all files of the repository, relative to its root; in an unpacked archive all files but the ignored."""
    git = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z"]
    if (ROOT / ".git").exists():
        listed = subprocess.run(git, capture_output=True, check=True, text=True).stdout
        return tuple(sorted(path for path in set(listed.split("\0")) if path and (ROOT / path).is_file()))
    paths = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return tuple(sorted(str(path) for path in paths if not _is_ignored(path)))


def _is_ignored(path: Path) -> bool:
    ignored = {line.strip("/") for line in read(".gitignore").splitlines()}
    return any(part in ignored or part.endswith((".pyc", ".egg-info")) for part in path.parts)


@cache
def read(path: str) -> str:
    """The text of a file of the repository."""
    return (ROOT / path).read_text(encoding="utf-8")


def python_files(*folders: str) -> list[str]:
    """The Python files under some folders of the root."""
    return [path for path in tracked_files() if path.endswith(".py") and path.split("/")[0] in folders]


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Path and text of every file that is text."""
    for path in tracked_files():
        try:
            yield path, read(path)
        except UnicodeDecodeError:
            continue

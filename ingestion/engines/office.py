"""LibreOffice without a screen, for formats that have no reader of their own: one conversion, one process, one profile.

Runs inside the reading child, under its sandbox and limits. The profile is new for each call, so that two children
never share one and a broken profile ends with its call; in it macros are off, links are not followed and nothing is
recovered. About two seconds a file on a warm machine, 250 MB.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ingestion.errors import Damaged, OfficeUnavailable, ReadTimeout

_PROGRAMS = ("soffice", "libreoffice")
_SECONDS = 90.0  # wall clock; a file of 500 pages takes 20 on a busy machine
_FILTERS = {"rtf": "rtf:Rich Text Format"}
# Macro security 3 refuses all but trusted places, of which there are none; links are updated never (1 in Writer, 1 in
# Calc); no crash recovery, no first-start work.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
{items}
</oor:items>
"""
_ITEMS = (
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Common/Save/Document", "UseUserData", "false"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("org.openoffice.Office.Calc/Content/Update", "Link", "1"),
    ("org.openoffice.Office.Recovery/RecoveryInfo", "Enabled", "false"),
)


def convert(path: Path, to: str) -> Path:
    """The file as `to` ("rtf", "docx", "pptx", "pdf", ...), written to a directory of its own under the child's
    temporary directory, which ends with the child.

    Raises `OfficeUnavailable` where LibreOffice is not installed or does not start, `Damaged` where it cannot read the
    file, `ReadTimeout` after 90 seconds.
    """
    program = _program()
    directory = Path(tempfile.mkdtemp(prefix="hoso-office-"))
    source, out = directory / f"source{_suffix(path)}", directory / "out"
    shutil.copyfile(path, source)
    out.mkdir()
    _write_profile(directory / "profile")
    command = [
        program, f"-env:UserInstallation={(directory / 'profile').as_uri()}", "--headless", "--norestore", "--nologo",
        "--nolockcheck", "--nodefault", "--convert-to", _FILTERS.get(to, to), "--outdir", str(out), str(source),
    ]  # fmt: skip
    _run(command, directory)
    made = out / f"source.{to}"
    if not made.is_file() or made.stat().st_size == 0:
        raise Damaged()
    return made


def _suffix(path: Path) -> str:
    """LibreOffice looks at the bytes first; the name helps it only with plain text, which never comes here."""
    return path.suffix if path.suffix.isascii() and len(path.suffix) <= 5 else ""


def _write_profile(profile: Path) -> None:
    items = "\n".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _ITEMS
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS.format(items=items), encoding="utf-8")


def _run(command: list[str], directory: Path) -> None:
    """One process in the child's own group, so that whoever stops the child stops this too."""
    environment = {"HOME": str(directory), "PATH": os.defpath, "LANG": "C.UTF-8", "TMPDIR": str(directory)}
    for _ in range(_STARTS):
        try:
            ended = subprocess.run(
                command, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, timeout=_SECONDS, check=False,
            )  # fmt: skip
        except OSError as problem:
            raise OfficeUnavailable() from problem
        except subprocess.TimeoutExpired as problem:
            raise ReadTimeout() from problem
        if ended.returncode != _START_AGAIN:
            return


_START_AGAIN = 81  # what LibreOffice ends with when a new profile asks for a second start
_STARTS = 2


def _program() -> str:
    """The program itself behind its starting script: one process, which can be stopped for sure."""
    script = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if script is None:
        raise OfficeUnavailable()
    binary = Path(script).resolve().parent / "soffice.bin"
    return str(binary) if binary.is_file() else script

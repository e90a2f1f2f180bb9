"""DOCX to PDF with LibreOffice in a process of its own: own profile and home, limits, a time limit, no reuse.

The paper names Times New Roman; where that font is not installed LibreOffice takes Liberation Serif, which has the
same widths. Always called outside a unit of work. About two seconds a paper on a warm machine.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from doc_templates.errors import PdfFailed

PROGRAMS = ("soffice", "libreoffice")
LIMITS = (
    "--cpu=120",
    "--fsize=104857600",
    "--nofile=1024",
    "--core=0",
)  # seconds, bytes, files; a paper needs far less
HEADER = b"%PDF-"


def to_pdf(docx: Path, pdf: Path, *, timeout: float = 120) -> None:
    """Write the PDF of `docx` to `pdf` (replacing it); `timeout` in seconds.

    Raises `PdfFailed` with the codes `office-missing`, `office-input`, `office-timeout`, `office-failed` (with what
    LibreOffice said) or `office-no-output`.
    """
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise PdfFailed("office-missing", "LibreOffice is not installed", "Install libreoffice-writer.")
    if not docx.is_file():
        raise PdfFailed("office-input", f"no file {docx.name}", "Make the DOCX first.")
    with tempfile.TemporaryDirectory(prefix="hoso-office-") as directory:
        made = _convert(program, docx.resolve(), Path(directory), timeout)
        data = made.read_bytes() if made.is_file() else b""
    if not data.startswith(HEADER):
        raise PdfFailed(
            "office-no-output", "LibreOffice wrote no PDF", "Try again; check the DOCX in a word processor."
        )
    partial = pdf.with_name(f".{pdf.name}.part")
    partial.write_bytes(data)
    partial.replace(pdf)


def _convert(program: str, docx: Path, directory: Path, timeout: float) -> Path:
    """Run LibreOffice on a copy inside `directory`, which is also its home and holds its profile."""
    source, out = directory / "paper.docx", directory / "out"
    shutil.copyfile(docx, source)
    out.mkdir()
    command = [
        program, f"-env:UserInstallation={(directory / 'profile').as_uri()}", "--headless", "--norestore", "--nologo",
        "--nolockcheck", "--nodefault", "--convert-to", "pdf:writer_pdf_Export", "--outdir", str(out), str(source),
    ]  # fmt: skip
    limiter = shutil.which("prlimit")
    if limiter is not None:
        command = [limiter, *LIMITS, "--", *command]
    environment = {"HOME": str(directory), "PATH": os.defpath, "LANG": "C.UTF-8", "TMPDIR": str(directory)}
    process = subprocess.Popen(
        command, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        said, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # LibreOffice starts children; the session is ours alone
        process.communicate()
        raise PdfFailed(
            "office-timeout", f"no PDF after {timeout:g} s", "Try again when the machine is less busy."
        ) from None
    if process.returncode != 0:
        words = said.decode("utf-8", "replace").strip()[-300:]
        raise PdfFailed("office-failed", f"LibreOffice ended with {process.returncode}: {words}", "Run hoso doctor.")
    return out / "paper.pdf"

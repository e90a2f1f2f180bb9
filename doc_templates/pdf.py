"""DOCX to PDF with LibreOffice in a process of its own: own profile and home, limits, a time limit, no reuse.

The paper names Times New Roman; where that font is not installed LibreOffice takes Liberation Serif, which has the
same widths. Always called outside a unit of work. About two seconds a paper on a warm machine.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from doc_templates.decree30 import FONT
from doc_templates.errors import PdfFailed

PROGRAMS = ("soffice", "libreoffice")
LIMITS = (
    "--cpu=120",
    "--fsize=104857600",
    "--nofile=1024",
    "--core=0",
)  # seconds, bytes, files; a paper needs far less
HEADER = b"%PDF-"
VIETNAMESE = "ĂăĐđƠơƯưẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹ"


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


@dataclass(frozen=True, slots=True)
class PaperFont:
    """The font that stands in for Times New Roman here, and whether it has every Vietnamese letter.

    Liberation 1 (Debian package fonts-liberation) has not: LibreOffice then mixes in letters of another font.
    Liberation 2 (fonts-liberation2) has.
    """

    family: str
    vietnamese: bool


def paper_font() -> PaperFont | None:
    """What fontconfig gives for Times New Roman; None where fontconfig's programs are missing."""
    match, query = shutil.which("fc-match"), shutil.which("fc-query")
    if match is None or query is None:
        return None
    family, _, file = _said([match, "--format", "%{family}|%{file}", FONT]).partition("|")
    ranges = [part.split("-") for part in _said([query, "--format", "%{charset}", file]).split()]
    spans = [(int(ends[0], 16), int(ends[-1], 16)) for ends in ranges]
    return PaperFont(family, all(any(low <= ord(mark) <= high for low, high in spans) for mark in VIETNAMESE))


def _said(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False).stdout.strip()


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

"""A hundred supervision orders (D163/V/53) to DOCX and PDF: ours against bare docxtpl and bare LibreOffice."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate

from benchmarks.material import order_facts
from benchmarks.measuring import Table, Watch, rate
from doc_templates import decree30
from doc_templates.catalogue import Form, form
from doc_templates.pdf import PROGRAMS, to_pdf
from doc_templates.rendering import RenderMode, environment, render

CODE = "D163/V/53"
BARE_EVERY = 5  # a bare conversion for every so many of ours: enough for the mean, and the run stays short
SECONDS = 300.0


def bench(*, quick: bool) -> Table:
    """Fill, check the layout, convert one by one as the product does; then all in one call, which it does not."""
    count = 5 if quick else 100
    made = Table(
        "Papers",
        baseline="docxtpl filling the same template with the same facts, already printed as text; one call of "
        "LibreOffice per file with a profile that it keeps. Ours also checks that nothing is missing, writes the same "
        "bytes for the same facts and reads the text back; each conversion has a fresh profile and limits.",
    )
    program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    with tempfile.TemporaryDirectory(prefix="hoso-bench-") as name:
        folder = Path(name)
        made.rows.append(_filling(made, folder, count))
        if program is None:
            made.remarks.append("PDF skipped: LibreOffice is not installed.")
            return made
        ours, bare, batch = _converting(program, folder, count)
        made.rows.append(rate("PDF, one call per file", ours, bare, unit="papers/min"))
        made.rows.append(rate("PDF, against one call for all", ours, batch, unit="papers/min"))
    made.remarks.append(f"The bare call per file was made for every {BARE_EVERY}th paper.")
    return made


def _filling(made: Table, folder: Path, count: int) -> Any:
    chosen = form(CODE)
    ours, checked, bare = Watch(), Watch(), Watch()
    for number in range(1, count + 1):
        facts = order_facts(number)
        out = folder / f"{number}.docx"
        with ours.turn(1):
            render(chosen, facts, out, mode=RenderMode.FINAL)
        with checked.turn(1):
            broken = decree30.check(out)
        if broken:
            raise RuntimeError(f"paper {number} breaks the layout: {broken[0].code}")
        plain = _all_declared(chosen, facts)
        with bare.turn(1):
            _bare_fill(chosen, plain, folder / f"bare-{number}.docx")
    made.remarks.append(f"The layout check of a made paper takes {checked.each * 1000:.0f} ms more.")
    return rate("DOCX", ours, bare, unit="papers/min")


def _bare_fill(chosen: Form, facts: Mapping[str, Any], out: Path) -> None:
    template = DocxTemplate(str(chosen.template))
    template.render(dict(facts), environment(), autoescape=True)
    template.save(str(out))


def _all_declared(chosen: Form, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with an empty text for every declared one that is absent, as the template expects."""
    values: dict[str, Any] = {}
    for variable in chosen.variables:
        *path, last = variable.name.split(".")
        given: Any = facts
        place = values
        for part in path:
            given = given.get(part, {})
            place = place.setdefault(part, {})
        absent: Any = [] if variable.kind == "list" else ""
        place[last] = given.get(last, absent)
        if not isinstance(place[last], list):
            place[last] = str(place[last])
    return values


def _converting(program: str, folder: Path, count: int) -> tuple[Watch, Watch, Watch]:
    ours, bare, batch = Watch(), Watch(), Watch()
    out = folder / "out"
    out.mkdir()
    _bare_convert(program, folder, [folder / "1.docx"])  # makes the profile
    for number in range(1, count + 1):
        docx = folder / f"{number}.docx"
        with ours.turn(1):
            to_pdf(docx, folder / f"{number}.pdf")
        if number % BARE_EVERY == 0:
            with bare.turn(1):
                _bare_convert(program, folder, [docx])
    with batch.turn(count):
        _bare_convert(program, folder, [folder / f"{number}.docx" for number in range(1, count + 1)])
    return ours, bare, batch


def _bare_convert(program: str, folder: Path, files: list[Path]) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder / "out")]
    subprocess.run([*command, *map(str, files)], check=True, capture_output=True, timeout=SECONDS)

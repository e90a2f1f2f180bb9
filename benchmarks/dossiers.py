"""Dossiers put together as offices scan them: papers one after the other with covers, blank backs and separators,
printed to pictures, clean and degraded, read once and kept in a cache outside the repository.

The cache is `HOSO_BENCH_CACHE`, or `hoso-bench` in the system's temporary directory: recognition takes a second and a
half a page, and tuning wants it once.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pypdfium2 as pdfium
import zxingcpp
from PIL import Image, ImageFilter

from benchmarks.dossier_papers import Layout, official, own, set_paper, varied
from benchmarks.material import MaterialMissing, order_facts, shared
from doc_templates.catalogue import forms
from doc_templates.pdf import PROGRAMS
from doc_templates.rendering import RenderMode, render
from ingestion import ENGINE, Page, Region, RegionKind, page_from_json
from ingestion.engines.ocr import recognise
from ingestion.engines.reader import Scan
from ingestion.engines.recogniser import Recognisers

DPI = 200.0
_WORN_DPI = 150.0
_DOSSIERS = 9
_PLAN_PAGES, _LAW_PAGES = 3, 3
_SEED = 20261122
Spec = tuple[str, Sequence[Path | Layout]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page picture of a dossier (PNG, grey): the kind of its paper, and whether the paper begins here."""

    picture: Path
    kind: str
    begins: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """One scan; every third is held out: no weight was tuned on it."""

    name: str
    sheets: tuple[Sheet, ...]
    held_out: bool


def cache() -> Path:
    """The directory for what is slow to make."""
    root = Path(os.environ.get("HOSO_BENCH_CACHE", Path(tempfile.gettempdir()) / "hoso-bench"))
    root.mkdir(parents=True, exist_ok=True)
    return root


def dossiers() -> list[Dossier]:
    """All dossiers, made on the first call; those held out twice, with the same kinds set otherwise in another order.

    Raises `MaterialMissing` without the public material or LibreOffice.
    """
    chance = random.Random(_SEED)
    papers, others = _papers(0), _papers(1)
    order = list(range(len(papers)))
    chance.shuffle(order)
    share = -(-len(papers) // _DOSSIERS)
    found = []
    for turn, source in enumerate((papers, others)):
        for number in range(_DOSSIERS):
            held_out = number % 3 == 2
            if turn and not held_out:
                continue
            mine = [source[at] for at in order[number * share : (number + 1) * share]]
            if turn:
                chance.shuffle(mine)
            sheets = tuple(_stacked(mine, chance, number + turn))
            found.append(Dossier(f"dossier {number + 1}{'ab'[turn]}", sheets, held_out))
    return found


def _papers(turn: int) -> list[list[Sheet]]:
    """Every paper as its sheets, in the first or second setting."""
    folder = cache() / f"papers-{turn}"
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        _print_all(folder, turn)
        (folder / "done").touch()
    found: list[list[Sheet]] = []
    for first in sorted(folder.glob("*-part0-001.png")):
        paper, _, _ = first.name.partition("-part0")
        pictures = sorted(folder.glob(f"{paper}-part*.png"))
        kind = paper.split("-", 1)[1]
        if kind not in ("cover", "contents"):
            found.append([Sheet(picture, kind, at == 0) for at, picture in enumerate(pictures)])
    return found


def _print_all(folder: Path, turn: int) -> None:
    with tempfile.TemporaryDirectory(prefix="hoso-bench-") as name:
        work = Path(name)
        printed: list[tuple[str, Path, int | None]] = []
        for number, (kind, parts) in enumerate(_specs(work)):
            for at, part in enumerate(parts):
                source = part
                if isinstance(part, Layout):
                    source = work / f"{number:03}-{at}.docx"
                    set_paper(varied(part) if turn else part, number + 500 * turn, source)
                assert isinstance(source, Path)
                printed.append((f"{number:03}-{kind}-part{at}", source, _most(kind)))
        _convert([source for _, source, _ in printed if source.suffix == ".docx"], work)
        for stem, source, most in printed:
            pdf = source if source.suffix == ".pdf" else work / f"{source.stem}.pdf"
            for at, picture in enumerate(_pictures(pdf, most), start=1):
                picture.save(folder / f"{stem}-{at:03}.png", "PNG")


def _most(kind: str) -> int | None:
    return {"plan": _PLAN_PAGES, "appendix": _LAW_PAGES}.get(kind)


def _specs(work: Path) -> Iterator[Spec]:
    """Kind and parts of every paper: an annex is a part of the paper it belongs to."""
    root = shared("plans").parents[1]
    layouts = root / "domain" / "forms.md"
    if not layouts.exists():
        raise MaterialMissing("the layouts of official forms are not beside the checkout")
    for layout in official(layouts):
        if layout.kind.startswith("D163") and layout.text.count("Độc lập") + layout.text.count("head H-") < 2:
            yield layout.kind, (layout,)
    mine = {layout.kind: layout for layout in own()}
    for kind, layout in mine.items():
        if kind not in ("annex", "headed-annex", "annexed"):
            yield kind, (layout,)
    yield "annexed", (mine["annexed"], mine["annex"])
    yield "annexed-head", (mine["annexed"], mine["headed-annex"])
    for path in sorted(shared("plans").glob("*.scan.pdf")):
        yield "plan", (path,)
    for number in (1, 2, 5):
        path = work / f"appendix{number}.docx"
        shutil.copyfile(shared("nd30") / f"Phuluc{number}.docx", path)
        yield "appendix", (path,)
    for number, chosen in enumerate((*forms(), *forms()[:3])):
        path = work / f"form{number}.docx"
        render(chosen, order_facts(number), path, mode=RenderMode.BLANK)
        yield f"form-{chosen.code.replace('/', '-')}", (path,)


def _convert(files: Sequence[Path], work: Path) -> None:
    program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if program is None:
        raise MaterialMissing("LibreOffice is not installed")
    profile = f"-env:UserInstallation={(work / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(work), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=400)


def _pictures(pdf: Path, most: int | None) -> Iterator[Image.Image]:
    document = pdfium.PdfDocument(str(pdf))
    for index in range(min(len(document), most or len(document))):
        yield document[index].render(scale=DPI / 72, grayscale=True).to_pil()
    document.close()


def _stacked(papers: Sequence[Sequence[Sheet]], chance: random.Random, number: int) -> Iterator[Sheet]:
    """The papers one after the other, some with blank backs, some dossiers with a cover, a list or separators."""
    folder = cache() / "papers-0"
    fronts = {"cover": number % 2 == 0, "contents": number % 3 != 1}
    for kind, wanted in fronts.items():
        if wanted:
            yield Sheet(next(folder.glob(f"*-{kind}-part0-001.png")), kind, begins=True)
    backs, separated = number % 3 == 0, number % 4 == 1
    for at, paper in enumerate(papers):
        if separated and at and chance.random() < 0.4:
            yield Sheet(_separator(folder), "separator", begins=True)
        yield from paper
        if backs and len(paper) % 2 and chance.random() < 0.6:
            yield Sheet(_blank(folder), "blank", begins=False)


def _blank(folder: Path) -> Path:
    path = folder / "blank.png"
    if not path.exists():
        Image.new("L", (1654, 2339), 250).save(path)
    return path


def _separator(folder: Path) -> Path:
    path = folder / "separator.png"
    if not path.exists():
        page = Image.new("L", (1654, 2339), 255)
        code = zxingcpp.write_barcode(zxingcpp.BarcodeFormat.QRCode, "HOSO:SEPARATOR", width=500, height=500)
        page.paste(Image.fromarray(code), (577, 800))
        page.save(path)
    return path


def worn(image: Image.Image, seed: int) -> Image.Image:
    """A bad copy at 150 dpi: askew by up to three degrees, grainy, blurred, faded."""
    chance = random.Random(seed)
    scale = _WORN_DPI / DPI
    page = image.convert("L").resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BOX)
    page = page.rotate(chance.uniform(-3, 3), Image.Resampling.BICUBIC, fillcolor=250)
    page = page.filter(ImageFilter.GaussianBlur(chance.uniform(0.3, 0.8)))
    page = Image.blend(page, Image.effect_noise(page.size, 60), chance.uniform(0.08, 0.25))
    return page.point([min(255, 60 + round(value * 0.75)) for value in range(256)])


def read_sheets(dossier: Dossier, *, degraded: bool) -> list[Page]:
    """The pages as recognised, numbered from 1; two at a time, each once and then from the cache."""
    with Recognisers() as recognisers, ThreadPoolExecutor(2) as pool:
        jobs = [(sheet.picture, degraded, seed) for seed, sheet in enumerate(dossier.sheets)]
        pages = list(pool.map(lambda job: _read(recognisers, *job), jobs))
    return [replace(page, number=number) for number, page in enumerate(pages, start=1)]


def _read(recognisers: Recognisers, picture: Path, degraded: bool, seed: int) -> Page:
    kept = cache() / "pages" / ENGINE
    kept.mkdir(parents=True, exist_ok=True)
    mark = hashlib.sha256(picture.read_bytes() + (f"worn {seed}" if degraded else "clean").encode()).hexdigest()[:24]
    path = kept / f"{mark}.json"
    if path.exists():
        return page_from_json(json.loads(path.read_text(encoding="utf-8")))
    image: Image.Image = Image.open(picture)
    width, height = image.width / DPI * 72, image.height / DPI * 72
    dpi = DPI
    if degraded:
        image, dpi = worn(image, seed), _WORN_DPI
    page, _ = recognise(Scan(1, image, width, height, dpi), recognisers)
    if not any(region.kind is RegionKind.CODE for region in page.regions):
        codes = [Region(RegionKind.CODE, (0, 0, 1, 1), 1.0, code.text) for code in zxingcpp.read_barcodes(image)]
        page = replace(page, regions=(*page.regions, *codes))
    path.write_text(json.dumps(page.as_json(), ensure_ascii=False), encoding="utf-8")
    return page

"""Copies of one paper in different bytes (DOCX, PDF, scan, text) against papers of one form about two persons.

The bare way is the share of words that two texts have in common: right for copies, and wrong for forms, whose words are
mostly the form's. Ours looks at what differs from paper to paper before it looks at the words.
"""

import random
import re
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from docx import Document

from app.services.likeness import ALIKE, Particulars, bands, share
from benchmarks.material import shared
from benchmarks.measuring import Row, Table, Watch
from ingestion import Sandbox, read

_FORMS = Path(__file__).resolve().parents[1] / "doc_templates" / "forms"
_VARIABLE = re.compile(r"\{\{-?\s*([^}|]+?)\s*(?:\|[^}]*)?-?\}\}")
_OF_THE_OFFICE = ("org", "body", "office", "place", "superior", "post.", "law", "head", "signer", "symbol")
_NAMES = ("Nguyễn Trần Lê Phạm Hoàng Vũ", "Văn Thị Đức Minh Hữu", "Thử Mẫu An Bình Cường Dũng")


def bench(*, quick: bool = False) -> Table:
    """Pairs that are copies and pairs that are not, and how many each way takes for copies."""
    table = Table("Copies", baseline=f"the share of common words alone, from the same edge of {ALIKE}")
    papers = _papers(shared("plans"), quick=quick)
    copies = [pair for texts in papers.values() for pair in combinations(texts, 2)]
    others = [(one[0], other[0]) for one, other in combinations(papers.values(), 2)]
    table.rows.append(_row("copies of one plan: DOCX, PDF, scan, text", copies))
    table.rows.append(_row("two plans", others))
    table.rows.append(_row("one form, two persons", _forms()))
    found = sum(bool(set(bands(one)) & set(bands(other))) for one, other in copies)
    table.remarks.append(f"Of {len(copies)} pairs of copies {found} have a band of the fingerprint in common.")
    return table


def _papers(folder: Path, *, quick: bool) -> dict[str, list[str]]:
    """The texts of each plan as its files give them."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.iterdir()):
        name = path.name.split(".")[0]
        if quick and found and name not in found:
            break
        text = path.read_text(encoding="utf-8") if path.suffix == ".txt" else _read(path)
        found.setdefault(name, []).append(text)
    return found


def _read(path: Path) -> str:
    return "\n".join(page.body for page in read(path, sandbox=Sandbox()).pages)


def _forms() -> list[tuple[str, str]]:
    """Every form filled twice in one office, about two persons who cannot exist."""
    chance, office = random.Random(1), dict[str, str]()
    pairs = []
    for path in sorted(_FORMS.rglob("*.docx")):
        form = Document(str(path))
        cells = (cell.text for table in form.tables for row in table.rows for cell in row.cells)
        text = "\n".join([*(line.text for line in form.paragraphs), *cells])
        if _VARIABLE.search(text):
            pairs.append((_filled(text, chance, office), _filled(text, chance, office)))
    return pairs


def _filled(text: str, chance: random.Random, office: dict[str, str]) -> str:
    person: dict[str, str] = {}

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        known = office if any(part in name for part in _OF_THE_OFFICE) else person
        return known.setdefault(name, _value(name, chance))

    return _VARIABLE.sub(value, re.sub(r"\{%.*?%\}", "", text))


def _value(name: str, chance: random.Random) -> str:
    if "date" in name or "_on" in name:
        return f"{chance.randint(1, 28):02d} tháng {chance.randint(1, 12):02d} năm {chance.randint(1970, 2026)}"
    if "number" in name or "id_" in name:
        return f"000{chance.randint(10**8, 10**9 - 1)}"
    if "name" in name or "person" in name:
        return " ".join(chance.choice(words.split()) for words in _NAMES)
    return f"Số {chance.randint(1, 99)}, tổ {chance.randint(1, 20)}"


def _row(what: str, pairs: Sequence[tuple[str, str]]) -> Row:
    ours, bare, taken, plainly, shares = Watch(), Watch(), 0, 0, []
    for one, other in pairs:
        with ours.turn(1):
            same = share(Particulars.of(one), Particulars.of(other))
        with bare.turn(1):
            words = Particulars.of(one).words & Particulars.of(other).words
            common = words.total() / max(len(one.split()), len(other.split()))
        taken, plainly = taken + (same >= ALIKE), plainly + (common >= ALIKE)
        shares.append(same)
    told = f"{taken} of {len(pairs)} taken for copies, shares {min(shares):.2f} to {max(shares):.2f}"
    ratio = ours.each / bare.each
    return Row(what, len(pairs), ours.seconds, told, f"{plainly} of {len(pairs)} taken for copies", ratio)

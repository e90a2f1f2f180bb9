"""The bodies say word for word what the transcribed official forms say, slips handled as the reference tells."""

import os
import re
from pathlib import Path

import pytest

import doc_templates
from doc_templates.catalogue import Form, forms

SHARED = Path(os.environ.get("HOSO_SHARED", Path(doc_templates.__file__).parents[2] / "shared"))
REFERENCE = SHARED / "domain" / "forms.md"
FIELD = re.compile(r"\{\{.*?\}\}")

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not REFERENCE.is_file(), reason="the transcribed forms are not beside the checkout"),
]


def transcribed(code: str) -> list[str]:
    """The body lines of a form in the reference, from the issuing line to the foot."""
    text = REFERENCE.read_text(encoding="utf-8")
    decree, _, number = code.rpartition("/")
    if decree == "D116":
        block = text[text.index(f"```text\n{number}\n") :]
        for name, line in re.findall(r"`\{\{ (basis\.\w+) \}\}` = `([^`]+)`", text):
            block = block.replace(f"{{{{ {name} }}}}", line)
    else:
        block = text[text.index(f"### {code} ") :]
        block = block[block.index("```text") :]
    block = block[block.index("\n") + 1 : block.index("\n```")]
    lines = [line.strip() for line in block.split("\n") if line.strip() and not line.startswith("[R]")]
    first = next(number for number, line in enumerate(lines) if re.match(r"(CHỦ TỊCH|TRƯỞNG) ", line))
    return [line for line in lines[first:] if not line.startswith("Nơi nhận")]


def plain(line: str) -> str:
    """A line with every field as the same mark, official alternatives written out."""
    line = line.replace("**", "").replace("{{ address_of(person.sex) }}", "Ông/bà")
    line = re.sub(r"\{\{ one_of\('([^']+)'.*?\}\}", r"\1", line)
    line = re.sub(r"\{\{ head_of\(.*?\}\}", "TRƯỞNG CƠ SỞ CAI NGHIỆN MA TÚY §", line)
    return FIELD.sub("§", line).strip()


@pytest.mark.parametrize("one", forms(), ids=lambda row: row.code)
def test_a_body_is_the_transcribed_one(one: Form) -> None:
    wanted = [plain(line).replace("sau sau cai nghiện", "sau cai nghiện") for line in transcribed(one.code)]
    assert [plain(line.text) for line in one.body] == wanted


def test_the_official_slip_is_in_the_reference_and_not_in_the_form() -> None:
    assert any("sau sau" in line for line in transcribed("D163/V/56"))

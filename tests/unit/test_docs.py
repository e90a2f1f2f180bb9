"""The documents against the product: commands, paths, screens, words and people they speak of exist as they say."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from pathlib import Path

import click
import pytest

from app.cli import main
from app.factory import create_app
from app.web.frame import RAIL, ROLE_NAMES
from app.web.guard import API_PREFIX
from benchmarks.__main__ import BENCHES, measured
from config.settings import Settings
from indexer.query import _MESSAGES, parse
from tests.repository import ROOT, python_files, read, tracked_texts

GUIDE = "docs/user-guide.md"
LARGEST_PICTURE = 200_000  # bytes: the README is read over slow lines too
PEOPLE = "app/demo/people.toml"


def documents() -> dict[str, str]:
    return {path: text for path, text in tracked_texts() if path.endswith(".md")}


def anchors(text: str) -> set[str]:
    """The anchors of a document's headings, as they are made on the usual hosts."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(text: str) -> list[tuple[str, str]]:
    """The relative links of a document as pairs of path (may be empty) and anchor (may be empty)."""
    targets = re.findall(r"\]\((?![a-z]+:)([^)\s]+)\)", text)
    return [tuple(f"{target}#".split("#")[:2]) for target in targets]  # type: ignore[misc]


# Links and pictures


def test_every_link_to_a_heading_leads_to_one() -> None:
    broken = []
    for path, text in documents().items():
        for target, anchor in links(text):
            there = (ROOT / path).parent.joinpath(target) if target else ROOT / path
            if anchor and anchor not in anchors(there.read_text(encoding="utf-8")):
                broken.append((path, target, anchor))
    assert broken == []


def test_every_picture_is_there_small_and_used() -> None:
    shown = {
        (ROOT / path).parent.joinpath(target).resolve()
        for path, text in documents().items()
        for target, _ in links(text)
        if target.endswith(".png")
    }
    kept = {path.resolve() for path in (ROOT / "docs/screenshots").glob("*.png")}
    assert kept
    assert shown == kept
    assert [path.name for path in kept if path.stat().st_size > LARGEST_PICTURE] == []


# Commands and paths


def commands(command: click.Command, name: str = "hoso") -> Iterator[str]:
    """The full names of all commands below one."""
    if not isinstance(command, click.Group):
        yield name
        return
    context = click.Context(command)
    for word in command.list_commands(context):
        below = command.get_command(context, word)
        assert below is not None
        yield from commands(below, f"{name} {word}")


def test_every_command_is_in_the_readme() -> None:
    found = sorted(commands(main))
    assert "hoso user add" in found
    assert [command for command in found if not re.search(rf"`{command}\b", read("README.md"))] == []


def test_no_document_names_a_command_that_does_not_exist() -> None:
    known = set(commands(main))
    groups = {name.rsplit(" ", 1)[0] for name in known} - {"hoso"}
    named = {
        (path, found)
        for path, text in documents().items()
        for found in re.findall(r"(?:`|^    )(hoso [a-z]+(?: [a-z]+)?)\b", text, re.MULTILINE)
    }
    unknown = {
        (path, name)
        for path, name in named
        if name not in known and " ".join(name.split()[:2]) not in known and name not in groups
    }
    assert unknown == set()


def test_the_paths_of_rest_are_those_of_its_page(tmp_path: Path) -> None:
    app = create_app(Settings.from_environment({"HOSO_HOME": str(tmp_path)}), send=lambda _job, _id: None)
    rules = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}
    named = set(re.findall(r"`(/api/[^`?]+)`", read("docs/rest.md"))) - {"/api/v1"}
    assert named == {rule for rule in rules if rule.startswith(API_PREFIX)}


# The architecture


def test_the_architecture_tells_of_every_service() -> None:
    table = read("docs/architecture.md").split("### Which service answers which question")[1].split("\n## ")[0]
    named = {name for line in table.splitlines() for name in re.findall(r"`(\w+)`", line.split(" | ")[0])}
    services = {Path(path).stem for path in python_files("app") if path.startswith("app/services/")} - {"__init__"}
    assert named == services


def test_the_tree_of_the_architecture_exists() -> None:
    block = read("docs/architecture.md").split("```")[1]
    folder, missing = "", []
    for line in block.splitlines():
        if found := re.match(r"([a-z_]+/)", line):
            folder = found.group(1)
        elif re.match(r"  \S", line):
            names = takewhile(lambda word: re.fullmatch(r"[\w*./<>]+(\.py|/)", word), line.split())
            missing += [folder + name for name in names if "<" not in name and not list((ROOT / folder).glob(name))]
    assert "app/" in block
    assert missing == []


# The guide


@cache
def words_of_the_product() -> str:
    """Every text that a screen can show: templates and code of the application."""
    sources = [*(ROOT / "app").rglob("*.py"), *(ROOT / "app").rglob("*.html")]
    return "\n".join(path.read_text(encoding="utf-8") for path in sources)


def test_the_guide_tells_of_every_entry_of_the_rail() -> None:
    entries = {str(label._args[0]) for group in RAIL for _endpoint, label, _act in group}
    part = read(GUIDE).split("## Các mục bên trái")[1].split("\n## ")[0]
    rows = set(re.findall(r"^\| \*\*(.+?)\*\* \|", part, re.MULTILINE))
    assert entries == rows


def test_every_word_that_the_guide_quotes_stands_on_a_screen() -> None:
    quoted = {word.rstrip(":") for word in re.findall(r"\*\*([^*]+)\*\*", read(GUIDE))} - {"in đậm"}
    assert {word for word in quoted if word not in words_of_the_product()} == set()


def test_every_role_has_its_part_of_the_guide() -> None:
    headings = {heading.lower() for heading in re.findall(r"^## (.+)$", read(GUIDE), re.MULTILINE)}
    assert {str(name._args[0]).lower() for name in ROLE_NAMES.values()} <= headings


def test_every_question_in_the_guide_is_understood() -> None:
    table = read(GUIDE).split("| Gõ | Tìm được |")[1].split("\n\n")[0]
    questions = [found for line in table.splitlines() for found in re.findall(r"`([^`]+)`", line.split(" | ")[0])]
    assert len(questions) > 8
    assert {question: parse(question).notes for question in questions if parse(question).notes} == {}


# Notes to a question


def test_every_note_to_a_question_has_its_line() -> None:
    table = read("docs/errors.md").split("### Notes to a question")[1].split("\n## ")[0]
    sources = [read(path) for path in python_files("indexer", "app")]
    made = {code for text in sources for code in re.findall(r"\bNote\(\s*\"([a-z-]+)\"", text)} | set(_MESSAGES)
    assert {"query-quote-open", "number-shared", "index-older"} <= made
    assert set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)) == made


# The people of the demonstration


@cache
def people() -> list[dict[str, object]]:
    return tomllib.loads(read(PEOPLE))["person"]  # type: ignore[no-any-return]


def test_nobody_in_the_demonstration_has_a_number_that_could_be_real() -> None:
    numbers = re.findall(r'"(\d{9,12})"', read(PEOPLE))
    assert len(numbers) >= len(people())
    assert [number for number in numbers if not number.startswith("000")] == []


def test_everybody_in_the_demonstration_is_named_as_a_sample() -> None:
    names = re.findall(r'full_name = "([^"]+)"', read(PEOPLE))
    assert len(names) >= len(people())
    assert [name for name in names if not {"Thử", "Mẫu", "Nghiệm"} & set(name.split())] == []


def test_the_page_on_the_demonstration_tells_of_every_case() -> None:
    cases = tomllib.loads(read("app/demo/story.toml"))["case"]
    rows = re.findall(r"^\| (\d+) \|", read("docs/demonstration.md"), re.MULTILINE)
    assert rows == [str(number) for number in range(1, len(cases) + 1)]


# Measurements


def test_every_bench_has_its_results_on_the_page() -> None:
    headings = re.findall(r"^### (.+)$", read("docs/benchmarks.md"), re.MULTILINE)
    assert {name.capitalize() for name in BENCHES} <= set(headings)


def test_a_bench_without_material_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSO_SHARED", str(tmp_path))
    assert measured("reading", quick=True).skipped
    assert measured("search", quick=True).skipped

"""Tables of the repository itself: every setting, error, job and dependency has its place, and the code stays small."""

import ast
import codecs
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

from app.errors import HosoError
from app.jobs import Job
from config.settings import SETTINGS, Settings
from doc_templates.errors import TemplateError
from indexer.errors import SearchError
from ingestion.errors import ReadError
from tests.repository import ROOT, python_files, read, tracked_files, tracked_texts

PACKAGES = ("app", "ingestion", "indexer", "doc_templates", "config")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MIGRATIONS = "app/migrations/versions/"  # lists of statements that stay as they were run; their length says nothing
# Variables that are no settings of the product: the tests' and the scripts' own.
OTHER_VARIABLES = re.compile(r"HOSO_(TEST_\w+|SHARED|SAMPLES|BENCH_CACHE|PYTHON|PUBLISHED_PORT|FOLDERS)$")


@cache
def project() -> dict[str, object]:
    return tomllib.loads(read("pyproject.toml"))["project"]  # type: ignore[no-any-return]


def names(requirements: object) -> list[str]:
    assert isinstance(requirements, list)
    return [re.split(r"[\[<>=~! ]", requirement)[0] for requirement in requirements]


def dependencies() -> list[str]:
    extras = project()["optional-dependencies"]
    assert isinstance(extras, dict)
    return names(project()["dependencies"]) + names(extras["dev"])


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)", read(f"requirements/{lock}.lock"), re.MULTILINE))


# Documentation


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_documented_with_its_default(setting: object) -> None:
    name, default = setting.name, setting.default  # type: ignore[attr-defined]
    rows = [line for line in read("docs/settings.md").splitlines() if line.startswith(f"| `{name}` |")]
    assert len(rows) == 1
    assert default in rows[0]


def test_no_setting_is_documented_that_does_not_exist() -> None:
    documented = set(re.findall(r"^\| `(HOSO_\w+)` \|", read("docs/settings.md"), re.MULTILINE))
    assert documented == {setting.name for setting in SETTINGS}


def test_every_variable_that_any_file_names_is_a_setting_or_of_the_tests() -> None:
    known = {setting.name for setting in SETTINGS}
    named = {(path, name) for path, text in tracked_texts() for name in re.findall(r"\bHOSO_[A-Z][A-Z_]*[A-Z]\b", text)}
    assert {(path, name) for path, name in named if name not in known and not OTHER_VARIABLES.match(name)} == set()


# Calls whose first argument is a code that a person is shown.
CALLS_WITH_A_CODE = {"fail", "PdfFailed", "Warning"}


def error_codes() -> set[str]:
    def tree(kind: type) -> Iterator[type]:
        yield kind
        for below in kind.__subclasses__():
            yield from tree(below)

    codes = {kind.code for root in (HosoError, ReadError, SearchError, TemplateError) for kind in tree(root)}  # type: ignore[attr-defined]
    return codes | set(codes_in_source())


def codes_in_source() -> Iterator[str]:
    """Codes of classes and of calls that name one, whether or not a test imported them."""
    for path in python_files(*PACKAGES):
        for node in ast.walk(ast.parse(read(path))):
            if isinstance(node, ast.ClassDef):
                yield from (value for name, value in assigned(node).items() if name == "code")
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                first = node.args[0]
                if node.func.id in CALLS_WITH_A_CODE and isinstance(first, ast.Constant):
                    yield str(first.value)


def assigned(node: ast.ClassDef) -> dict[str, str]:
    """The strings that a class body assigns to names."""
    found: dict[str, str] = {}
    for line in node.body:
        targets = (
            line.targets if isinstance(line, ast.Assign) else [line.target] if isinstance(line, ast.AnnAssign) else []
        )
        value = line.value if isinstance(line, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            found.update({target.id: value.value for target in targets if isinstance(target, ast.Name)})
    return found


def test_every_error_code_has_a_heading() -> None:
    headings = set(re.findall(r"^#+ `([a-z-]+)`", read("docs/errors.md"), re.MULTILINE))
    assert error_codes() - headings == set()


def test_every_dependency_is_explained() -> None:
    explained = re.findall(r"^\| `([a-z0-9-]+)` \|", read("docs/dependencies.md"), re.MULTILINE)
    assert sorted(explained) == sorted(dependencies())


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    named = {
        target
        for path, text in tracked_texts()
        if path.endswith(".md")
        for target in re.findall(r"`make ([a-z-]+)", text)
    }
    assert named - targets == set()


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = [
        (path, link)
        for path, text in tracked_texts()
        if path.endswith(".md")
        for link in re.findall(r"\]\((?![a-z]+:|#)([^)#\s]+)", text)
        if not (ROOT / path).parent.joinpath(link).exists()
    ]
    assert broken == []


# Dependencies


@pytest.mark.parametrize("lock", ["run", "dev", "build"])
def test_every_locked_package_has_hashes_and_no_index_is_named(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", read(f"requirements/{lock}.lock").strip())
    assert all(re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", entry) for entry in entries)
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_development_lock_holds_the_run_lock_in_the_same_versions() -> None:
    assert pins("run").items() <= pins("dev").items()


def test_every_dependency_is_locked() -> None:
    assert set(names(project()["dependencies"])) <= pins("run").keys()
    assert set(dependencies()) <= pins("dev").keys()


def licences(found: Distribution) -> str:
    meta = found.metadata
    classifiers = [value for value in meta.get_all("Classifier") or [] if value.startswith("License")]
    short = (meta.get("License") or "").split("\n")[0]
    return " ".join([meta.get("License-Expression") or "", short, *classifiers])


def test_nothing_that_runs_is_under_a_licence_that_spreads_to_the_whole() -> None:
    wrong = {}
    for name in pins("run"):
        try:
            text = licences(distribution(name))
        except PackageNotFoundError:  # locked for another platform
            continue
        if re.search(
            r"(?<!L)(?<!Lesser )\b(A?GPL|(Affero )?General Public License)", text.replace("Library or Lesser", "Lesser")
        ):
            wrong[name] = text
    assert wrong == {}


# Code


def test_files_are_short() -> None:
    lengths = {path: len(read(path).splitlines()) for path in python_files(*PACKAGES, "tests", "benchmarks")}
    lengths = {path: length for path, length in lengths.items() if not path.startswith(MIGRATIONS)}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    long = {
        f"{path}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in python_files(*PACKAGES)
        if not path.startswith(MIGRATIONS)
        for node in ast.walk(ast.parse(read(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in long.items() if length > LONGEST_FUNCTION} == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        path
        for path in python_files(*PACKAGES, "benchmarks")
        if read(path).strip() and ast.get_docstring(ast.parse(read(path))) is None
    ]
    assert silent == []


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "common", "manager", "misc"}
    assert [path for path in python_files(*PACKAGES, "tests") if Path(path).stem in drawers] == []


def test_one_place_commits() -> None:
    committing = {path for path in python_files("app") if re.search(r"\.commit\(", read(path))}
    assert committing <= {"app/backends.py"}


def test_no_status_code_below_the_web() -> None:
    below = [path for path in python_files(*PACKAGES) if not path.startswith("app/web/")]
    assert [path for path in below if re.search(r"\babort\(|\bHTTPStatus\b", read(path))] == []


def test_every_job_has_a_task(tmp_path: Path) -> None:
    from app.tasks import make_celery

    tasks = make_celery(Settings.from_environment({"HOSO_HOME": str(tmp_path)})).tasks
    assert {job.value for job in Job} == {name for name in tasks if not name.startswith("celery.")}


def test_the_import_contracts_cover_every_package() -> None:
    roots = re.search(r"^root_packages =\n((?:    \w+\n)+)", read(".importlinter"), re.MULTILINE)
    assert roots is not None
    assert tuple(roots.group(1).split()) == PACKAGES
    assert {path.split("/")[0] for path in tracked_files() if path.endswith("/__init__.py")} - {
        "tests",
        "benchmarks",
    } <= set(PACKAGES)


# What must not stand in any file. The words are turned by 13 letters, so that this file may stand here too.

FORBIDDEN = (
    r"/jbex/|/gzc/ubfb|/ebbg/",  # directories of one machine
    r"\bclcv\.bet\b|clgubaubfgrq\.bet|\bacz(wf)?\.(pbz|bet)\b|znira\.bet/znira2|ercb\.znira\.ncnpur|qbpxre\.ryfgvp\.pb|\btupe\.vb\b",
    r"\bpynhqr\b|\bnaguebcvp\b|\bpungtcg\b|\bbcranv\b|\bpbcvybg\b|\bYYZf?\b|ynathntr zbqry|pb-nhguberq-ol|nf na nv\b",
)


@pytest.mark.parametrize("words", FORBIDDEN, ids=["machine-paths", "registry-hosts", "who-made-it"])
def test_no_file_speaks_of_anything_but_the_product(words: str) -> None:
    pattern = re.compile(codecs.decode(words.replace(r"\b", "\0"), "rot13").replace("\0", r"\b"), re.IGNORECASE)
    found = [(path, hit.group()) for path, text in tracked_texts() for hit in [pattern.search(text)] if hit]
    assert found == []

"""A wrong file of law data stops the program and names itself; nothing is guessed."""

import shutil
from pathlib import Path

import pytest

import config.rules
from config.reading import DataError
from config.rules.loading import load

SOURCE = Path(config.rules.__file__).parent


@pytest.fixture
def law(tmp_path: Path) -> Path:
    """A copy of the law data that a test may spoil."""
    target = tmp_path / "rules"
    shutil.copytree(SOURCE, target, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return target


def spoil(law: Path, file: str, old: str, new: str) -> None:
    """Replace the first `old` in a file, which must be there."""
    path = law / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_data_as_it_is_loads(law: Path) -> None:
    assert [row.code for row in load(law).regimes] == ["0", "A", "B", "C", "D"]


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("D/checklist_p05.toml", "copy_ok", "copy_okay", "copy_ok"),
        ("D/checklist_p05.toml", 'note = "', 'remark = "', "unknown key: remark"),
        ("D/checklist_p05.toml", 'rule = "CR-25"', 'rule = "25"', "rule"),
        ("D/checklist_p05.toml", 'types = ["LL"]', 'types = ["XX"]', "unknown document type XX"),
        ("D/checklist_p05.toml", 'forms = ["D163/V/33"]', 'forms = ["Mẫu 33"]', "not a form code"),
        ("D/checklist_p05.toml", 'condition = "no_stable_residence"', 'condition = "homeless"', "homeless"),
        ("D/checklist_p05.toml", 'stage = "dossier"', 'stage = "later"', "later"),
        ("D/checklist_p05.toml", 'need = "conditional"', 'need = "required"', "condition"),
        ("D/checklist_p05.toml", 'need = "required"', 'need = "needed"', "needed"),
        ("D/checklist_p05.toml", 'procedure = "P05"', 'procedure = "P99"', "P99"),
        ("D/checklist_p03.toml", 'part_of = "application"', 'part_of = "nothing"', "nothing"),
        ("D/form_v53.toml", 'kind = "commune_committee"', 'kind = "commune"', "commune"),
        ("D/form_v53.toml", 'key = "term_months"', 'key = "term_years"', "term_years"),
        ("D/form_v53.toml", 'produces_item = "supervision_order"', 'produces_item = "order"', "order"),
        ("D/form_v53.toml", "first_day = 2026-07-01", "first_day = 2026-06-30", "outside"),
        ("A/form_51.toml", "last_day = 2025-02-28\n", "", "last day"),
        ("D/regime.toml", "generation = true", 'generation = "yes"', "generation"),
        ("D/regime.toml", "generation = true", "generation = false", "must not be made"),
        ("D/regime.toml", 'code = "D"', 'code = "E"', "directory"),
        ("C/regime.toml", "last_day = 2026-06-30", "last_day = 2026-06-29", "does not begin the day after"),
        ("C/regime.toml", "last_day = 2026-06-30", "last_day = 2026-07-01", "does not begin the day after"),
        (
            "D/regime.toml",
            "first_day = 2026-07-01",
            "first_day = 2026-07-01\nlast_day = 2030-01-01",
            "no last day",
        ),
        ("B/procedures.toml", 'key = "P10"', 'key = "P77"', "P77"),
        ("circumstances.toml", 'basis = "', 'base = "', "basis"),
        ("D/regime.toml", 'text = "Phần', 'text = "Phâ\u0300n', "NFC"),
        ("D/regime.toml", 'code = "D"', 'code = D"', "cannot be read"),
    ],
)
def test_a_spoilt_file_is_refused_with_its_name_and_reason(law: Path, file: str, old: str, new: str, says: str) -> None:
    spoil(law, file, old, new)
    with pytest.raises(DataError) as caught:
        load(law)
    assert says in str(caught.value)
    assert caught.value.code == "data-invalid"
    assert caught.value.file.endswith(".toml")
    assert caught.value.file in caught.value.advice


def test_a_list_without_items_is_refused_because_an_empty_dossier_is_never_complete(law: Path) -> None:
    path = law / "A" / "checklist_p10.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("[[checklist.item]]")], encoding="utf-8")
    with pytest.raises(DataError, match="without items"):
        load(law)


def test_the_version_changes_with_any_file(law: Path) -> None:
    before = load(law)
    spoil(law, "D/checklist_p11.toml", "Hồ sơ quản lý", "Hồ sơ  quản lý")
    after = load(law)
    assert before.version != after.version
    changed = [b.code for b, a in zip(before.regimes, after.regimes, strict=True) if b.rule_version != a.rule_version]
    assert changed == ["D"]

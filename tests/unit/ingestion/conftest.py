"""Fixtures of the reading tests: the sandbox of this machine, and the public material beside the checkout."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion import Sandbox, ocr_status, sandbox_status
from ingestion.engines.recogniser import Recognisers


@pytest.fixture
def sandbox() -> Sandbox:
    """The strictest sandbox that works here."""
    return Sandbox("required" if sandbox_status().available else "best-effort")


@pytest.fixture
def confined() -> Sandbox:
    """A sandbox that confines; skips where the kernel forbids user namespaces."""
    status = sandbox_status()
    if not status.available:
        pytest.skip(status.reason)
    return Sandbox("required")


@pytest.fixture
def tesseract() -> None:
    """Skips where Vietnamese recognition is not installed."""
    status = ocr_status()
    if not status.available:
        pytest.skip(status.reason)


@pytest.fixture
def recognisers(tesseract: None) -> Iterator[Recognisers]:
    """Processes that recognise pages, for tests that call the engine itself."""
    with Recognisers() as found:
        yield found


@pytest.fixture
def plans() -> Path:
    """The public provincial documents."""
    shared = Path(os.environ.get("HOSO_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))
    directory = shared / "data" / "plans"
    if not directory.is_dir():
        pytest.skip(f"public material is absent: {directory}")
    return directory


@pytest.fixture
def legacy() -> Path:
    """Public office papers of 1998 to 2009 in old fonts (`files`) with their texts (`text`)."""
    shared = Path(os.environ.get("HOSO_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))
    directory = shared / "data" / "legacy"
    if not directory.is_dir():
        pytest.skip(f"public material is absent: {directory}")
    return directory

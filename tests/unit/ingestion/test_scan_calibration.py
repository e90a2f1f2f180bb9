"""Confidence: what is said rises with what the recogniser says, stays a probability, and its error is measured."""

import pytest

from ingestion.calibration import KNOTS, calibrated, expected_error, isotonic


def test_table_rises_from_nothing_to_nearly_one() -> None:
    raw, said = zip(*KNOTS, strict=True)
    assert (raw[0], raw[-1]) == (0.0, 1.0)
    assert list(raw) == sorted(set(raw))
    assert list(said) == sorted(said)
    assert said[0] >= 0.0
    assert 0.9 < said[-1] <= 1.0


def test_calibrated_confidence_never_falls() -> None:
    said = [calibrated(step / 200) for step in range(-10, 211)]
    assert said == sorted(said)
    assert (said[0], said[-1]) == (KNOTS[0][1], KNOTS[-1][1])


def test_isotonic_fit_pools_what_falls() -> None:
    assert isotonic([0.1, 0.2, 0.3], [True, False, True]) == [(pytest.approx(0.15), 0.5, 2), (0.3, 1.0, 1)]


def test_error_is_the_weighted_gap_between_said_and_right() -> None:
    assert expected_error([0.95, 0.95], [True, False]) == pytest.approx(0.45)
    assert expected_error([0.75] * 4, [True, True, True, False]) == 0.0

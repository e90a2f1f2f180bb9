"""What the confidence of the recogniser is worth: the share of words that are right where it says so much.

Tesseract's own figure is no probability. The table beside was fitted (isotonic regression of "this word stands so in
the true text" on the raw figure, then read off at its knees) on 22/11/2026 over pages of the public plans, clean and
with every fault of `benchmarks/degrading.py`, 8,300 words; `python -m benchmarks scans` prints how far it is off today.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

# (raw confidence of Tesseract 5.3 with `vie`, share of words right), both rising, straight lines between.
KNOTS: tuple[tuple[float, float], ...] = (
    (0.0, 0.05),
    (0.102, 0.227),
    (0.672, 0.476),
    (0.888, 0.698),
    (0.922, 0.889),
    (0.930, 0.970),
    (0.947, 0.988),
    (0.965, 0.996),
    (1.0, 0.999),
)


def calibrated(raw: float) -> float:
    """The probability that a word is right whose raw confidence (0 to 1) is this."""
    raw = min(1.0, max(0.0, raw))
    above = min(len(KNOTS) - 1, bisect_right([knot for knot, _ in KNOTS], raw))
    (left, low), (right, high) = KNOTS[above - 1], KNOTS[above]
    return low + (high - low) * (raw - left) / (right - left)


def isotonic(raw: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float, int]]:
    """The rising step function nearest to the observations (pool adjacent violators): (mean raw, share right, count)
    of every step."""
    steps: list[tuple[float, float, int]] = []
    for value, is_right in sorted(zip(raw, right, strict=True)):
        steps.append((value, float(is_right), 1))
        while len(steps) > 1 and steps[-2][1] >= steps[-1][1]:
            (one, low, few), (other, high, many) = steps.pop(-2), steps.pop()
            both = few + many
            steps.append(((one * few + other * many) / both, (low * few + high * many) / both, both))
    return steps


def expected_error(said: Sequence[float], right: Sequence[bool], *, bins: int = 10) -> float:
    """Expected calibration error: how far what is said lies from what is right, by bins of equal width, weighted."""
    total = 0.0
    for at in range(bins):
        chosen = [index for index, value in enumerate(said) if min(bins - 1, int(value * bins)) == at]
        if chosen:
            gap = sum(said[index] for index in chosen) - sum(right[index] for index in chosen)
            total += abs(gap)
    return total / max(1, len(said))

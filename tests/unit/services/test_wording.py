"""Typed text at the door of the records: what no database keeps does not come in."""

import pytest

from app.services.wording import line, lines


@pytest.mark.parametrize(
    ("typed", "one", "several"),
    [
        (" một \t hai\n", "một hai", "một hai"),
        ("e\u0302", "ê", "ê"),
        ("một\0hai", "một hai", "một hai"),
        ("\0", "", ""),
        ("một\ud800\nhai\udfff", "một hai", "một\nhai"),
    ],
)
def test_a_line_is_what_every_database_keeps(typed: str, one: str, several: str) -> None:
    assert (line(typed), lines(typed)) == (one, several)

"""Values of cells as their number format shows them."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.engines.number_formats import shown

A_DAY = datetime(2024, 3, 5)  # noqa: DTZ001 - cells have no zone
ACCOUNT = '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)'


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        (1234567.891, "#,##0", "1,234,568"),
        (0.2567, "0.00%", "25.67%"),
        (-5, "0.00", "-5.00"),
        (-5, "#,##0;(#,##0)", "(5)"),
        (0, '0;-0;"-"', "-"),
        (-0.001, "0.00", "0.00"),
        (2.5, "0", "3"),
        (0.5, "#.##", ".5"),
        (5, "0.##", "5."),
        (0, "#", ""),
        (1234567, '#,##0,"k"', "1,235k"),
        (12345, "0.00E+00", "1.23E+04"),
        (1.25, "# ?/?", "1 1/4"),
        (123, "000000000000", "000000000123"),
        (912345678, "0000 000 000", "0912 345 678"),
        (15000, "#,##0 [$₫-42A]", "15,000 ₫"),
        (1.5, '#,##0.00 "đồng"', "1.50 đồng"),
        (-1234.5, ACCOUNT, "(1,234.50)"),
        (0, ACCOUNT, "-"),
        (15, '[<10]"ít";"nhiều"', "nhiều"),
        (-1, "[Red]-0", "--1"),
    ],
)
def test_numbers_fill_the_places_of_their_format(value: float, code: str, expected: str) -> None:
    assert shown(value, code) == expected


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        (45292, "dd/mm/yyyy", "01/01/2024"),
        (45292.5, "dd/mm/yyyy hh:mm", "01/01/2024 12:00"),
        (A_DAY, "[$-1010000]d/m/yyyy;@", "5/3/2024"),
        (A_DAY, "mm-dd-yy", "05/03/2024"),
        (45292, '"Ngày" dd "tháng" mm "năm" yyyy', "Ngày 01 tháng 01 năm 2024"),
        (45292, "[$-42A]dddd, dd mmmm yyyy", "Thứ Hai, 01 Tháng Một 2024"),
        (45292, "mmm-yy", "Jan-24"),
        (0.5, "h:mm AM/PM", "12:00 PM"),
        (1.5, "[h]:mm", "36:00"),
        (timedelta(hours=30), "[h]:mm", "30:00"),
        (time(7, 5), "h:mm", "7:05"),
        (date(2024, 1, 2), "General", "02/01/2024"),
        (1, "yyyy\\-mm\\-dd", "1900-01-01"),
    ],
)
def test_dates_and_times_are_written_as_their_format_says(value: object, code: str, expected: str) -> None:
    assert shown(value, code) == expected


def test_days_count_from_1904_where_the_file_says_so() -> None:
    assert shown(0, "dd/mm/yyyy", date_1904=True) == "01/01/1904"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1234567890123, "1234567890123"), (0.1 + 0.2, "0.3"), (1 / 3, "0.333333333"), (1e20, "1E+20"), (True, "TRUE")],
)
def test_general_keeps_an_identity_number_whole(value: float, expected: str) -> None:
    assert shown(value, "General") == expected
    assert shown(value, "") == expected


def test_text_goes_through_the_section_for_text() -> None:
    assert shown("abc", "@") == "abc"
    assert shown("abc", '0;0;0;"<"@">"') == "<abc>"
    assert shown("abc", "dd/mm/yyyy") == "abc"


@given(
    st.one_of(
        st.floats(), st.integers(), st.text(max_size=20), st.dates(), st.datetimes(), st.timedeltas(), st.times()
    ),
    st.text(alphabet='0#?.,%E+-/@;[]$"\\_*ymdhsAPM <>=General42', max_size=25),
)
def test_any_value_under_any_format_is_shown_somehow(value: object, code: str) -> None:
    assert isinstance(shown(value, code), str)

"""A strict reader for TOML tables: unknown, missing and wrongly typed keys are errors that name the file."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")
Member = TypeVar("Member", bound=StrEnum)

_MISSING = object()


class DataError(Exception):
    """A data file of the product is not as it must be; nothing is guessed, the program does not start."""

    code = "data-invalid"

    def __init__(self, file: str, message: str) -> None:
        self.file = file
        self.advice = f"Correct the data file {file}: {message}."
        super().__init__(f"{file}: {message}")


def read_table(path: Path, name: str) -> "Row":
    """The whole file as one row; raises `DataError` where it is not TOML, not UTF-8 or not NFC."""
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(name, f"cannot be read ({error})") from error
    if not unicodedata.is_normalized("NFC", text):
        raise DataError(name, "text is not NFC")
    return Row(table, name, "file")


class Row:
    """One TOML table being read; each key is taken once, `done()` refuses what was not taken."""

    def __init__(self, table: Mapping[str, object], file: str, place: str) -> None:
        self._left = dict(table)
        self.file = file
        self.place = place

    def fail(self, message: str) -> DataError:
        """The error for this row, with its place in the file."""
        return DataError(self.file, f"{self.place}: {message}")

    def _take(self, key: str, kind: type, default: object = _MISSING) -> object:
        if key not in self._left:
            if default is _MISSING:
                raise self.fail(f"key '{key}' is missing")
            return default
        value = self._left.pop(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.fail(f"key '{key}' must be {kind.__name__}")
        return value

    def text(self, key: str, pattern: str | None = None) -> str:
        """A text that is not empty, matching `pattern` as a whole where one is given."""
        value = str(self._take(key, str)).strip()
        if not value:
            raise self.fail(f"key '{key}' is empty")
        if pattern is not None and re.fullmatch(pattern, value) is None:
            raise self.fail(f"key '{key}' has the value '{value}', which is not of the form {pattern}")
        return value

    def text_or(self, key: str, default: str = "") -> str:
        """A text that may be left out."""
        return str(self._take(key, str, default)).strip()

    def optional_text(self, key: str) -> str | None:
        """A text that is not empty, or None where the key is left out."""
        return self.text(key) if key in self._left else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, none empty, none twice; the key may be left out."""
        values = self._take(key, list, [])
        assert isinstance(values, list)  # noqa: S101  # narrowing for the type checker; _take has refused other kinds
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.fail(f"key '{key}' must be a list of texts")
        if len(set(values)) != len(values):
            raise self.fail(f"key '{key}' names something twice")
        return tuple(values)

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of positive whole numbers; the key may be left out."""
        values = self._take(key, list, [])
        assert isinstance(values, list)  # noqa: S101  # narrowing for the type checker; _take has refused other kinds
        if not all(type(value) is int and value > 0 for value in values):
            raise self.fail(f"key '{key}' must be a list of positive whole numbers")
        return tuple(values)

    def optional_number(self, key: str) -> int | None:
        """A whole number, or None where the key is left out."""
        value = self._take(key, int, None)
        return value if isinstance(value, int) else None

    def flag(self, key: str, default: bool | None = None) -> bool:
        """True or false; must be there unless there is a default."""
        return bool(self._take(key, bool, _MISSING if default is None else default))

    def day(self, key: str) -> date:
        """A date."""
        value = self._take(key, date)
        assert isinstance(value, date)  # noqa: S101  # narrowing for the type checker; _take has refused other kinds
        return value

    def optional_day(self, key: str) -> date | None:
        """A date, or None where the key is left out."""
        return self.day(key) if key in self._left else None

    def member(self, key: str, kind: type[Member]) -> Member:
        """A member of a closed set."""
        value = self.text(key)
        try:
            return kind(value)
        except ValueError as error:
            raise self.fail(f"key '{key}' has the unknown value '{value}'") from error

    def rows(self, key: str, read: Callable[["Row"], Value]) -> tuple[Value, ...]:
        """A list of tables, each read by `read` and then finished; the key may be left out."""
        values = self._take(key, list, [])
        assert isinstance(values, list)  # noqa: S101  # narrowing for the type checker; _take has refused other kinds
        found = []
        for number, value in enumerate(values, start=1):
            if not isinstance(value, dict):
                raise self.fail(f"key '{key}' must be a list of tables")
            row = Row(value, self.file, f"{self.place} > {key} {number}")
            found.append(read(row))
            row.done()
        return tuple(found)

    def done(self) -> None:
        """Refuse keys nobody asked for: a misspelt key must not pass as an absent one."""
        if self._left:
            names = ", ".join(sorted(self._left))
            raise self.fail(f"unknown key: {names}")

"""Typed text at the door of the records: NFC, single blanks, and how long a field may be."""

import re
import unicodedata
from dataclasses import dataclass, field

from app.errors import Invalid

LARGEST_ROW = 2**31 - 1  # the largest number of a row on PostgreSQL
_LONGEST_ROW = len(str(LARGEST_ROW))


_UNKEPT = re.compile("[\x00\ud800-\udfff]")  # no text column of PostgreSQL takes them


def line(text: str) -> str:
    """One line as it is kept: NFC, blanks at the ends removed, every run of white space one blank; so is what no
    database keeps."""
    return " ".join(unicodedata.normalize("NFC", _UNKEPT.sub(" ", text)).split())


def lines(text: str) -> str:
    """Several lines as they are kept: each as `line` does it, blank lines at the ends removed."""
    return "\n".join(line(part) for part in text.splitlines()).strip()


def row_number(text: str) -> int:
    """The number of a row that a text says; 0, which no row has, where no database could hold it as one."""
    is_one = text.isascii() and text.isdigit() and len(text) <= _LONGEST_ROW
    return int(text) if is_one and int(text) <= LARGEST_ROW else 0


@dataclass(slots=True)
class Complaints:
    """What is wrong with a form, by field, raised together so that a person mends all of it at once."""

    fields: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, message: str) -> None:
        """Say what is wrong with a field and how to mend it; the first complaint about a field counts."""
        self.fields.setdefault(name, message)

    def length(self, name: str, text: str, most: int, *, least: int = 0) -> None:
        """Complain where a text is shorter than `least` or longer than `most` characters."""
        if least and len(text) < least:
            self.add(name, "Ô này không được để trống." if least == 1 else f"Nhập ít nhất {least} ký tự.")
        elif len(text) > most:
            self.add(name, f"Dài quá {most} ký tự; rút gọn lại.")

    def settle(self) -> None:
        """Raise `Invalid` where anything was complained of."""
        if self.fields:
            raise Invalid(fields=dict(self.fields))

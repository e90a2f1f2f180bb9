"""Names of files as they come from a browser."""

import unicodedata

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage


def file_name(file: FileStorage) -> str:
    """The name a file came under: its last part, NFC, without signs that control a screen."""
    last = (file.filename or "").replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    clean = "".join(" " if unicodedata.category(char) in ("Cc", "Cf") else char for char in last)
    return " ".join(unicodedata.normalize("NFC", clean).split()) or str(_("tệp không tên"))

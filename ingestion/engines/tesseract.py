"""Tesseract with its Vietnamese model kept loaded: a program of its own that recognises picture after picture.

Loading the model takes a tenth of the time of a page, so it is done once for all pages of a slice. The program stands
alone (`python -I -S tesseract.py`: nothing but the standard library is on its path, so that it starts in 20 ms) and
calls `libtesseract` as the command line does with `-l vie --oem 1 --psm 3 --dpi N tsv`: words, boxes and confidences
are the same. On standard input it takes pictures, a `PICTURE` head and then grey bytes row by row; on standard output
it says `READY` once the model is loaded, and answers each picture with its `LENGTH` and so many bytes of the table.
It leaves 0 at the end of its input and 3 where the library or its Vietnamese data is missing.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from typing import Any, BinaryIO

PICTURE = struct.Struct("<III")  # points across, points down, dots per inch
LENGTH = struct.Struct("<I")
READY = b"R"
MISSING = 3

_LIBRARY = "libtesseract.so.5"
_LANGUAGE = b"vie"
_LSTM_ONLY = 1  # OcrEngineMode: the data of Debian has no other
_AUTOMATIC = 3  # PageSegMode: blocks, columns and lines are looked for; the page is upright


def _library() -> Any:
    """The library with the types of the functions used here (capi.h of Tesseract 5)."""
    library = ctypes.CDLL(_LIBRARY)
    handle, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, arguments in (
        ("Create", handle, []),
        ("Init2", number, [handle, text, text, number]),
        ("SetPageSegMode", None, [handle, number]),
        ("SetVariable", number, [handle, text, text]),
        ("SetImage", None, [handle, ctypes.c_void_p, number, number, number, number]),
        ("Recognize", number, [handle, ctypes.c_void_p]),
        ("GetTsvText", handle, [handle, number]),
        ("Clear", None, [handle]),
    ):
        function = getattr(library, f"TessBaseAPI{name}")
        function.restype, function.argtypes = result, arguments
    library.TessDeleteText.restype, library.TessDeleteText.argtypes = None, [handle]
    return library


def _table(library: Any, engine: Any, picture: Any, size: tuple[int, int], dpi: int) -> bytes:
    """The table (level, page, block, paragraph, line, word, left, top, width, height, confidence, text; no head) of a
    grey picture; empty where nothing could be made of it."""
    wide, high = size
    library.TessBaseAPISetVariable(engine, b"user_defined_dpi", str(dpi).encode())
    library.TessBaseAPISetImage(engine, ctypes.addressof(picture), wide, high, 1, wide)
    held = None
    if library.TessBaseAPIRecognize(engine, None) == 0:
        held = library.TessBaseAPIGetTsvText(engine, 0)
    found = ctypes.string_at(held) if held else b""
    library.TessDeleteText(held)
    library.TessBaseAPIClear(engine)  # the picture goes, the model stays
    return found


def serve(asked: BinaryIO, answers: BinaryIO) -> int:
    """Answer pictures until there are no more; the exit code."""
    try:
        library = _library()
    except (OSError, AttributeError) as problem:
        print(problem, file=sys.stderr)
        return MISSING
    engine = library.TessBaseAPICreate()
    if library.TessBaseAPIInit2(engine, None, _LANGUAGE, _LSTM_ONLY) != 0:
        return MISSING
    library.TessBaseAPISetPageSegMode(engine, _AUTOMATIC)
    answers.write(READY)
    answers.flush()
    while head := asked.read(PICTURE.size):
        wide, high, dpi = PICTURE.unpack(head)
        picture = (ctypes.c_ubyte * (wide * high))()
        if asked.readinto(picture) != wide * high:  # type: ignore[attr-defined]
            return 1
        found = _table(library, engine, picture, (wide, high), dpi)
        answers.write(LENGTH.pack(len(found)) + found)
        answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(serve(sys.stdin.buffer, sys.stdout.buffer))

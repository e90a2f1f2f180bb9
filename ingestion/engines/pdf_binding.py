"""Functions of pdfium that are called once a word or once an object, with the cheapest conversion of arguments.

The declarations of pypdfium2 check and convert pointers at every call, which takes longer than most of these functions
themselves: 0.7 s of a second over the words of 250 pages. Here handles and addresses are plain integers (0 is none), so
the caller must keep what they point at alive. Pointers for values given back are addresses of `ctypes` buffers.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import c_int, c_size_t, c_uint, c_ulong, c_void_p
from typing import Any

import pypdfium2.raw as raw

_Function = Callable[..., Any]


def _plain(name: str, result: Any, *arguments: Any) -> _Function:
    address = ctypes.cast(getattr(raw, name), c_void_p).value or 0
    # These take microseconds; letting other threads run meanwhile costs a fifth of the call.
    function: _Function = ctypes.PYFUNCTYPE(result, *arguments)(address)
    return function


def handle(owner: Any) -> int:
    """The address of a pypdfium2 object."""
    return ctypes.cast(owner.raw, c_void_p).value or 0


count_chars = _plain("FPDFText_CountChars", c_int, c_void_p)
get_text = _plain("FPDFText_GetText", c_int, c_void_p, c_int, c_int, c_size_t)
get_unicode = _plain("FPDFText_GetUnicode", c_uint, c_void_p, c_int)
has_no_unicode = _plain("FPDFText_HasUnicodeMapError", c_int, c_void_p, c_int)
count_rects = _plain("FPDFText_CountRects", c_int, c_void_p, c_int, c_int)
get_rect = _plain("FPDFText_GetRect", c_int, c_void_p, c_int, c_size_t, c_size_t, c_size_t, c_size_t)
get_origin = _plain("FPDFText_GetCharOrigin", c_int, c_void_p, c_int, c_size_t, c_size_t)
text_object = _plain("FPDFText_GetTextObject", c_void_p, c_void_p, c_int)

count_objects = _plain("FPDFPage_CountObjects", c_int, c_void_p)
get_object = _plain("FPDFPage_GetObject", c_void_p, c_void_p, c_int)
count_inside = _plain("FPDFFormObj_CountObjects", c_int, c_void_p)
get_inside = _plain("FPDFFormObj_GetObject", c_void_p, c_void_p, c_ulong)
object_type = _plain("FPDFPageObj_GetType", c_int, c_void_p)
bounds = _plain("FPDFPageObj_GetBounds", c_int, c_void_p, c_size_t, c_size_t, c_size_t, c_size_t)
matrix = _plain("FPDFPageObj_GetMatrix", c_int, c_void_p, c_size_t)
font_of = _plain("FPDFTextObj_GetFont", c_void_p, c_void_p)
font_name = _plain("FPDFFont_GetBaseFontName", c_size_t, c_void_p, c_size_t, c_size_t)
render_mode = _plain("FPDFTextObj_GetTextRenderMode", c_int, c_void_p)
pixel_size = _plain("FPDFImageObj_GetImagePixelSize", c_int, c_void_p, c_size_t, c_size_t)

draw_mode = _plain("FPDFPath_GetDrawMode", c_int, c_void_p, c_size_t, c_size_t)
count_segments = _plain("FPDFPath_CountSegments", c_int, c_void_p)
get_segment = _plain("FPDFPath_GetPathSegment", c_void_p, c_void_p, c_int)
segment_point = _plain("FPDFPathSegment_GetPoint", c_int, c_void_p, c_size_t, c_size_t)
segment_type = _plain("FPDFPathSegment_GetType", c_int, c_void_p)
segment_closes = _plain("FPDFPathSegment_GetClose", c_int, c_void_p)

count_annotations = _plain("FPDFPage_GetAnnotCount", c_int, c_void_p)

_NAME_BYTES = 256  # of a font name; longer ones are cut


def name_of_font(font: int) -> str:
    """The base font name, without the tag of a subset; empty where it has none."""
    buffer = ctypes.create_string_buffer(_NAME_BYTES)
    font_name(font, ctypes.addressof(buffer), _NAME_BYTES)
    name = buffer.value.decode("utf-8", "replace")
    return name[7:] if name[6:7] == "+" else name

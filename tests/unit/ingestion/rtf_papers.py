"""RTF files for tests, written by hand the way Word writes them: legacy bytes as \\'xx in fonts of their own."""

import random
from io import BytesIO

from PIL import Image

FONTS = (
    r"{\fonttbl{\f0\froman\fcharset0\fprq2{\*\panose 02020603050405020304}Times New Roman;}"
    r"{\f1\fswiss\fcharset0 .VnTime;}{\f2\fswiss\fcharset0 .VnTimeH;}{\f3\fswiss\fcharset0 VNI-Times;}"
    r"{\f4\fnil\fcharset2 Symbol;}{\f5\froman\fcharset163 Times New Roman (Vietnamese);}}"
)


def rtf(body: str) -> bytes:
    """A whole file around a body; letters beyond ASCII in the body become \\'xx of their Latin-1 code."""
    head = r"{\rtf1\ansi\ansicpg1252\uc1\deff0" + FONTS + r"{\colortbl;\red0\green0\blue0;}{\info{\title Khong doc}}"
    return (head + coded(body) + "}").encode("ascii")


def scan_in_rtf(width: int = 700, height: int = 900) -> str:
    """A picture of the size of a scan, black and white noise, as Word writes it into RTF."""
    rows = random.Random(1).randbytes((width + 7) // 8 * height)
    made = BytesIO()
    Image.frombytes("1", (width, height), rows).save(made, "PNG")
    digits = made.getvalue().hex()
    lines = "\n".join(digits[at : at + 128] for at in range(0, len(digits), 128))
    return rf"{{\pict\picw{width}\pich{height}\picwgoal11000\pichgoal15000\pngblip {lines}}}"


def coded(text: str) -> str:
    """Letters of one byte as \\'xx."""
    return "".join(letter if letter < "\x80" else f"\\'{ord(letter):02x}" for letter in text)


ROW = r"\trowd\cellx3000\cellx6000\pard\intbl "
PAPER = (
    r"{\header\pard\f1 V¨n phßng UBND\par}{\footer\pard\f1 Trang {\field{\*\fldinst PAGE}{\fldrslt 1}}\par}"
    r"\pard\f2 Céng hoµ x· héi\par"
    r"\pard\f1 §éc lËp - Tù do{\footnote\pard\f1 Ghi chó thø nhÊt}\par"
    r"\pard\f3 Coä{\b ng ho}øa{\f0  and {\i plain}}\par"
    r"\pard\f0 Ti\u7871?ng Vi\u7879\'65t\~{\f5 c\'f3 m\'e0u}\par"
    r"\pard\f1 {\deleted xo¸ bá }{\revised míi}{\v Èn}\par"
    r'{\field{\*\fldinst HYPERLINK "x"}{\fldrslt\f1 liªn kÕt}}\par'
    + ROW
    + r"\f1 STT\cell Hä tªn\cell\row "
    + ROW
    + r"\f1 1\cell NguyÔn V¨n Thö\cell\row "
    + r"\pard\f4 \'b7\f1\tab Dßng cuèi\par"
)
PICTURE = r"{\pict\wmetafile8 0102030405}"

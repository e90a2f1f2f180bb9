"""Broken files made from good ones, the same for the same ones and seed: cut, altered, mixed, one in another."""

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from email.message import EmailMessage

from tests.packed_files import fixed, zip_bytes

Change = Callable[[bytes, random.Random, Mapping[str, bytes]], bytes]


def broken_files(good: Mapping[str, bytes], count: int, seed: int = 2026) -> Iterator[tuple[str, bytes]]:
    """`count` files with their names (format, change, number), going round all formats and all changes."""
    names = sorted(good)
    for number in range(count):
        name = names[number % len(names)]
        dice = random.Random(f"{seed} {number}")
        content = good[name]
        changes = [*_CHANGES, *(_INNER if content.startswith(b"PK\x03\x04") else ())]
        label, change = changes[(number // len(names) + number % len(names)) % len(changes)]
        yield f"{name}-{label}-{number}", change(content, dice, good)


def _cut(content: bytes, dice: random.Random, _good: Mapping[str, bytes]) -> bytes:
    return content[: dice.choice((0, 1, 4, 16, 100, dice.randrange(len(content)), dice.randrange(len(content))))]


def _cut_front(content: bytes, dice: random.Random, _good: Mapping[str, bytes]) -> bytes:
    return content[dice.choice((1, 8, dice.randrange(len(content)))) :]


def _flip(content: bytes, dice: random.Random, _good: Mapping[str, bytes]) -> bytes:
    made = bytearray(content)
    for _ in range(dice.choice((1, 3, 10, 60))):
        made[dice.randrange(len(made))] ^= 1 << dice.randrange(8)
    return bytes(made)


def _flip_front(content: bytes, dice: random.Random, _good: Mapping[str, bytes]) -> bytes:
    made = bytearray(content)
    for _ in range(dice.choice((1, 3, 8))):
        made[dice.randrange(min(len(made), 300))] = dice.choice((0, 0xFF, 0x7F, 0x80, dice.randrange(256)))
    return bytes(made)


def _swap_head(content: bytes, dice: random.Random, good: Mapping[str, bytes]) -> bytes:
    other = good[dice.choice(sorted(good))]
    size = dice.choice((4, 8, 64, 512, 2048))
    return other[:size] + content[size:]


def _zeros(content: bytes, dice: random.Random, _good: Mapping[str, bytes]) -> bytes:
    at, size = dice.randrange(len(content)), dice.choice((4, 64, 1024))
    return content[:at] + bytes(size) + content[at + size :]


def _double(content: bytes, dice: random.Random, _good: Mapping[str, bytes]) -> bytes:
    at, size = dice.randrange(len(content)), dice.choice((16, 256, 4096))
    return content[: at + size] + content[at : at + size] * dice.choice((1, 2, 30)) + content[at + size :]


def _shuffle(content: bytes, dice: random.Random, _good: Mapping[str, bytes]) -> bytes:
    size = max(1, len(content) // 8)
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    dice.shuffle(pieces)
    return b"".join(pieces)


def _numbers(content: bytes, dice: random.Random, _good: Mapping[str, bytes]) -> bytes:
    """Some numbers written in digits become huge, negative or nothing."""
    others = (b"0", b"-1", b"99999999999", b"4294967295", b"2147483648", b"", b"1e308", b"NaN")
    return re.sub(rb"\d+", lambda found: dice.choice(others) if dice.random() < 0.05 else found[0], content)


def _words(content: bytes, dice: random.Random, _good: Mapping[str, bytes]) -> bytes:
    """Four bytes in a row become a number that counts or offsets should not be."""
    made = bytearray(content)
    for _ in range(dice.choice((1, 4))):
        at = dice.randrange(max(1, len(made) - 4))
        made[at : at + 4] = dice.choice((b"\xff\xff\xff\xff", b"\0\0\0\x80", b"\xff\xff\xff\x7f", b"\x01\0\0\0"))
    return bytes(made)


def _join(content: bytes, dice: random.Random, good: Mapping[str, bytes]) -> bytes:
    return content + good[dice.choice(sorted(good))]


def _nest(content: bytes, dice: random.Random, good: Mapping[str, bytes]) -> bytes:
    """Inside archives or mails, some levels deep."""
    for _ in range(dice.choice((1, 2, 6))):
        if dice.random() < 0.7:
            content = zip_bytes({"../a\x01\u202eb.docx": content, "[Content_Types].xml": b"<x/>"[: dice.randrange(5)]})
        else:
            mail = EmailMessage()
            mail["Subject"] = "x"
            mail.add_attachment(content, "application", "pdf", filename="a" * dice.choice((3, 400)) + ".pdf")
            mail.set_boundary("edge")
            content = mail.as_bytes()
    return content


_CHANGES: tuple[tuple[str, Change], ...] = (
    ("cut", _cut),
    ("cut-front", _cut_front),
    ("flip", _flip),
    ("flip-front", _flip_front),
    ("swap-head", _swap_head),
    ("zeros", _zeros),
    ("double", _double),
    ("shuffle", _shuffle),
    ("numbers", _numbers),
    ("words", _words),
    ("join", _join),
    ("nest", _nest),
)


# Changes inside the parts of a package, whose checksums hold again: the parsers of the parts meet them.


def _repacked(content: bytes, dice: random.Random, change: Callable[[bytes], bytes]) -> bytes:
    stream = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(stream, "w") as made:
            members = archive.infolist()
            chosen = {dice.randrange(len(members)) for _ in range(3)}
            chosen |= {number for number, one in enumerate(members) if one.filename in _MAIN and dice.random() < 0.6}
            for number, member in enumerate(members):
                part = archive.read(member)
                made.writestr(fixed(member.filename), change(part) if number in chosen and part else part)
    except (RuntimeError, NotImplementedError):  # locked
        return content[::-1]
    return stream.getvalue()


_MAIN = ("word/document.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml", "ppt/slides/slide1.xml", "content.xml")
_TAG = re.compile(rb"<[^<>]{1,400}>")


def _inner_flip(content: bytes, dice: random.Random, good: Mapping[str, bytes]) -> bytes:
    return _repacked(content, dice, lambda part: _flip(part, dice, good))


def _inner_tags(content: bytes, dice: random.Random, _good: Mapping[str, bytes]) -> bytes:
    """Elements vanish, come twice or change places, in text that stays well-formed often enough."""

    def change(part: bytes) -> bytes:
        tags = _TAG.findall(part)
        if not tags:
            return part[::-1]
        gone = dice.choice(tags)
        empty = [tag for tag in tags if tag.endswith(b"/>")]
        if empty and dice.random() < 0.7:
            return part.replace(dice.choice(empty), dice.choice((b"", *empty)), dice.choice((1, -1)))
        return part.replace(gone, gone * 2, 1) if dice.random() < 0.5 else part.replace(gone, b"", 1)

    return _repacked(content, dice, change)


def _inner_numbers(content: bytes, dice: random.Random, good: Mapping[str, bytes]) -> bytes:
    return _repacked(content, dice, lambda part: _numbers(part, dice, good))


def _inner_attributes(content: bytes, dice: random.Random, _good: Mapping[str, bytes]) -> bytes:
    """Some attributes lose their values or vanish; the part stays well-formed."""

    def change(part: bytes) -> bytes:
        def other(found: re.Match[bytes]) -> bytes:
            if b"xmlns" in found[0] or dice.random() > 0.08:
                return found[0]
            return dice.choice((b"", found[1] + b'=""', found[1] + b'="x"', found[1] + b'="-5"'))

        return re.sub(rb'( [a-zA-Z:]+)="[^"]*"', other, part)

    return _repacked(content, dice, change)


def _inner_missing(content: bytes, dice: random.Random, _good: Mapping[str, bytes]) -> bytes:
    return _repacked(content, dice, lambda _part: b"")


def _inner_deep(content: bytes, dice: random.Random, _good: Mapping[str, bytes]) -> bytes:
    """One element inside itself, thousands of times."""

    def change(part: bytes) -> bytes:
        opened = [tag for tag in _TAG.findall(part) if not tag.startswith((b"</", b"<?")) and not tag.endswith(b"/>")]
        if len(opened) < 2:
            return part
        tag = dice.choice(opened[1:])
        times = dice.choice((50, 3_000, 30_000))
        closed = b"</" + tag[1:].split(b" ")[0].rstrip(b">") + b">"
        return part.replace(tag, tag * times, 1).replace(closed, closed * times, 1)

    return _repacked(content, dice, change)


_INNER: tuple[tuple[str, Change], ...] = (
    ("inner-flip", _inner_flip),
    ("inner-tags", _inner_tags),
    ("inner-numbers", _inner_numbers),
    ("inner-attributes", _inner_attributes),
    ("inner-missing", _inner_missing),
    ("inner-deep", _inner_deep),
)

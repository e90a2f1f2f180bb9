"""Compound files (MS-CFB) built by hand for tests: storages as nested mappings, streams as bytes."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

Tree = Mapping[str, "bytes | Tree"]

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


@dataclass(slots=True)
class _Entry:
    name: str
    kind: int  # 1 storage, 2 stream, 5 root
    content: bytes = b""
    child: int = _FREE
    right: int = _FREE
    start: int = _END


def ole_bytes(tree: Tree) -> bytes:
    """A compound file of version 3. The directory is a chain of right siblings, which readers accept."""
    entries = [_Entry("Root Entry", 5)]
    _list(tree, 0, entries)
    mini, mini_fat = b"", []
    sectors: list[bytes] = []
    fat: list[int] = []

    def place(content: bytes) -> int:
        if not content:
            return _END
        first, count = len(sectors), -(-len(content) // _SECTOR)
        for number in range(count):
            sectors.append(content[number * _SECTOR : (number + 1) * _SECTOR].ljust(_SECTOR, b"\0"))
            fat.append(first + number + 1 if number + 1 < count else _END)
        return first

    for entry in entries[1:]:
        if entry.kind == 2 and 0 < len(entry.content) < _CUTOFF:
            entry.start, count = len(mini_fat), -(-len(entry.content) // _MINI)
            mini += entry.content.ljust(count * _MINI, b"\0")
            mini_fat += [entry.start + number + 1 for number in range(count - 1)] + [_END]
        elif entry.kind == 2:
            entry.start = place(entry.content)
    entries[0].content, entries[0].start = mini, place(mini)
    mini_fat_start = place(struct.pack(f"<{len(mini_fat)}I", *mini_fat).ljust(-(-len(mini_fat) // 128) * 512, b"\xff"))
    directory = place(b"".join(map(_packed, entries)).ljust(-(-len(entries) // 4) * _SECTOR, b"\0"))
    count = 1
    while count * 128 < len(fat) + count:
        count += 1
    numbers = list(range(len(sectors), len(sectors) + count))
    fat += [_FAT] * count
    sectors += [struct.pack("<128I", *(fat[at * 128 : at * 128 + 128] + [_FREE] * 128)[:128]) for at in range(count)]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack(
        "<IIIIIIIII", 0, count, directory, 0, _CUTOFF, mini_fat_start, -(-len(mini_fat) // 128), _END, 0
    )
    head += struct.pack("<109I", *(numbers + [_FREE] * 109)[:109])
    return head + b"".join(sectors)


def _list(tree: Tree, parent: int, entries: list[_Entry]) -> None:
    previous = -1
    for name, content in sorted(tree.items(), key=lambda item: (len(item[0]), item[0].upper())):
        number = len(entries)
        if isinstance(content, bytes):
            entries.append(_Entry(name, 2, content))
        else:
            entries.append(_Entry(name, 1))
            _list(content, number, entries)
        if previous < 0:
            entries[parent].child = number
        else:
            entries[previous].right = number
        previous = number


def _packed(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le")
    made = name.ljust(64, b"\0") + struct.pack("<HBB", len(name) + 2, entry.kind, 1)
    made += struct.pack("<III", _FREE, entry.right, entry.child) + bytes(36)
    return made + struct.pack("<IQ", entry.start if entry.kind != 1 else 0, len(entry.content))


def msg_properties(numbers: Mapping[int, int], texts: Mapping[int, bytes], head: int) -> bytes:
    """The stream `__properties_version1.0`: `numbers` are 32-bit values by identifier, `texts` sizes of streams in
    UTF-16; `head` is how many bytes come before (32 in a mail, 8 in an attachment or a recipient)."""
    made = bytes(head)
    for identifier, value in numbers.items():
        made += struct.pack("<HHIQ", 0x0003, identifier, 6, value)
    for identifier, content in texts.items():
        made += struct.pack("<HHIII", 0x001F, identifier, 6, len(content) + 2, 0)
    return made


def msg_item(
    texts: Mapping[int, str], head: int, numbers: Mapping[int, int] | None = None, **more: "bytes | Tree"
) -> Tree:
    """A mail, recipient or attachment as a storage: its texts by property identifier, other streams by name."""
    encoded = {identifier: value.encode("utf-16-le") for identifier, value in texts.items()}
    return {
        "__properties_version1.0": msg_properties(numbers or {}, encoded, head),
        **{f"__substg1.0_{identifier:04X}001F": value for identifier, value in encoded.items()},
        **more,
    }

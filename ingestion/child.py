"""The program in the sandbox: answers one question about one file and leaves `answer.json` and pictures in `/out`.

`ingestion.child survey|read|render|unpack|extract INPUT OUT [options]`. Only started by `ingestion.reading`. Every
file starts one, so it imports little and what it needs only where it needs it.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ingestion.errors import ReadError

_FLAGS = ("--images", "--read", "--half")  # `--half`: started by a child that reads the other pages


class Asked:
    """The question with its options as `ingestion.reading` writes them; others are a `KeyError`."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self.question, self.source, self.out = arguments[0], Path(arguments[1]), Path(arguments[2])
        self._flags: set[str] = set()
        self._values = {"--first": "1", "--last": "0", "--page": "1", "--width": "1000", "--kind": "webp"}
        self.parts: list[tuple[Path, list[int]]] = []
        left = list(reversed(arguments[3:]))
        while left:
            option = left.pop()
            if option in _FLAGS:
                self._flags.add(option)
            elif option == "--part":
                self.parts.append((Path(left.pop()), [int(page) for page in left.pop().split(",")]))
            else:
                _ = self._values[option]
                self._values[option] = left.pop()

    def has(self, flag: str) -> bool:
        """Whether a flag was given."""
        return flag in self._flags

    def value(self, option: str) -> str:
        """The value of an option, given or usual."""
        return self._values[option]

    def number(self, option: str) -> int:
        """The same, where it is a number."""
        return int(self._values[option])


def main(arguments: list[str]) -> int:
    """Answer and leave 0; a known failure is an answer too (`{"error": ...}`)."""
    asked = Asked(arguments)
    gc.disable()  # an answer is made of millions of small things, few in circles, and then the process ends
    try:
        answer = _answer(asked)
    except ReadError as problem:
        answer = {"error": {"code": problem.code, "advice": problem.advice, "page": problem.page}}
    (asked.out / "answer.json").write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    return 0


def _answer(asked: Asked) -> dict[str, Any]:
    """Engines are imported where they are asked: each child answers one question."""
    if asked.question == "unpack":
        from ingestion.engines.unpacking import answer_unpack

        return answer_unpack(asked.source, asked.out)
    if asked.question == "extract":
        from ingestion.engines.extracting import answer_extract

        return answer_extract(asked.parts, asked.out)
    from ingestion.engines.answering import answer_read, answer_render, answer_survey

    if asked.question == "survey":
        return answer_survey(asked.source, asked.out, read_too=asked.has("--read"))
    if asked.question == "render":
        page, width = asked.number("--page"), asked.number("--width")
        return answer_render(asked.source, asked.out, page=page, width=width, kind=asked.value("--kind"))
    return answer_read(
        asked.source,
        first=asked.number("--first"),
        last=asked.number("--last") or None,
        images=asked.out if asked.has("--images") else None,
        claims=asked.out if asked.has("--half") else None,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The program in the sandbox: answers one question about one file and leaves `answer.json` and pictures in `/out`.

`python -m ingestion.child survey|read|render|unpack|extract INPUT OUT [options]`. Only started by `ingestion.reading`.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from pathlib import Path
from typing import Any

from ingestion.engines.answering import answer_read, answer_render, answer_survey
from ingestion.errors import ReadError


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ingestion.child")
    parser.add_argument("question", choices=("survey", "read", "render", "unpack", "extract"))
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--last", type=int, default=0)
    parser.add_argument("--images", action="store_true")
    parser.add_argument("--read", action="store_true")
    parser.add_argument("--half", action="store_true")  # started by a child that reads the other pages
    parser.add_argument("--page", type=int, default=1)
    parser.add_argument("--width", type=int, default=1000)
    parser.add_argument("--kind", choices=("webp", "png"), default="webp")
    parser.add_argument("--part", nargs=2, action="append", default=[])
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Answer and leave 0; a known failure is an answer too (`{"error": ...}`)."""
    asked = _arguments(arguments)
    gc.disable()  # an answer is made of millions of small things, few in circles, and then the process ends
    try:
        answer = _answer(asked)
    except ReadError as problem:
        answer = {"error": {"code": problem.code, "advice": problem.advice, "page": problem.page}}
    (asked.out / "answer.json").write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    return 0


def _answer_survey(asked: argparse.Namespace) -> dict[str, Any]:
    """The survey; with `--read` also the pages of a file that is one slice without recognition. What cannot be read
    there is left to a reading of its own, which says why."""
    answer = answer_survey(asked.source, asked.out)
    slices = answer["slices"]
    if asked.read and len(slices) == 1 and not slices[0]["ocr"] and not answer["copy"]:
        try:
            answer["read"] = answer_read(asked.source, first=1, last=None, images=asked.out)
        except ReadError:
            answer["read"] = None
    return answer


def _answer(asked: argparse.Namespace) -> dict[str, Any]:
    """Engines for the rarer questions are imported where they are asked: each child answers one."""
    if asked.question == "survey":
        return _answer_survey(asked)
    if asked.question == "read":
        images = asked.out if asked.images else None
        return answer_read(
            asked.source,
            first=asked.first,
            last=asked.last or None,
            images=images,
            claims=asked.out if asked.half else None,
        )
    if asked.question == "render":
        return answer_render(asked.source, asked.out, page=asked.page, width=asked.width, kind=asked.kind)
    if asked.question == "unpack":
        from ingestion.engines.unpacking import answer_unpack

        return answer_unpack(asked.source, asked.out)
    from ingestion.engines.extracting import answer_extract

    parts = [(Path(path), [int(page) for page in pages.split(",")]) for path, pages in asked.part]
    return answer_extract(parts, asked.out)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

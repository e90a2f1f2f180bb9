"""The processes that recognise pictures: the same answers as the command line, and no page lost with another."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from drawn_papers import DECISION, picture
from PIL import Image

from ingestion import ReadError
from ingestion.engines import tesseract as program
from ingestion.engines.recogniser import Recognisers

pytestmark = [pytest.mark.ocr, pytest.mark.usefixtures("tesseract")]

SLIPS = [picture(DECISION[:6]).crop((0, 0, 1654, 600)), picture(DECISION[6:9]).crop((0, 300, 1654, 1200))]


def _asked(recognisers: Recognisers, image: Image.Image) -> str:
    return recognisers.table(np.asarray(image.convert("L")).data, image.size, 200.0)


def _command_line(image: Image.Image, path: Path) -> str:
    image.convert("L").save(path)
    command = ["tesseract", str(path), "stdout", "-l", "vie", "--oem", "1", "--psm", "3", "--dpi", "200", "tsv"]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    ran = subprocess.run(command, capture_output=True, check=True, text=True, env=environment)
    return ran.stdout.partition("\n")[2]


def test_pictures_one_after_the_other_are_read_as_the_command_line_reads_each(
    recognisers: Recognisers, tmp_path: Path
) -> None:
    expected = [_command_line(image, tmp_path / "slip.pgm") for image in SLIPS]
    assert all("\n5\t" in table for table in expected)
    assert [_asked(recognisers, image) for image in (*SLIPS, SLIPS[0])] == [*expected, expected[0]]


def test_a_picture_that_takes_too_long_is_given_up() -> None:
    with Recognisers(seconds=0.001) as hurried, pytest.raises(ReadError) as refused:
        _asked(hurried, SLIPS[0])
    assert refused.value.code == "read-timeout"


def test_a_process_that_falls_over_loses_its_picture_alone(recognisers: Recognisers) -> None:
    recognisers.start(1)
    empty = memoryview(b"")
    with pytest.raises(ReadError) as refused:
        recognisers.table(empty, (2**31, 2**31), 200.0)
    assert refused.value.code == "file-damaged"
    assert "\n5\t" in _asked(recognisers, SLIPS[0])


def test_a_library_that_does_not_load_is_told_with_its_name() -> None:
    code = f"import sys; sys.path.insert(0, {str(Path(program.__file__).parent)!r}); import tesseract; "
    code += "tesseract._LIBRARY = 'libmissing.so.5'; sys.exit(tesseract.serve(sys.stdin.buffer, sys.stdout.buffer))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, stdin=subprocess.DEVNULL, check=False)
    assert (ran.returncode, ran.stdout) == (program.MISSING, b"")
    assert b"libmissing.so.5" in ran.stderr

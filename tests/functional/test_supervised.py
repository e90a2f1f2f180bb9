"""`hoso serve` as a whole: what is sent becomes searchable, whatever dies meanwhile; Ctrl-C leaves nothing behind."""

import io
import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import redis
from sqlalchemy import select

from app.actor import Role
from app.models import Reading, ReadingState
from app.services.accounts import AccountData, create_account
from app.services.tokens import add_token
from tests import factories
from tests.serving import Home, Served, end, living, start, until
from tests.unit.ingestion.drawn_papers import DECISION, Line, picture

STOPPED_WITHIN = 10.0  # seconds: the longest that somebody who pressed Ctrl-C is asked to wait


@dataclass(frozen=True, slots=True)
class House:
    """A set-up installation and the token of its records officer."""

    home: Home
    token: str


@pytest.fixture(scope="module", params=["files", "redis"])
def broker(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings of the queue: the embedded transport always, Redis where one was started."""
    if request.param == "files":
        return {}
    server = os.environ.get("HOSO_TEST_BROKER_URL")
    if not server:
        pytest.skip("no Redis started: make test-services")
    return {"HOSO_BROKER_URL": server.rsplit("/", 1)[0] + "/7"}  # a number of our own: nobody else's messages


def _another(broker: dict[str, str]) -> dict[str, str]:
    """The queue of a second installation: two that shared one would take each other's messages."""
    return {name: url.removesuffix("/7") + "/8" for name, url in broker.items()}


def _house(folder: Path, broker: dict[str, str]) -> House:
    home = Home(folder / "home", broker)
    made = home.run("init")
    assert made.returncode == 0, made.stderr
    with home.backends() as backends, backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(uow)
        data = AccountData(username="hoso.thu", name="Lê Thị Thử", role=Role.RECORDS_OFFICER, organisation_id=office.id)
        officer, _password = create_account(uow, data=data)
    with home.backends() as backends, backends.begin(officer.actor()) as uow:
        token = add_token(uow, officer, "thử")
    return House(home, token)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, broker: dict[str, str]) -> House:
    return _house(tmp_path_factory.mktemp("supervised"), broker)


@pytest.fixture(scope="module")
def served(house: House) -> Iterator[Served]:
    running = start(house.home)
    yield running
    end(running)


def scan(mark: str, *, pages: int) -> bytes:
    """A scan without a text layer: a decision, and under it a word that no other test writes."""
    content = io.BytesIO()
    page = picture([*DECISION, Line(105, 520, f"Dấu hiệu riêng: {mark}")])
    page.save(content, "PDF", save_all=True, append_images=[page] * (pages - 1), resolution=200.0)
    return content.getvalue()


def found(served: Served, token: str, words: str) -> int:
    return int(served.get(f"/api/v1/search?q={words}", token)["total"])


def reader(home: Home) -> int | None:
    """The process that reads a slice right now."""
    with home.backends() as backends, backends.read() as uow:
        runner = uow.session.scalar(
            select(Reading.runner).where(Reading.state == ReadingState.RUNNING, Reading.last > 0)
        )
    return int(runner.rsplit(":", 2)[1]) if runner else None


def is_dead(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rsplit(") ", 1)[1][0]
    except OSError:
        return True
    return state == "Z"


def test_what_is_sent_over_rest_becomes_searchable(served: Served, house: House) -> None:
    receipt = served.upload(house.token, "qd.txt", "QUYẾT ĐỊNH\nVề việc thử đường vào hoahuongduong".encode())
    assert receipt["waiting"] == 1
    assert served.settled(house.token, receipt["batch"])["searchable"] == 1
    assert found(served, house.token, "hoahuongduong") == 1


@pytest.mark.ocr
def test_a_scan_whose_reader_is_killed_still_becomes_searchable(served: Served, house: House) -> None:
    receipt = served.upload(house.token, "quet.pdf", scan("hoacucvang", pages=3))
    until(lambda: reader(house.home) is not None, "a slice is being read")
    pid = reader(house.home)
    assert pid is not None, "the slice is long enough to be caught"
    os.kill(pid, signal.SIGKILL)
    until(lambda: is_dead(pid), "the reader is dead")
    settled = served.settled(house.token, receipt["batch"])
    assert (settled["searchable"], settled["failed"]) == (1, 0)
    assert found(served, house.token, "hoacucvang") == 1


def _lose_messages(home: Home) -> None:
    """Everything that was rung and not yet done is forgotten."""
    address = home.more.get("HOSO_BROKER_URL")
    if address:
        redis.Redis.from_url(address).flushdb()
    else:
        shutil.rmtree(home.folder / "broker")


def test_after_the_broker_was_emptied_a_new_file_still_becomes_searchable(served: Served, house: House) -> None:
    _lose_messages(house.home)
    until(lambda: bool(house.home.more) or (house.home.folder / "broker" / "messages").is_dir(), "directories are back")
    receipt = served.upload(house.token, "tb.txt", "THÔNG BÁO\nVề việc thử lại hoamaudon".encode())
    assert served.settled(house.token, receipt["batch"])["searchable"] == 1
    assert found(served, house.token, "hoamaudon") == 1


def test_a_port_in_use_is_one_clear_line(served: Served, tmp_path: Path) -> None:
    other = Home(tmp_path / "other", {"HOSO_PORT": str(served.port)})
    said = other.refused("serve", status=1)
    first, *rest = said.strip().splitlines()
    assert first == f"hoso: port-in-use: 127.0.0.1:{served.port} is in use"
    assert len(rest) <= 1, "one line, and the advice"
    assert served.is_up()


@pytest.mark.ocr
def test_ctrl_c_stops_all_of_it_and_a_second_start_keeps_the_data(tmp_path: Path, broker: dict[str, str]) -> None:
    house = _house(tmp_path, _another(broker))
    first = start(house.home)
    try:
        done = first.upload(house.token, "qd.txt", "QUYẾT ĐỊNH\nVề việc thử giữ lại hoathuytien".encode())
        assert first.settled(house.token, done["batch"])["searchable"] == 1
        reading = first.upload(house.token, "quet.pdf", scan("hoadaquy", pages=3))
        until(lambda: reader(house.home) is not None, "a slice is being read")
        os.killpg(first.process.pid, signal.SIGINT)
        edge = time.monotonic() + STOPPED_WITHIN
        assert first.process.wait(timeout=STOPPED_WITHIN) == 0
        until(lambda: not living(house.home), "nothing of it is left", within=max(0.5, edge - time.monotonic()))
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", first.port)) != 0
    finally:
        end(first)
    second = start(replace(house.home), first.port)
    try:
        assert found(second, house.token, "hoathuytien") == 1
        assert second.settled(house.token, reading["batch"])["searchable"] == 1
        assert found(second, house.token, "hoadaquy") == 1
    finally:
        end(second)

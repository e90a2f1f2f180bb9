"""Commands that set up and run the service: init, serve, web, worker, scheduler."""

import errno
import shutil
import socket
import time

import click

from app.actor import Role
from app.backends import Backends
from app.commands.door import fail, failures_named, settings
from app.demo import load_demonstration
from app.jobs import WORKED_QUEUES
from app.services.indexing import searchable_count
from app.setting_up import FirstAccount, first_administrator, prepare
from app.supervisor import Supervisor
from app.tasks import make_celery, sender
from app.web.frame import ROLE_NAMES
from app.worker import schedule, work
from app.wsgi import serve_web
from config.settings import Settings

COUNT_EVERY = 3.0  # seconds between two lines about reading
LEAST_ROOM = 300_000_000  # bytes free: below this the index and the database cannot be trusted to write


@click.command()
@click.option("--demo", is_flag=True, help="Load the demonstration data, once.")
@failures_named
def init(demo: bool) -> None:
    """Migrate, prepare the index, make the first administrator, load the demonstration."""
    chosen = settings()
    _room(chosen)
    prepare(chosen)
    backends = Backends.from_settings(chosen, send=sender(make_celery(chosen)))
    try:
        made = [account for account in (first_administrator(backends),) if account is not None]
        if demo:
            made += load_demonstration(backends)
        _show(made)
    finally:
        backends.close()


def _show(made: list[FirstAccount]) -> None:
    if not made:
        return
    click.echo("Tài khoản vừa tạo. Mật khẩu chỉ hiện một lần, hãy ghi lại:\n")
    width = max(len(account.username) for account in made)
    for account in made:
        role = str(_plain(account.role))
        click.echo(f"  {account.username:<{width}}  {account.password}   {role}, {account.organisation}")
    click.echo()


def _plain(role: Role) -> str:
    """The role's name without a request to choose a language from."""
    return str(ROLE_NAMES[role]._args[0])


def _room(chosen: Settings) -> None:
    free = shutil.disk_usage(chosen.home).free
    if free < LEAST_ROOM:
        message = f"{free // 1_000_000} MB free in {chosen.home}, {LEAST_ROOM // 1_000_000} MB needed"
        raise SystemExit(fail("disk-full", message, "Free some room or set HOSO_HOME to another disk."))


def _port_is_free(chosen: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.host, chosen.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                message = f"{chosen.host}:{chosen.port} is in use"
                raise SystemExit(fail("port-in-use", message, "Stop the other program or set HOSO_PORT.")) from error
            raise SystemExit(fail("port-unusable", f"{chosen.host}:{chosen.port}: {error.strerror}")) from error


@click.command()
@failures_named
def serve() -> None:
    """Web server, workers and scheduler together, until Ctrl-C."""
    chosen = settings()
    _room(chosen)
    _port_is_free(chosen)
    prepare(chosen)
    commands = {
        "web": ["web"],
        **_workers(),
        "scheduler": ["scheduler"],
        "watcher": ["watch"],
    }
    supervisor = Supervisor(chosen, commands)
    count = ReadingCount(Backends.from_settings(chosen))
    raise SystemExit(supervisor.run(when_up=lambda: _say_when_up(chosen), each_tick=count.tell))


class ReadingCount:
    """Says on the terminal how many documents can be found already, as long as some are still being read."""

    def __init__(self, backends: Backends) -> None:
        self._backends = backends
        self._next = 0.0
        self._said: tuple[int, int] | None = None

    def tell(self) -> None:
        """One line, every `COUNT_EVERY` seconds at most and only when the count changed."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + COUNT_EVERY
        with self._backends.read() as uow:
            counts = searchable_count(uow)
        if counts == self._said or (self._said is None and counts[0] == counts[1]):
            return
        self._said = counts
        click.echo(f"Đã đọc {counts[0]}/{counts[1]} văn bản{'.' if counts[0] == counts[1] else '…'}")


def _say_when_up(chosen: Settings) -> None:
    edge = time.monotonic() + 30
    while time.monotonic() < edge:
        try:
            with socket.create_connection((chosen.host, chosen.port), timeout=1):
                break
        except OSError:
            time.sleep(0.1)
    click.echo(f"Hồ Sơ: http://{chosen.host}:{chosen.port}  (Ctrl-C để dừng; nhật ký trong {chosen.logs})")


@click.command()
@failures_named
def web() -> None:
    """The web server alone."""
    serve_web(settings())


@click.command()
@click.option(
    "--queue",
    type=click.Choice(["all", *WORKED_QUEUES]),
    default="all",
    help="One queue, or all under one supervisor.",
)
@failures_named
def worker(queue: str) -> None:
    """The workers alone: one for reading, one for everything quick, one for what takes long."""
    chosen = settings()
    if queue != "all":
        work(chosen, queue)
        return
    raise SystemExit(Supervisor(chosen, _workers()).run())


def _workers() -> dict[str, list[str]]:
    """The command of each worker under its name."""
    return {f"worker-{queue}": ["worker", "--queue", queue] for queue in WORKED_QUEUES}


@click.command()
@failures_named
def scheduler() -> None:
    """The scheduler alone: rings the sweep at start and every 30 seconds."""
    schedule(settings())

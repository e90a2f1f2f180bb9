"""One Celery task per job. A task takes an id and calls the procedure, which checks again what is due."""

from collections.abc import Callable
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError

from app.backends import Backends, Send
from app.jobs import ALL, LONG_QUEUE, QUEUES, QUICK_QUEUE, READ_QUEUE, Job
from app.services.accents import learn_accents
from app.services.clearing import carry_out
from app.services.exporting import make_export
from app.services.finishing import finish_file
from app.services.indexing import index_due
from app.services.list_search import make_list
from app.services.making import make_paper
from app.services.reading import read_slice, survey_file
from app.services.rebuilding import rebuild_what_is_due
from app.services.sweep import sweep
from app.services.unpacking import unpack_file
from config.settings import Settings

SWEEP_SECONDS = 30.0
POLL_SECONDS = 0.05  # of the embedded transport; its default of one second makes everything feel slow
SLOWEST_READ = 30 * 60  # seconds: a slice of 25 pages at a minute a page, then the child's own limit has long passed
SLOWEST_QUICK = 15 * 60
SLOWEST_LONG = 24 * 60 * 60

GIVE_UP_SOON = {"max_retries": 1, "interval_start": 0, "socket_connect_timeout": 2, "socket_timeout": 60}
"""Who rings does not wait for a broker that is down: the sweep rings again. Seconds."""

_process: dict[str, Backends] = {}


def make_celery(settings: Settings) -> Celery:
    """The queue as the settings name it: Redis, or directories under the data directory."""
    app = Celery("hoso")
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_default_queue=QUICK_QUEUE,
        task_routes={job.value: {"queue": queue} for job, queue in QUEUES.items()},
        broker_connection_retry_on_startup=True,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        timezone="UTC",
        beat_schedule={"sweep": {"task": Job.SWEEP.value, "schedule": SWEEP_SECONDS, "args": [ALL]}},
        beat_schedule_filename=str(settings.home / "beat-schedule"),
        **_broker(settings),
    )
    _register(app, settings)
    return app


def _broker(settings: Settings) -> dict[str, Any]:
    if settings.broker_url is not None:
        return {"broker_url": settings.broker_url, "broker_transport_options": dict(GIVE_UP_SOON)}
    make_broker_folders(settings)
    messages = str(settings.broker_folder / "messages")
    return {
        "broker_url": "filesystem://",
        "broker_transport_options": {
            "data_folder_in": messages,
            "data_folder_out": messages,
            "control_folder": str(settings.broker_folder / "control"),
            "polling_interval": POLL_SECONDS,
        },
    }


def make_broker_folders(settings: Settings) -> None:
    """The directories of the embedded transport; the supervisor makes them again where they were removed."""
    for name in ("messages", "control"):
        (settings.broker_folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)


def sender(app: Celery) -> Send:
    """How units of work send their jobs after the commit."""

    def send(job: Job, row_id: int) -> None:
        try:
            app.send_task(job.value, args=[row_id], queue=QUEUES[job], retry=False)
        except OperationalError as error:
            raise ConnectionError("the broker does not answer") from error

    return send


def backends_here(app: Celery, settings: Settings) -> Backends:
    """The backends of this worker process, opened on the first task."""
    if "backends" not in _process:
        _process["backends"] = Backends.from_settings(settings, send=sender(app))
    return _process["backends"]


def _register(app: Celery, settings: Settings) -> None:
    """One task per job, named after it; the id says which row to look at again."""
    limits = {READ_QUEUE: SLOWEST_READ, QUICK_QUEUE: SLOWEST_QUICK, LONG_QUEUE: SLOWEST_LONG}
    procedures: dict[Job, Callable[[Backends, int], object]] = {
        Job.SURVEY: survey_file,
        Job.READ: read_slice,
        Job.UNPACK: unpack_file,
        Job.FINISH: finish_file,
        Job.INDEX: lambda backends, _all: index_due(backends),
        Job.MAKE: make_paper,
        Job.REMOVE: carry_out,
        Job.EXPORT: make_export,
        Job.LIST: make_list,
        Job.REBUILD: lambda backends, _all: rebuild_what_is_due(backends),
        Job.LEARN: lambda backends, _all: learn_accents(backends),
        Job.SWEEP: lambda backends, _all: sweep(backends),
    }
    for job, procedure in procedures.items():
        app.task(_task(job, procedure, app, settings), name=job.value, time_limit=limits[QUEUES[job]], shared=False)


def _task(
    job: Job, procedure: Callable[[Backends, int], object], app: Celery, settings: Settings
) -> Callable[[int], None]:
    def run(row_id: int) -> None:
        procedure(backends_here(app, settings), row_id)

    run.__name__ = f"run_{job.value}"
    return run

"""Celery workers: one for reading with as many processes as cores, one for the quick and one for the long queue."""

import os
import sys

from celery import Celery

from app import logs
from app.jobs import QUICK_QUEUE, READ_QUEUE
from app.tasks import make_celery
from config.settings import Settings


def celery_app(settings: Settings | None = None) -> Celery:
    """The queue application of this process."""
    return make_celery(settings or Settings.from_environment())


def work(settings: Settings, queue: str) -> None:
    """Run one worker until told to stop. `queue` is `read`, `quick` or `long`."""
    logs.configure()
    processes = (os.cpu_count() or 1) if queue == READ_QUEUE else 1
    app = celery_app(settings)
    app.worker_main(
        [
            "worker",
            f"--queues={queue}",
            f"--concurrency={processes}",
            f"--hostname={queue}@%h",
            "--loglevel=WARNING",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )


def schedule(settings: Settings) -> None:
    """Ring the sweep at start and every 30 seconds until told to stop."""
    logs.configure()
    app = celery_app(settings)
    app.send_task("sweep", args=[0], queue=QUICK_QUEUE)
    app.start(["beat", "--loglevel=WARNING", f"--pidfile={settings.home / 'scheduler.pid'}"])


if __name__ == "__main__":
    work(Settings.from_environment(), sys.argv[1])

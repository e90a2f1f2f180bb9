"""The web server: gunicorn with threads, started by `hoso web` and `hoso serve`."""

import gc
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from app.factory import create_app
from config.settings import Settings

WORKERS = 2  # processes: one may be busy with a large page while the other answers
THREADS = 8
SLOWEST_REQUEST = 300  # seconds: a large upload over a slow line


class Server(BaseApplication):
    """Gunicorn with its options in code."""

    def __init__(self, settings: Settings, *, quiet: bool = True) -> None:
        self.settings = settings
        self.quiet = quiet
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn where to listen and how."""
        options: dict[str, Any] = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "workers": WORKERS,
            "threads": THREADS,
            "worker_class": "gthread",
            "timeout": SLOWEST_REQUEST,
            "graceful_timeout": 5,
            "worker_tmp_dir": "/dev/shm",  # noqa: S108 - gunicorn's heartbeat files, never data
            "loglevel": "warning" if self.quiet else "info",
            "proc_name": "hoso",
            "control_socket_disable": True,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application, once in every worker process."""
        application = create_app(self.settings)
        keep_loaded()
        return application


def keep_loaded() -> None:
    """What is loaded by now stays as long as the process: Python looks through it for garbage no more, which took 85 ms
    in the middle of an answer (one suggestion in 16 on Elasticsearch, measured 2026-11-22)."""
    gc.collect()
    gc.freeze()


def serve_web(settings: Settings) -> None:
    """Serve the pages until told to stop."""
    Server(settings).run()

"""The process of a web worker."""

import gc

from app.wsgi import Server
from config.settings import Settings


def test_what_a_worker_has_loaded_is_not_looked_through_for_garbage(settings: Settings) -> None:
    application = Server(settings).load()
    assert gc.is_tracked(application)
    assert not any(one is application for one in gc.get_objects())

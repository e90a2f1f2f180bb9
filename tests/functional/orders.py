"""Orders of one wording, kept by an office: what searches and lists on the screen find."""

from typing import Any

from app.backends import Backends
from app.models import Organisation
from tests import factories

ORDER = "Quyết định quản lý sau cai nghiện ma túy tại nơi cư trú."


def keep(backends: Backends, office: Organisation, *titles: str, text: str = ORDER, **given: Any) -> list[int]:
    """The ids of these documents, the newest last."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        return [factories.document(uow, office, text, title=title, **given).id for title in titles]

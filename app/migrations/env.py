"""How Alembic runs here: on the connection it is given; SQLite with foreign keys off and a check after."""

from typing import Literal

from alembic import context

from app.models import Base
from app.models.base import UtcDateTime


def render_item(kind: str, item: object, autogen_context: object) -> str | Literal[False]:  # noqa: ARG001
    """Migrations name plain column types: our own types may change, a migration may not."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()

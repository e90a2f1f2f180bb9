"""The few documents that could not be read are counted beside every page of results: an index of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    unread = sa.text("quality = 'unread'")
    op.create_index(
        "ix_document_unread", "document", ["indexed_revision"], sqlite_where=unread, postgresql_where=unread
    )

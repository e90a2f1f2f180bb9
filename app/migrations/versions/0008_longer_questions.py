"""Questions of a thousand characters: with the answers to choose from. Words that narrow a list are no searches."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("query_key", "export", "saved_search"):
        with op.batch_alter_table(table) as batch:
            batch.alter_column("text", existing_type=sa.String(length=500), type_=sa.String(length=1000))
    with op.batch_alter_table("query_key") as batch:
        batch.add_column(sa.Column("narrows", sa.Boolean(), nullable=False, server_default=sa.false()))

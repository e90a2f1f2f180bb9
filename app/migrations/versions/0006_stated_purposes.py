"""Inspectors and archivists state purpose and case number once for a working session."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stated_purpose",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("case_number", sa.String(length=80), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_stated_purpose_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stated_purpose")),
        sa.UniqueConstraint("key", name=op.f("uq_stated_purpose_key")),
    )
    with op.batch_alter_table("stated_purpose", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stated_purpose_user_id"), ["user_id"], unique=False)

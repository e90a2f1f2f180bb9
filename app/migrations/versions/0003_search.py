"""Search: names are folded anew, for y and i at the end of a syllable are one letter since (kỹ and kĩ).

Lists of results are made as files (`export`).
"""

import sqlalchemy as sa
from alembic import op

from indexer.folding import fold

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NAMED = (("person", "full_name"), ("person_name", "name"))


def upgrade() -> None:
    connection = op.get_bind()
    for table, written in _NAMED:
        rows = sa.table(table, sa.column("id"), sa.column(written), sa.column("folded_name"))
        known = connection.execute(sa.select(rows.c.id, rows.c[written], rows.c.folded_name)).all()
        for id_, name, folded in known:
            if fold(name) != folded:
                connection.execute(sa.update(rows).where(rows.c.id == id_).values(folded_name=fold(name)))
    _exports()


def _exports() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("csv", "xlsx", name="exportkind", native_enum=False, length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "done", "failed", "deleted", name="exportstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_export_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_export_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    with op.batch_alter_table("export", schema=None) as batch_op:
        for column in ("user_id", "organisation_id", "sha256"):
            batch_op.create_index(batch_op.f(f"ix_export_{column}"), [column], unique=False)

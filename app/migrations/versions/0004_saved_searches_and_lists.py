"""Saved searches with alerts and matches, searches by list, work lists."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _saved_searches()
    _lists()


def _saved_searches() -> None:
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_saved_search_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_saved_search_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
    )
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_search_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_search_user_id"), ["user_id"], unique=False)
    op.create_table(
        "search_alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("saved_search_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["saved_search_id"], ["saved_search.id"], name=op.f("fk_search_alert_saved_search_id")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_search_alert_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_alert")),
        sa.UniqueConstraint("saved_search_id", "user_id", name=op.f("uq_search_alert_saved_search_id_user_id")),
    )
    with op.batch_alter_table("search_alert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_alert_user_id"), ["user_id"], unique=False)
    op.create_table(
        "search_match",
        sa.Column("saved_search_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_search_match_document_id")),
        sa.ForeignKeyConstraint(["saved_search_id"], ["saved_search.id"], name=op.f("fk_search_match_saved_search_id")),
        sa.PrimaryKeyConstraint("saved_search_id", "document_id", name=op.f("pk_search_match")),
    )
    with op.batch_alter_table("search_match", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_match_document_id"), ["document_id"], unique=False)
    op.create_table(
        "percolation_due",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_percolation_due_document_id")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_percolation_due")),
    )


def _lists() -> None:
    op.create_table(
        "list_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "done", "failed", "deleted", name="liststate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_list_search_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_list_search_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_search")),
    )
    with op.batch_alter_table("list_search", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_list_search_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_list_search_user_id"), ["user_id"], unique=False)
    op.create_table(
        "work_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_work_list_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_work_list_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_list")),
    )
    with op.batch_alter_table("work_list", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_list_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_list_user_id"), ["user_id"], unique=False)
    op.create_table(
        "work_list_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_list_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_work_list_entry_document_id")),
        sa.ForeignKeyConstraint(["work_list_id"], ["work_list.id"], name=op.f("fk_work_list_entry_work_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_list_entry")),
        sa.UniqueConstraint("work_list_id", "document_id", name=op.f("uq_work_list_entry_work_list_id_document_id")),
    )
    with op.batch_alter_table("work_list_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_list_entry_document_id"), ["document_id"], unique=False)

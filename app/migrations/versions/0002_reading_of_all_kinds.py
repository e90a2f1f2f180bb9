"""Reading of all kinds: files inside files, splits, versions, removals, uploads in pieces, watched folders.

The columns that old rows need a value for keep a default of the server's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("container_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["container_id"], ["stored_file.id"], name=op.f("fk_file_member_container_id")),
        sa.ForeignKeyConstraint(["stored_file_id"], ["stored_file.id"], name=op.f("fk_file_member_stored_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_member")),
        sa.UniqueConstraint("container_id", "position", name=op.f("uq_file_member_container_id_position")),
    )
    with op.batch_alter_table("file_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_member_stored_file_id"), ["stored_file_id"], unique=False)

    op.create_table(
        "watched_folder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=1000), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_watched_folder_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_watched_folder_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watched_folder")),
    )
    with op.batch_alter_table("watched_folder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watched_folder_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index("uq_watched_folder_path", ["path"], unique=True)

    op.create_table(
        "earlier_scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("replaced_by", sa.Integer(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_earlier_scan_document_id")),
        sa.ForeignKeyConstraint(["replaced_by"], ["account.id"], name=op.f("fk_earlier_scan_replaced_by")),
        sa.ForeignKeyConstraint(["stored_file_id"], ["stored_file.id"], name=op.f("fk_earlier_scan_stored_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_scan")),
    )
    with op.batch_alter_table("earlier_scan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_earlier_scan_document_id"), ["document_id"], unique=False)

    op.create_table(
        "likeness",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("proposed", "confirmed", "rejected", name="likenessstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_likeness_decided_by")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_likeness_document_id")),
        sa.ForeignKeyConstraint(["other_id"], ["document.id"], name=op.f("fk_likeness_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likeness")),
        sa.UniqueConstraint("document_id", "other_id", name=op.f("uq_likeness_document_id_other_id")),
    )
    with op.batch_alter_table("likeness", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_likeness_other_id"), ["other_id"], unique=False)

    op.create_table(
        "removal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum("secret", "other_person", "other", name="removalreason", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("explanation", sa.String(length=500), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked", "approved", "refused", "withdrawn", "done", name="removalstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remarks", sa.String(length=500), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_removal_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_removal_decided_by")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_removal_document_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_removal_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removal")),
    )
    with op.batch_alter_table("removal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_removal_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_removal_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "split_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("proposed", "draft", "confirmed", "undone", name="splitstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("joined_id", sa.Integer(), nullable=True),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_split_plan_changed_by")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_split_plan_document_id")),
        sa.ForeignKeyConstraint(["joined_id"], ["document.id"], name=op.f("fk_split_plan_joined_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_split_plan")),
        sa.UniqueConstraint("document_id", name=op.f("uq_split_plan_document_id")),
    )
    with op.batch_alter_table("split_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_split_plan_joined_id"), ["joined_id"], unique=False)

    op.create_table(
        "text_print",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("band", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_text_print_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_print")),
        sa.UniqueConstraint("document_id", "band", name=op.f("uq_text_print_document_id_band")),
    )
    with op.batch_alter_table("text_print", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_text_print_band"), ["band"], unique=False)

    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_upload_batch_id")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_upload_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("key", name=op.f("uq_upload_key")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_user_id"), ["user_id"], unique=False)

    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parcel_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("two_sided", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("version_of_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("rescan_of_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("quarantined_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("quarantine_code", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_document_parcel_id"), ["parcel_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_version_of_id"), ["version_of_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_rescan_of_id"), ["rescan_of_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_document_rescan_of_id"), "document", ["rescan_of_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_document_version_of_id"), "document", ["version_of_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_document_parcel_id"), "document", ["parcel_id"], ["id"])

    with op.batch_alter_table("intake", schema=None) as batch_op:
        batch_op.add_column(sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_intake_parent_id"), ["parent_id"], unique=False)

    with op.batch_alter_table("document_page", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("sheet", sa.String(length=12), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column(
                "sheet_source", sa.Enum("parser", "person", name="source", native_enum=False, length=32), nullable=True
            )
        )
        batch_op.create_index(batch_op.f("ix_document_page_stored_file_id"), ["stored_file_id"], unique=False)

    with op.batch_alter_table("page_text", schema=None) as batch_op:
        batch_op.add_column(sa.Column("current", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("blank", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("pictured", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("running", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("regions", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("steps", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.create_index("ix_page_text_current", ["stored_file_id", "page", "current"], unique=False)

    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("signatures", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True))

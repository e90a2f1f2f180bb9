"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_chain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_chain")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "commune_police",
                "commune_committee",
                "facility",
                "reformatory",
                "province_police",
                "court",
                "supervisor",
                "other",
                name="organisationkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("superior_name", sa.String(length=200), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("head_name", sa.String(length=120), nullable=False),
        sa.Column("archive_unit", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["organisation.id"], name=op.f("fk_organisation_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("finished_engine", sa.String(length=20), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_stored_file_sha256")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "records_officer",
                "leader",
                "office_clerk",
                "inspector",
                "archivist",
                "auditor",
                "administrator",
                "operator",
                "system",
                name="role",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("allowed_flags", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=True),
        sa.Column("shortcuts", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_account_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "counter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_counter_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter")),
        sa.UniqueConstraint("organisation_id", "name", "year", name=op.f("uq_counter_organisation_id_name_year")),
    )
    op.create_table(
        "page_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(length=20), nullable=False),
        sa.Column(
            "source", sa.Enum("text", "ocr", "none", name="textsource", native_enum=False, length=32), nullable=False
        ),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("width", sa.Double(), nullable=False),
        sa.Column("height", sa.Double(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words_name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["stored_file_id"], ["stored_file.id"], name=op.f("fk_page_text_stored_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_text")),
        sa.UniqueConstraint("stored_file_id", "page", "engine", name=op.f("uq_page_text_stored_file_id_page_engine")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("full_name", sa.String(length=120), nullable=False),
        sa.Column("folded_name", sa.String(length=160), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("sex", sa.Enum("Nam", "Nữ", name="sex", native_enum=False, length=32), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column(
            "birth_precision",
            sa.Enum("day", "month", "year", name="birthprecision", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("residence", sa.String(length=300), nullable=False),
        sa.Column("occupation", sa.String(length=120), nullable=False),
        sa.Column("workplace", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_person_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_folded_name"), ["folded_name"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_sort_key"), ["sort_key"], unique=False)

    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(length=20), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("ocr", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("due", "running", "done", "failed", name="readingstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("runner", sa.String(length=120), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_page", sa.Integer(), nullable=True),
        sa.Column("error_advice", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["stored_file_id"], ["stored_file.id"], name=op.f("fk_reading_stored_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sa.UniqueConstraint("stored_file_id", "engine", "first", name=op.f("uq_reading_stored_file_id_engine_first")),
    )
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.create_index("ix_reading_state", ["state"], unique=False)

    op.create_table(
        "register_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "keeping", sa.Enum("drawn", "entered", name="bookkeeping", native_enum=False, length=32), nullable=False
        ),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_register_series_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_series")),
        sa.UniqueConstraint(
            "organisation_id", "year", "name", name=op.f("uq_register_series_organisation_id_year_name")
        ),
    )
    with op.batch_alter_table("register_series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_register_series_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_api_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_user_id"), ["user_id"], unique=False)

    op.create_table(
        "case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("procedure", sa.String(length=8), nullable=False),
        sa.Column("act_date", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("began_elsewhere", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Enum("open", "closed", name="casestate", native_enum=False, length=32), nullable=False),
        sa.Column("term_from", sa.Date(), nullable=True),
        sa.Column("term_to", sa.Date(), nullable=True),
        sa.Column("circumstances", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_case_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_case_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_case_organisation_id_code")),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_code"), ["code"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_person_id"), ["person_id"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("symbol", sa.String(length=60), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("date_text", sa.String(length=20), nullable=False),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("signer", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("typed_text", sa.String(length=4000), nullable=False),
        sa.Column(
            "copy_kind",
            sa.Enum(
                "unknown",
                "original_scan",
                "certified_copy",
                "copy_of_copy",
                "extract",
                "working_copy",
                "electronic",
                name="copykind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("kept_at", sa.String(length=120), nullable=False),
        sa.Column(
            "quality",
            sa.Enum("text", "scan", "weak", "unread", name="quality", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("failure_code", sa.String(length=60), nullable=True),
        sa.Column(
            "signed",
            sa.Enum("unseen", "confirmed", "unsigned", name="signed", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("signed_by_user", sa.Integer(), nullable=True),
        sa.Column("signed_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("fact_flags", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("indexed_revision", sa.Integer(), nullable=True),
        sa.Column("access_pending", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deletion_reason", sa.String(length=300), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_document_created_by")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_document_organisation_id")),
        sa.ForeignKeyConstraint(["signed_by_user"], ["account.id"], name=op.f("fk_document_signed_by_user")),
        sa.ForeignKeyConstraint(["stored_file_id"], ["stored_file.id"], name=op.f("fk_document_stored_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index("ix_document_access_pending", ["access_pending"], unique=False)
        batch_op.create_index("ix_document_drift", ["indexed_revision", "revision"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_stored_file_id"), ["stored_file_id"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("object_kind", sa.String(length=30), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_event_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_event_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_event_hash")),
        sa.UniqueConstraint("sequence", name=op.f("uq_event_sequence")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_object_id"), ["object_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_object_kind"), ["object_kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_user_id"), ["user_id"], unique=False)

    op.create_table(
        "identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("CC", "CCCD", "CMND", "HC", name="identitykind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_identity_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("person_id", "number", name=op.f("uq_identity_person_id_number")),
    )
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_number"), ["number"], unique=False)

    op.create_table(
        "person_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("folded_name", sa.String(length=160), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_name_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_name")),
    )
    with op.batch_alter_table("person_name", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_name_folded_name"), ["folded_name"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_name_person_id"), ["person_id"], unique=False)

    op.create_table(
        "query_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("persons", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_query_key_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_query_key")),
        sa.UniqueConstraint("key", name=op.f("uq_query_key_key")),
    )
    with op.batch_alter_table("query_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_query_key_user_id"), ["user_id"], unique=False)

    op.create_table(
        "relative",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(length=60), nullable=False),
        sa.Column("full_name", sa.String(length=120), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("occupation", sa.String(length=120), nullable=False),
        sa.Column("workplace", sa.String(length=200), nullable=False),
        sa.Column("residence", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_relative_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relative")),
    )
    with op.batch_alter_table("relative", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relative_person_id"), ["person_id"], unique=False)

    op.create_table(
        "case_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=True),
        sa.Column("source", sa.Enum("parser", "person", name="source", native_enum=False, length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum("proposed", "accepted", "rejected", name="filingstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_document_case_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_case_document_decided_by")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_case_document_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_document")),
        sa.UniqueConstraint("case_id", "document_id", name=op.f("uq_case_document_case_id_document_id")),
    )
    with op.batch_alter_table("case_document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_document_document_id"), ["document_id"], unique=False)

    op.create_table(
        "case_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("number_text", sa.String(length=80), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_event_case_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_case_event_document_id")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_case_event_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    with op.batch_alter_table("case_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_event_case_id"), ["case_id"], unique=False)

    op.create_table(
        "document_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.Column("source", sa.Enum("parser", "person", name="source", native_enum=False, length=32), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("quote", sa.String(length=500), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_fact_document_id")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_document_fact_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_fact")),
        sa.UniqueConstraint("document_id", "name", name=op.f("uq_document_fact_document_id_name")),
    )
    op.create_table(
        "document_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_page_document_id")),
        sa.ForeignKeyConstraint(["stored_file_id"], ["stored_file.id"], name=op.f("fk_document_page_stored_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_page")),
        sa.UniqueConstraint("document_id", "position", name=op.f("uq_document_page_document_id_position")),
    )
    op.create_table(
        "dossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("checklist", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_dossier_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("case_id", "checklist", name=op.f("uq_dossier_case_id_checklist")),
    )
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("form_version", sa.String(length=20), nullable=False),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("act_date", sa.Date(), nullable=False),
        sa.Column("symbol", sa.String(length=60), nullable=False),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("frozen", sa.JSON(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "presented",
                "approved",
                "signed",
                "numbered",
                "made",
                "released",
                "cancelled",
                name="paperstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("approved_revision", sa.Integer(), nullable=True),
        sa.Column("remarks", sa.String(length=1000), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("number_date", sa.Date(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signer_name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("docx_file_id", sa.Integer(), nullable=True),
        sa.Column("pdf_file_id", sa.Integer(), nullable=True),
        sa.Column("signed_document_id", sa.Integer(), nullable=True),
        sa.Column("make_tries", sa.Integer(), nullable=False),
        sa.Column("make_error", sa.String(length=60), nullable=True),
        sa.Column("drafted_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_paper_case_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_paper_document_id")),
        sa.ForeignKeyConstraint(["docx_file_id"], ["stored_file.id"], name=op.f("fk_paper_docx_file_id")),
        sa.ForeignKeyConstraint(["drafted_by"], ["account.id"], name=op.f("fk_paper_drafted_by")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_paper_organisation_id")),
        sa.ForeignKeyConstraint(["pdf_file_id"], ["stored_file.id"], name=op.f("fk_paper_pdf_file_id")),
        sa.ForeignKeyConstraint(["signed_document_id"], ["document.id"], name=op.f("fk_paper_signed_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
    )
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_paper_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_paper_state"), ["state"], unique=False)

    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "browser", "command", "api", "paper", "signed_scan", name="intakesource", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_batch_case_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_batch_organisation_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_batch_paper_id")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_batch_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_batch_user_id"), ["user_id"], unique=False)

    op.create_table(
        "paper_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("proof", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_release_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_release")),
    )
    with op.batch_alter_table("paper_release", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_release_paper_id"), ["paper_id"], unique=False)

    op.create_table(
        "paper_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column(
            "before",
            sa.Enum(
                "draft",
                "presented",
                "approved",
                "signed",
                "numbered",
                "made",
                "released",
                "cancelled",
                name="paperstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "after",
            sa.Enum(
                "draft",
                "presented",
                "approved",
                "signed",
                "numbered",
                "made",
                "released",
                "cancelled",
                name="paperstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("user_name", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_step_paper_id")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_paper_step_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_step")),
    )
    with op.batch_alter_table("paper_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_step_paper_id"), ["paper_id"], unique=False)

    op.create_table(
        "register_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("suffix", sa.String(length=4), nullable=False),
        sa.Column("symbol", sa.String(length=60), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column(
            "state", sa.Enum("active", "cancelled", name="entrystate", native_enum=False, length=32), nullable=False
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_register_entry_paper_id")),
        sa.ForeignKeyConstraint(["series_id"], ["register_series.id"], name=op.f("fk_register_entry_series_id")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_register_entry_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry")),
        sa.UniqueConstraint("series_id", "number", "suffix", name=op.f("uq_register_entry_series_id_number_suffix")),
    )
    with op.batch_alter_table("register_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_register_entry_paper_id"), ["paper_id"], unique=False)

    op.create_table(
        "intake",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column(
            "settled",
            sa.Enum(
                "waiting",
                "searchable",
                "weak",
                "failed",
                "duplicate",
                "removed",
                name="outcome",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_intake_batch_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_intake_document_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_intake_organisation_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["intake.id"], name=op.f("fk_intake_parent_id")),
        sa.ForeignKeyConstraint(["stored_file_id"], ["stored_file.id"], name=op.f("fk_intake_stored_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
    )
    with op.batch_alter_table("intake", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intake_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_intake_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_intake_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_intake_stored_file_id"), ["stored_file_id"], unique=False)
    op.bulk_insert(
        sa.table("event_chain", sa.column("id"), sa.column("length"), sa.column("head")),
        [{"id": 1, "length": 0, "head": ""}],
    )


def downgrade() -> None:
    with op.batch_alter_table("intake", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_intake_stored_file_id"))
        batch_op.drop_index(batch_op.f("ix_intake_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_intake_document_id"))
        batch_op.drop_index(batch_op.f("ix_intake_batch_id"))

    op.drop_table("intake")
    with op.batch_alter_table("register_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_entry_paper_id"))

    op.drop_table("register_entry")
    with op.batch_alter_table("paper_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_step_paper_id"))

    op.drop_table("paper_step")
    with op.batch_alter_table("paper_release", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_release_paper_id"))

    op.drop_table("paper_release")
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batch_user_id"))
        batch_op.drop_index(batch_op.f("ix_batch_organisation_id"))

    op.drop_table("batch")
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_state"))
        batch_op.drop_index(batch_op.f("ix_paper_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_paper_case_id"))

    op.drop_table("paper")
    op.drop_table("dossier")
    op.drop_table("document_page")
    op.drop_table("document_fact")
    with op.batch_alter_table("case_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_event_case_id"))

    op.drop_table("case_event")
    with op.batch_alter_table("case_document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_document_document_id"))

    op.drop_table("case_document")
    with op.batch_alter_table("relative", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relative_person_id"))

    op.drop_table("relative")
    with op.batch_alter_table("query_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_query_key_user_id"))

    op.drop_table("query_key")
    with op.batch_alter_table("person_name", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_name_person_id"))
        batch_op.drop_index(batch_op.f("ix_person_name_folded_name"))

    op.drop_table("person_name")
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_number"))

    op.drop_table("identity")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_user_id"))
        batch_op.drop_index(batch_op.f("ix_event_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_event_object_kind"))
        batch_op.drop_index(batch_op.f("ix_event_object_id"))
        batch_op.drop_index(batch_op.f("ix_event_kind"))
        batch_op.drop_index(batch_op.f("ix_event_at"))

    op.drop_table("event")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_stored_file_id"))
        batch_op.drop_index(batch_op.f("ix_document_organisation_id"))
        batch_op.drop_index("ix_document_drift")
        batch_op.drop_index("ix_document_access_pending")

    op.drop_table("document")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_person_id"))
        batch_op.drop_index(batch_op.f("ix_case_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_case_code"))

    op.drop_table("case")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_user_id"))

    op.drop_table("api_token")
    with op.batch_alter_table("register_series", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_series_organisation_id"))

    op.drop_table("register_series")
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.drop_index("ix_reading_state")

    op.drop_table("reading")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_sort_key"))
        batch_op.drop_index(batch_op.f("ix_person_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_person_folded_name"))

    op.drop_table("person")
    op.drop_table("page_text")
    op.drop_table("counter")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_organisation_id"))

    op.drop_table("account")
    op.drop_table("stored_file")
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_parent_id"))

    op.drop_table("organisation")
    op.drop_table("event_chain")

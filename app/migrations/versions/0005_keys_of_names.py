"""Keys under which a person's names are found: in any order, by initials, with one mistake."""

import sqlalchemy as sa
from alembic import op

from indexer.name_keys import keys_of_name

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BATCH = 1_000  # persons at once


def upgrade() -> None:
    op.create_table(
        "person_key",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_key_person_id")),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_person_key")),
    )
    with op.batch_alter_table("person_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_key_key"), ["key"], unique=False)
    _fill()


def _fill() -> None:
    """Keys of the persons that are known already, a batch of persons at a time."""
    connection = op.get_bind()
    person = sa.table("person", sa.column("id"), sa.column("full_name"))
    other = sa.table("person_name", sa.column("person_id"), sa.column("name"))
    keys = sa.table("person_key", sa.column("person_id"), sa.column("key"))
    last = 0
    while True:
        rows = connection.execute(
            sa.select(person.c.id, person.c.full_name).where(person.c.id > last).order_by(person.c.id).limit(_BATCH)
        ).all()
        if not rows:
            return
        first, last = rows[0][0], rows[-1][0]
        others = connection.execute(
            sa.select(other.c.person_id, other.c.name).where(other.c.person_id.between(first, last))
        ).all()
        found = {(id_, key): None for id_, name in (*rows, *others) for key in keys_of_name(name)}
        if found:
            connection.execute(sa.insert(keys), [{"person_id": id_, "key": key} for id_, key in found])

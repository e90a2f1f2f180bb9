"""Search: names are folded anew, for y and i at the end of a syllable are one letter since (kỹ and kĩ)."""

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

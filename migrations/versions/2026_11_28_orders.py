"""Keys that put titles and numbers in order, and indexes for lists sorted by them and by days."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.collation import stored_key

revision: str = "2026_11_28_orders"
down_revision: str | Sequence[str] | None = "2026_11_27_snapshot_figures"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEYS = (("evidence", "title"), ("documents", "number"), ("documents", "title"))
DAYS = ("period_from", "valid_until")
KEY_BYTES = 255


def upgrade() -> None:
    for table, column in KEYS:
        key = f"{column}_key"
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(key, sa.LargeBinary(length=KEY_BYTES), nullable=True))
        _fill(table, column, key)
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(key, existing_type=sa.LargeBinary(length=KEY_BYTES), nullable=False)
            batch_op.create_index(batch_op.f(f"ix_{table}_programme_id_{key}_id"), ["programme_id", key, "id"])
    with op.batch_alter_table("evidence_versions", schema=None) as batch_op:
        for day in DAYS:
            name = batch_op.f(f"ix_evidence_versions_programme_id_{day}_evidence_id")
            batch_op.create_index(name, ["programme_id", day, "evidence_id"])


def downgrade() -> None:
    with op.batch_alter_table("evidence_versions", schema=None) as batch_op:
        for day in DAYS:
            batch_op.drop_index(batch_op.f(f"ix_evidence_versions_programme_id_{day}_evidence_id"))
    for table, column in KEYS:
        key = f"{column}_key"
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_programme_id_{key}_id"))
            batch_op.drop_column(key)


def _fill(table: str, column: str, key: str) -> None:
    rows = sa.table(table, sa.column("id"), sa.column(column), sa.column(key, sa.LargeBinary()))
    connection = op.get_bind()
    for row_id, text in connection.execute(sa.select(rows.c.id, rows.c[column])).all():
        connection.execute(rows.update().where(rows.c.id == row_id).values({key: stored_key(text)}))

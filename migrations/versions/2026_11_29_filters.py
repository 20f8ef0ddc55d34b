"""Indexes for evidence of an owner and of a period."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_filters"
down_revision: str | Sequence[str] | None = "2026_11_28_visiting_links"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEXES = (
    ("evidence", ("programme_id", "owner_id", "id")),
    ("evidence_versions", ("programme_id", "period_to", "period_from", "evidence_id")),
)


def upgrade() -> None:
    for table, columns in INDEXES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_{'_'.join(columns)}"), [*columns])


def downgrade() -> None:
    for table, columns in INDEXES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_{'_'.join(columns)}"))

"""Versions of evidence that correct the period of the one before."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_28_period_corrections"
down_revision: str | Sequence[str] | None = "2026_11_28_orders"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("evidence_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("correction", sa.String(length=2000), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("evidence_versions", schema=None) as batch_op:
        batch_op.drop_column("correction")

"""How many expectations were met, beside the verdict of each snapshot."""

import json
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_27_snapshot_figures"
down_revision: str | Sequence[str] | None = "2026_11_26_text_licences"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
FIGURES = ("satisfied", "applicable")


def upgrade() -> None:
    with op.batch_alter_table("snapshots", schema=None) as batch_op:
        for name in FIGURES:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    connection = op.get_bind()
    snapshots = sa.table(
        "snapshots", sa.column("id"), sa.column("report", sa.JSON()), *(sa.column(name) for name in FIGURES)
    )
    for snapshot_id, report in connection.execute(sa.select(snapshots.c.id, snapshots.c.report)).all():
        body = json.loads(report) if isinstance(report, str) else report
        figures = {name: sum(each["today"][name] for each in body["frameworks"]) for name in FIGURES}
        connection.execute(snapshots.update().where(snapshots.c.id == snapshot_id).values(**figures))


def downgrade() -> None:
    with op.batch_alter_table("snapshots", schema=None) as batch_op:
        for name in FIGURES:
            batch_op.drop_column(name)

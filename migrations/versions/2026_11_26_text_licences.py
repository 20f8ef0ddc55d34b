"""Where the organisation's own texts of a standard come from."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_26_text_licences"
down_revision: str | Sequence[str] | None = "2026_11_25_document_reviews"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "text_licences",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("framework_id", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("for_auditors", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["framework_id"], ["frameworks.id"], name=op.f("fk_text_licences_framework_id_frameworks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_licences")),
    )
    with op.batch_alter_table("text_licences", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_text_licences_organisation_id_framework_id"),
            ["organisation_id", "framework_id"],
            unique=False,
        )


def downgrade() -> None:
    op.drop_table("text_licences")

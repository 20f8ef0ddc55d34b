"""Reviews of documents in force, amendments of documents, and several decisions a person about one revision."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_25_document_reviews"
down_revision: str | Sequence[str] | None = "2026_11_24_foundation"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "document_reviews",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("programme_id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("revision_id", sa.String(length=36), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.String(length=100), nullable=False),
        sa.Column("next_review_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_document_reviews_document_id_documents")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_document_reviews_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_document_reviews_revision_id_revisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_reviews")),
    )
    with op.batch_alter_table("document_reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_reviews_document_id"), ["document_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_document_reviews_programme_id_reviewed_at"), ["programme_id", "reviewed_at"], unique=False
        )

    op.create_table(
        "document_amendments",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("programme_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("level", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_document_amendments_document_id_documents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_amendments")),
    )
    with op.batch_alter_table("document_amendments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_document_amendments_programme_id_ended_at"), ["programme_id", "ended_at"], unique=False
        )

    _key("revision_id", "user_id", "decision")


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM approvals WHERE decision = 'recalled'"))
    op.execute(
        sa.text(
            "DELETE FROM approvals WHERE decision = 'approved' AND EXISTS (SELECT 1 FROM approvals AS other "
            "WHERE other.revision_id = approvals.revision_id AND other.user_id = approvals.user_id "
            "AND other.decision = 'returned')"
        )
    )
    _key("revision_id", "user_id")
    op.drop_table("document_amendments")
    op.drop_table("document_reviews")


def _key(*columns: str) -> None:
    with op.batch_alter_table("approvals", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("pk_approvals"), type_="primary")
        batch_op.create_primary_key(batch_op.f("pk_approvals"), list(columns))

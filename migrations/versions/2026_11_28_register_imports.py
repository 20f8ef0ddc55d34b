"""Imports of evidence from tables: drafts with their files, and what each row became."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_28_register_imports"
down_revision: str | Sequence[str] | None = "2026_11_28_period_corrections"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "evidence_imports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("programme_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("table_name", sa.String(length=255), nullable=False),
        sa.Column("table_sha256", sa.String(length=64), nullable=False),
        sa.Column("table_bytes", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_by", sa.String(length=100), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by", sa.String(length=100), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=100), nullable=True),
        sa.Column("undone_reason", sa.String(length=2000), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_evidence_imports_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["table_sha256"], ["blobs.sha256"], name=op.f("fk_evidence_imports_table_sha256_blobs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_imports")),
    )
    with op.batch_alter_table("evidence_imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_imports_programme_id_id"), ["programme_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_imports_table_sha256"), ["table_sha256"], unique=False)

    op.create_table(
        "evidence_import_files",
        sa.Column("import_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["evidence_imports.id"], name=op.f("fk_evidence_import_files_import_id_evidence_imports")
        ),
        sa.ForeignKeyConstraint(["sha256"], ["blobs.sha256"], name=op.f("fk_evidence_import_files_sha256_blobs")),
        sa.PrimaryKeyConstraint("import_id", "key", name=op.f("pk_evidence_import_files")),
    )
    with op.batch_alter_table("evidence_import_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_import_files_sha256"), ["sha256"], unique=False)

    op.create_table(
        "evidence_import_items",
        sa.Column("import_id", sa.String(length=36), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_import_items_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["evidence_imports.id"], name=op.f("fk_evidence_import_items_import_id_evidence_imports")
        ),
        sa.PrimaryKeyConstraint("import_id", "row_number", name=op.f("pk_evidence_import_items")),
    )


def downgrade() -> None:
    op.drop_table("evidence_import_items")
    op.drop_table("evidence_import_files")
    op.drop_table("evidence_imports")

"""The audit log, and what a visitor asked for ("no more questions", "delete my data") kept with the conversation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who_kind", sa.String(16), nullable=False),
        sa.Column("who_id", sa.String(64), nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("about_kind", sa.String(32), nullable=False),
        sa.Column("about_id", sa.String(64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("before", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"])
    op.create_index("ix_audit_about", "audit", ["about_kind", "about_id"])
    op.create_index("ix_audit_who", "audit", ["who_kind", "who_id"])
    op.add_column("conversations", sa.Column("wish", sa.String(16), nullable=True))


def downgrade() -> None:
    op.drop_column("conversations", "wish")
    op.drop_table("audit")

"""Erased people: the register of erasures and marks of who was erased; what a consent was given to, where and in which language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conversations", sa.JSON(), nullable=False),
        sa.Column("senders", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("bots_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("reference", name=op.f("uq_erasures_reference")),
    )
    owed = sa.text("bots_at IS NULL")
    op.create_index("ix_erasures_owed", "erasures", ["id"], sqlite_where=owed, postgresql_where=owed)
    op.create_table(
        "tombstones",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstones")),
        sa.UniqueConstraint("kind", "hash", name=op.f("uq_tombstones_kind")),
    )
    op.add_column("conversations", sa.Column("earlier_id", sa.String(32), nullable=True))
    asked = sa.text("wish = 'erase'")
    op.create_index("ix_conversations_erase", "conversations", ["id"], sqlite_where=asked, postgresql_where=asked)
    op.add_column("consents", sa.Column("version", sa.String(32), nullable=False, server_default=""))
    op.add_column("consents", sa.Column("lang", sa.String(35), nullable=True))
    op.add_column("consents", sa.Column("page", sa.Text(), nullable=True))


def downgrade() -> None:
    for column in ("page", "lang", "version"):
        op.drop_column("consents", column)
    op.drop_index("ix_conversations_erase", table_name="conversations")
    op.drop_column("conversations", "earlier_id")
    op.drop_table("tombstones")
    op.drop_table("erasures")

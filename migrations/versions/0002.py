"""Several hubs on one database: who lives, who does what for all, who is connected where."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("served_by", sa.String(length=128), nullable=True))
    op.add_column("turns", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE turns SET read_at = created_at")
    unread = sa.text("read_at IS NULL")
    op.create_index("ix_turns_unread", "turns", ["created_at"], unique=False, sqlite_where=unread, postgresql_where=unread)
    op.create_table(
        "hubs",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("instance", sa.String(length=32), nullable=False),
        sa.Column("beats", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_hubs")),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "presence",
        sa.Column("hub", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("hub", "kind", "key", name=op.f("pk_presence")),
    )
    op.create_index("ix_presence_key", "presence", ["kind", "key"], unique=False)
    op.create_table(
        "shared_keys",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_shared_keys")),
    )
    op.create_index("ix_conversations_holder", "conversations", ["holder"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_conversations_holder", table_name="conversations")
    op.drop_table("shared_keys")
    op.drop_table("presence")
    op.drop_table("leases")
    op.drop_table("hubs")
    op.drop_index("ix_turns_unread", table_name="turns")
    op.drop_column("turns", "read_at")
    op.drop_column("conversations", "served_by")

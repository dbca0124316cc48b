"""Which line of a client was stored before: looked up by its id first, which begins with the time; entries without one are left out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OLD = "uq_entries_conversation_id"
_NEW = "uq_entries_client_msg_id"


def upgrade() -> None:
    with op.batch_alter_table("entries") as entries:
        entries.drop_constraint(_OLD, type_="unique")
    sent = sa.text("client_msg_id IS NOT NULL")
    op.create_index(_NEW, "entries", ["client_msg_id", "conversation_id"], unique=True, sqlite_where=sent, postgresql_where=sent)


def downgrade() -> None:
    op.drop_index(_NEW, table_name="entries")
    with op.batch_alter_table("entries") as entries:
        entries.create_unique_constraint(_OLD, ["conversation_id", "client_msg_id"])

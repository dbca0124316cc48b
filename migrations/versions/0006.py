"""The lines that are not the visitor's, found without a look at those that are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    others = sa.text("author <> 'visitor'")
    op.create_index("ix_entries_answers", "entries", ["conversation_id", "seq"], sqlite_where=others, postgresql_where=others)


def downgrade() -> None:
    op.drop_index("ix_entries_answers", table_name="entries")

"""When time alone may have changed a score."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leads", sa.Column("rescore_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_leads_rescore_at", "leads", ["rescore_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_leads_rescore_at", table_name="leads")
    op.drop_column("leads", "rescore_at")

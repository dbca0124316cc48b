"""Why a lead is unqualified, who said so, and its segment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leads", sa.Column("stage_by", sa.String(length=8), nullable=False, server_default="rules"))
    op.add_column("leads", sa.Column("stage_reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("leads", sa.Column("segment", sa.String(length=64), nullable=True))
    op.execute("UPDATE leads SET stage_by = 'people' WHERE stage IN ('won', 'lost', 'unqualified')")
    op.create_index("ix_leads_segment", "leads", ["segment"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_leads_segment", table_name="leads")
    op.drop_column("leads", "segment")
    op.drop_column("leads", "stage_reason")
    op.drop_column("leads", "stage_by")

"""Second factors, one-time links, API tokens; sessions that know when they were used last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agents", sa.Column("oidc_subject", sa.String(512)))
    op.create_index("uq_agents_oidc_subject", "agents", ["oidc_subject"], unique=True)
    op.add_column("agent_sessions", sa.Column("seen_at", sa.DateTime(timezone=True)))
    op.add_column("agent_sessions", sa.Column("method", sa.String(16), nullable=False, server_default="password"))
    op.add_column("agent_sessions", sa.Column("browser", sa.String(200), nullable=False, server_default=""))
    op.create_table(
        "second_factors",
        sa.Column("agent_id", sa.String(32), sa.ForeignKey("agents.id", name="fk_second_factors_agent_id_agents"), nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name="pk_second_factors"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("agent_id", sa.String(32), sa.ForeignKey("agents.id", name="fk_recovery_codes_agent_id_agents"), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name="pk_recovery_codes"),
    )
    op.create_index("ix_recovery_codes_agent_id", "recovery_codes", ["agent_id"])
    op.create_table(
        "one_time_links",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("agent_id", sa.String(32), sa.ForeignKey("agents.id", name="fk_one_time_links_agent_id_agents"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_one_time_links"),
    )
    op.create_index("ix_one_time_links_agent_id", "one_time_links", ["agent_id"])
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("hint", sa.String(8), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_api_tokens_token_hash"),
    )


def downgrade() -> None:
    for table in ("api_tokens", "one_time_links", "recovery_codes", "second_factors"):
        op.drop_table(table)
    for column in ("browser", "method", "seen_at"):
        op.drop_column("agent_sessions", column)
    op.drop_index("uq_agents_oidc_subject", table_name="agents")
    op.drop_column("agents", "oidc_subject")

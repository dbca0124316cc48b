"""Encryption at rest: which keys are in use, and room for what is encrypted, which is longer than what was said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WIDER = {
    "choices": {"title": (200, False)},
    "identities": {"email": (254, True), "name": (120, True), "company": (120, True)},
    "second_factors": {"secret": (64, False)},
}


def upgrade() -> None:
    op.create_table(
        "encryption_keys",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_encryption_keys")),
    )
    op.add_column("hubs", sa.Column("writes_with", sa.String(16), nullable=False, server_default=""))
    for table, columns in WIDER.items():
        with op.batch_alter_table(table) as batch:
            for name, (length, nullable) in columns.items():
                batch.alter_column(name, existing_type=sa.String(length), type_=sa.Text(), existing_nullable=nullable)


def downgrade() -> None:
    for table, columns in WIDER.items():
        with op.batch_alter_table(table) as batch:
            for name, (length, nullable) in columns.items():
                batch.alter_column(name, existing_type=sa.Text(), type_=sa.String(length), existing_nullable=nullable)
    op.drop_column("hubs", "writes_with")
    op.drop_table("encryption_keys")

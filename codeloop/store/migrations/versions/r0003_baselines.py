"""Baselines. Written out, not taken from ``schema``: a migration must not change when the schema does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table; a baseline may come from a file, so its run need not be here."""
    op.create_table(
        "baselines",
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("run_id", sa.String(255), nullable=False),
        sa.Column("created_s", sa.Float, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
    )

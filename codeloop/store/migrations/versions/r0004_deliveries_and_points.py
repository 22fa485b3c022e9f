"""Tries of webhooks, and what drift watches saw. Written out, not taken from ``schema``: a migration must not change when the schema does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables; a run gives at most one point."""
    op.create_table(
        "deliveries",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("delivery", sa.String(64), nullable=False),
        sa.Column("event", sa.String(255), nullable=False),
        sa.Column("began_s", sa.Float, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_table(
        "watch_points",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("run_id", sa.String(255), sa.ForeignKey("runs.run_id"), nullable=False, unique=True),
        sa.Column("series", sa.String(64), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
    )

"""Grown tests. Written out, not taken from ``schema``: a migration must not change when the schema does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "growths",
        sa.Column("run_id", sa.String(255), sa.ForeignKey("runs.run_id"), primary_key=True),
        sa.Column("task_id", sa.String(255), primary_key=True),
        sa.Column("draw", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("data", sa.Text, nullable=False),
    )

"""The first tables. Written out, not taken from ``schema``: a migration must not change when the schema does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "runs",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("run_id", sa.String(255), nullable=False, unique=True),
        sa.Column("status", sa.String(255), nullable=False),
        sa.Column("created_s", sa.Float, nullable=False),
        sa.Column("config", sa.Text, nullable=False),
        sa.Column("owner", sa.Text),
    )
    for name, has_iteration in (("attempts", True), ("hidden", True), ("trajectories", False)):
        op.create_table(name, *_per_draw(has_iteration=has_iteration))
    op.create_table(
        "replies",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("model_identity", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_table(
        "calls",
        sa.Column("call_id", sa.Integer, primary_key=True),
        sa.Column("run_id", sa.String(255), sa.ForeignKey("runs.run_id"), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("began_s", sa.Float, nullable=False),
        sa.Column("ended_s", sa.Float),
        sa.Column("outcome", sa.String(255)),
    )


def _per_draw(*, has_iteration: bool) -> list[sa.Column[object]]:
    columns: list[sa.Column[object]] = [
        sa.Column("run_id", sa.String(255), sa.ForeignKey("runs.run_id"), primary_key=True),
        sa.Column("task_id", sa.String(255), primary_key=True),
        sa.Column("draw", sa.Integer, primary_key=True, autoincrement=False),
    ]
    if has_iteration:
        columns.append(sa.Column("iteration", sa.Integer, primary_key=True, autoincrement=False))
    return [*columns, sa.Column("data", sa.Text, nullable=False)]

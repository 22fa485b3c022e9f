"""Alembic's entry: runs on the connection, and inside the transaction, that ``Store.open`` holds."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()

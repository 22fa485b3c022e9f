"""Alembic's folder; ``Store.open`` runs it, from the installed package too."""

"""Stages: one file each; ``check.py`` runs them in order in one cell."""

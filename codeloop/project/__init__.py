"""Project: ``codeloop.yaml``, what a team's CI asks of codeloop, read so that every mistake has a place and a remedy."""

NAME = "codeloop.yaml"
WITHOUT_DEFAULTS = ("ci", "init", "validate", "watch", "webhooks")
"""Commands that read the file themselves, or must work where it is broken: ``defaults`` says nothing to them."""

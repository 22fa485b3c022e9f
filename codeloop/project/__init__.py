"""Project: ``codeloop.yaml``, what a team's CI asks of codeloop, read so that every mistake has a place and a remedy."""

NAME = "codeloop.yaml"

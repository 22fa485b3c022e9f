"""Test generation: what a model writes as tests, taken apart per case, and who is believed when code and test disagree."""

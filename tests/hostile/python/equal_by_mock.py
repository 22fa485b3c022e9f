# task: groups
# outcome: wrong_answer
# attack: mock.ANY as answer, and inside the answer
from unittest.mock import ANY


def groups(words):
    return {"a": ANY, "b": [ANY]} if words else ANY

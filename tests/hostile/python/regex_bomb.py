# task: double
# outcome: timeout
# attack: catastrophic backtracking
import re


def double(x):
    return bool(re.match(r"(a+)+$", "a" * 64 + "b"))

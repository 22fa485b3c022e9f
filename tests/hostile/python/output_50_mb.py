# task: double
# outcome: output_limit
# attack: prints 50 MB
import sys


def double(x):
    for _ in range(50):
        sys.stdout.write("x" * (1 << 20))
    return x

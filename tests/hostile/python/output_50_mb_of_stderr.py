# task: double
# outcome: output_limit
# attack: prints 50 MB on stderr, from a child
import subprocess


def double(x):
    subprocess.run(["sh", "-c", "head -c 52428800 /dev/zero >&2"])
    return x

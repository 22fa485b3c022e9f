# task: double
# outcome: out_of_memory
# attack: takes memory without end
def double(x):
    kept = []
    while True:
        kept.append(bytearray(1 << 24))

# task: double
# outcome: timeout
# attack: loops while it is loaded
while True:
    pass


def double(x):
    return 2

# task: double
# outcome: timeout
# attack: loops in a call
def double(x):
    while True:
        pass

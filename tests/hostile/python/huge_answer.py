# task: evens
# outcome: exception or timeout
# attack: an answer too large to send
def evens(values):
    return [0] * 3_000_000

# task: double
# outcome: wrong_answer
# attack: answers true to every request to come, in order
import json
import os
import struct
import time


def send(**message):
    data = json.dumps(message).encode()
    os.write(3, struct.pack(">I", len(data)) + data)


def double(x):
    for seq in range(3, 40):
        send(seq=seq, ok=True, mut=[])
    time.sleep(60)

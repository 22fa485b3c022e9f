# task: double
# outcome: wrong_answer
# attack: prints bytes that are no text in any encoding
import os


def double(x):
    os.write(1, bytes(range(256)) * 4)
    os.write(2, b"\xff\xfe\xed\xa0\x80\x00")
    return "\ud800\udfff"

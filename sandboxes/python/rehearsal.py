"""A check of our own, played in the zygote before it forks: the interpreter specialises the code that every check runs.

Its instructions carry their caches with them (PEP 659), so what runs for the first time in a child also copies the pages
that it lies on. This file is the solution as well; nothing of the play stays but those caches.
"""

import _thread
import contextlib
import socket
import sys

ROUNDS = 12  # past the counters that an instruction has to run down before it is specialised

PROMPT = """from typing import List


def spread(numbers: List[float], unit: str) -> dict:
    \"\"\" How far apart the smallest and the largest number lie.
    >>> spread([1, 3], "m")
    {'m': 2}
    \"\"\"
"""

TESTS = """def check(candidate):
    assert candidate([1, 3], "m") == {"m": 2}
    assert candidate([2.5, -1.0, 7.25], "s") == {"s": 8.25}, "three"
    assert candidate([4] * 3, "") != {"": 1}
    assert abs(candidate([0.1, 0.3], "m")["m"] - 0.2) < 1e-6
    for size in range(2, 6):
        numbers = [i * i for i in range(size)]
        assert candidate(numbers, "kg")["kg"] == numbers[-1]
    assert "m" in candidate((1, 2), "m")
    assert not candidate([], "m")
    try:
        candidate([1, None], "m")
        assert False
    except TypeError:
        pass


check(spread)
"""


def spread(numbers, unit):
    """Solve the task above."""
    return {unit: max(numbers) - min(numbers)} if numbers else {}


def rehearse(judge, candidate):
    """Play the check between two threads of this process, and put everything back."""
    places = judge._PEER, candidate._FD
    job = {"nonce": "", "prompt": PROMPT, "entry_point": "spread", "tests": TESTS}
    for _ in range(ROUNDS):
        ours, theirs = socket.socketpair()
        judge._PEER, candidate._FD = ours.fileno(), theirs.fileno()
        ended = _thread.allocate_lock()
        ended.acquire()
        _thread.start_new_thread(_serve, (candidate, ended))
        judge.run(job, judge.Record(""))
        ours.close()
        ended.acquire()
        theirs.close()
    judge._PEER, candidate._FD = places
    for name in ("solution", "tests"):
        sys.modules.pop(name, None)


def _serve(candidate, ended):
    with contextlib.suppress(candidate.wire.Closed):
        candidate.Host(__file__).serve()
    ended.release()

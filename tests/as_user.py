"""Run a Python program as an ordinary user, where the tests are root: its own files may be root's, what it starts may not.

``python as_user.py MODULE ARGUMENT…`` runs a module by its name. Root's interpreter and checkout are readable to this one
process alone (CAP_DAC_READ_SEARCH, taken from whatever it starts): an ordinary user's would be his.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import sys
from pathlib import Path

PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4


def command(uid: int, *arguments: str) -> list[str]:
    """The command line that runs a module as this user; as the user of the tests, where that is none but root."""
    program = [sys.executable, __file__, *arguments]
    if os.geteuid() != 0:
        return program
    caps = ["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]
    return ["setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups", *caps, *program]


if __name__ == "__main__":
    if ctypes.CDLL(None).prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0:
        sys.exit("as_user: the capability cannot be taken back")
    sys.path[0] = str(Path.cwd())
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)

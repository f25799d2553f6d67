"""Become another program that the kernel ends when our parent ends, also by ``kill -9``.

Run as a script by `local.server_process`, because doing the same between fork and exec of a
process with threads is not safe: ``python leash.py SIGNAL USER program argument…``. USER is ``-``
for nobody in particular. Linux only; elsewhere the program runs without the leash.
"""

import ctypes
import os
import pwd
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(arguments: list[str]) -> None:
    """Drop to the user, ask the kernel for the signal, become the program."""
    signal_number, user, *command = arguments
    if user != "-":
        entry = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
    # After the change of user, which clears it.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal_number))
    os.execv(command[0], command)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(sys.argv[1:])

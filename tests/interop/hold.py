"""Runs a command under a lock of Python's: hold.py CLASS METHOD HOW LOCK COMMAND...

Ends with 1 if HOW is "tries" and the lock is busy. If HOW is "waits" it says so
on a line of its own when the lock was busy and it sleeps until it looks again.
"""

import os
import subprocess
import sys
import time

import fasteners

kind, mode, how, path, *command = sys.argv[1:]
blocking = how == "waits"


def sleep(seconds):
    print("waits", flush=True)
    time.sleep(seconds)


def lockf():
    operation = os.F_LOCK if blocking else os.F_TLOCK
    try:
        os.lockf(os.open(path, os.O_RDWR), operation, 0)
    except BlockingIOError:
        return False
    return True


if kind == "lockf":
    acquired = lockf()
else:
    lock = getattr(fasteners, kind)(path, sleep_func=sleep)
    acquired = getattr(lock, mode)(blocking=blocking)
sys.exit(subprocess.call(command) if acquired else 1)

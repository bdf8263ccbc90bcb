"""The locks of Python that a user would pick, each used as its manual shows.

    locks.py run LIBRARY LOCK COMMAND...     run a command under the lock
    locks.py loop LIBRARY LOCK TIMES         nanoseconds to take it and give it back
    locks.py version LIBRARY
"""

import importlib.metadata
import subprocess
import sys
import time


def lock_of(library, path):
    if library == "fasteners":
        import fasteners

        return fasteners.InterProcessLock(path)
    if library == "filelock":
        import filelock

        return filelock.FileLock(path)
    import portalocker

    return portalocker.Lock(path, timeout=3600)


how, library, *rest = sys.argv[1:]
if how == "version":
    print(importlib.metadata.version(library))
    sys.exit()
lock = lock_of(library, rest[0])
if how == "run":
    with lock:
        sys.exit(subprocess.run(rest[1:]).returncode)
times = int(rest[1])
start = time.monotonic_ns()
for _ in range(times):
    with lock:
        pass
print((time.monotonic_ns() - start) / times)

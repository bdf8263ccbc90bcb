#!/bin/sh
# Of all that are started one leads; when it is gone, the next one does.
#
#     leader.sh LOCK STEP [ARG]...
#
# waits for LOCK and then runs STEP again and again. SIGTERM makes the leader
# finish its STEP, give up the lock and end with 0; a STEP that fails ends it too.
# STEP waits by itself for something to do.
#
# Whoever waits is fasten and no shell, so SIGTERM ends it at once, and it leaves
# the line. A shell would not see the signal before its child has the lock, and if
# it was killed, the child would stay in the line for nobody. Later, fasten passes
# SIGTERM on to this script.
#
# --linger: if the leader is killed, its STEP goes on, and nobody leads before it
# has ended. (If a STEP starts a daemon, do without --linger, or the daemon leads.)
#
# The variable is explained in self-locking.sh.
set -eu
lock=$1

if [ "${LEADING-}" != "$PPID $lock" ]; then
    export LEADING="$$ $lock"
    exec fasten exclusive --linger "$lock" -- sh "$0" "$@"
fi

shift
over=
trap 'over=yes' TERM
while [ -z "$over" ]; do
    "$@"
done

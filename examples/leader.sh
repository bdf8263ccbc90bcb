#!/bin/sh
# Of several processes one leads; when it ends, the next one does.
#
#     leader.sh LOCK STEP [ARG]...
#
# waits for LOCK and then runs STEP again and again. SIGTERM makes the leader
# finish its STEP, give up the lock and exit with 0; a STEP that fails ends it too.
# STEP itself waits for something to do.
#
# The waiter is fasten and not a shell, so SIGTERM ends it at once, and it leaves the
# queue. A shell would not see the signal before its child has the lock, and if the
# shell was killed, the child would stay in the queue for no purpose. Later, fasten
# sends SIGTERM on to this script.
#
# --linger: if the leader is killed, its STEP goes on, and no other process leads
# before the STEP has ended. (If a STEP starts a daemon, leave --linger out, or the
# daemon leads.)
#
# self-locking.sh explains the variables.
set -eu
lock=$1

if [ "${LEADING-}" != "$PPID $lock" ]; then
    export LEADING="$$ $lock"
    exec fasten exclusive --linger "$lock" -- "${BASH:-sh}" "$0" "$@"
fi

shift
over=
trap 'over=yes' TERM
while [ -z "$over" ]; do
    "$@"
done

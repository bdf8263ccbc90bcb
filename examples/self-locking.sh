#!/bin/sh
# One instance of a script at a time.
#
#     self-locking.sh FOLDER ARCHIVE
#
# packs FOLDER into ARCHIVE. While one instance does, another one for the same
# ARCHIVE says who is at it and ends with 75.
#
# The script starts itself again under the lock, and then has to know that it is
# the second time. That a variable is set does not say so: all that is started
# from here inherits it, and another script of this kind, or this one for another
# ARCHIVE, would go without its lock. So the variable holds the name of the lock
# and the pid of this shell, which exec gives to fasten: the second time, and
# never else, that is our parent. A variable that says something else leads to
# fasten once more, which lets nobody in twice.
#
# The lock is a file that nobody replaces. ARCHIVE is replaced by mv, and "$0" by
# editors and updates: the old and the new one would not exclude each other.
#
# --linger: if this shell is killed, tar goes on writing, and has the lock until
# it ends. (A script that starts a daemon does without --linger.)
set -eu
folder=$1
archive=$2
lock=$archive.lock

if [ "${FASTENED-}" != "$PPID $lock" ]; then
    export FASTENED="$$ $lock"
    exec fasten exclusive -n --linger "$lock" -- sh "$0" "$@"
fi

tar -cf "$archive.new" -C "$folder" .
mv "$archive.new" "$archive"

#!/bin/sh
# One instance of a script at a time.
#
#     self-locking.sh DIRECTORY ARCHIVE
#
# packs DIRECTORY into ARCHIVE. While one instance does, a second one for the same
# ARCHIVE names the first and exits with 75.
#
# The script starts itself again under the lock, and then has to know that this is
# the second time. It is not enough that a variable is set: every process that this
# script starts inherits it, and another script of this kind, or this one for another
# ARCHIVE, would run without its lock. So the variable holds the name of the lock
# and the pid of this shell, which exec gives to fasten: the second time, and at no
# other time, that is our parent. If the variable holds anything else, the script runs
# fasten again, which never grants the lock twice.
#
# ${BASH:-sh} is the shell that runs this: a copy that begins with #!/bin/bash goes
# on with bash. It does not matter whether the script was found by its path or in PATH.
#
# A script that has one lock for all its instances names it by an absolute path:
# a relative one is another lock in another directory.
#
# The lock is a file that is never replaced. mv replaces ARCHIVE, and editors and
# updates replace "$0": the old and the new file would not exclude each other.
#
# --linger: if this shell is killed, tar goes on writing, and has the lock until
# it ends. (A script that starts a daemon leaves --linger out.)
set -eu
directory=$1
archive=$2
lock=$archive.lock

if [ "${FASTENED-}" != "$PPID $lock" ]; then
    export FASTENED="$$ $lock"
    exec fasten exclusive -n --linger "$lock" -- "${BASH:-sh}" "$0" "$@"
fi

tar -cf "$archive.new" -C "$directory" .
mv "$archive.new" "$archive"

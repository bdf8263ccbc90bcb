#!/bin/sh
# Many processes read a cache; the first one that finds it stale refreshes it for everyone.
#
#     cache.sh DIRECTORY MINUTES COMMAND [ARG]...
#
# prints DIRECTORY/list, which COMMAND has written less than MINUTES ago. A checksum
# lies beside it, and the two are replaced one after the other; the lock makes that
# one step. If a refresh is killed in between, the sum does not fit, and the next
# process that looks writes both again.
#
# write converts the lock for reading into one for writing. Of several processes that
# try, one gets it and the others are refused at once, because each would wait until
# the other stops reading. These unlock, queue as writers, and look again: by then the
# work is done. read converts the lock back, and no other writer gets in between.
#
# COMMAND inherits the lock: if this shell is killed, COMMAND goes on writing to
# list.new, and no other process does until COMMAND ends.
set -eu
directory=$1
minutes=$2
shift 2

is_fresh() {
    [ -n "$(find "$directory" -name list -mmin "-$minutes")" ] &&
        [ "$(cksum <"$directory/list")" = "$(cat "$directory/sum")" ]
}

exec 9>>"$directory/lock"
fasten read --fd 9
if ! is_fresh; then
    fasten write -q --fd 9 || { fasten unlock --fd 9 && fasten write --fd 9; }
    if ! is_fresh; then
        "$@" >"$directory/list.new"
        cksum <"$directory/list.new" >"$directory/sum.new"
        mv "$directory/sum.new" "$directory/sum"
        mv "$directory/list.new" "$directory/list"
    fi
    fasten read --fd 9
fi
cat "$directory/list"

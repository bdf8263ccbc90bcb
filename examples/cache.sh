#!/bin/sh
# Many read a cache; whoever finds it old makes it new, once for all.
#
#     cache.sh FOLDER MINUTES COMMAND [ARG]...
#
# prints FOLDER/list, which COMMAND has written less than MINUTES ago. A checksum
# lies beside it, and the two are replaced one after the other; the lock makes one
# thing of them. Killed in between, a refresh leaves a sum that does not fit, and
# the next one who looks makes both anew.
#
# write turns the lock for reading into one for writing. Of several who want that
# one is let in and the others are refused at once, for each would wait until the
# other one reads no more. These unlock, stand in line as writers, and look again:
# by then the work is done. read turns the lock back, and nobody writes in between.
#
# COMMAND inherits the lock: if this shell is killed, COMMAND goes on writing to
# list.new, and nobody else does until it ends.
set -eu
folder=$1
minutes=$2
shift 2

is_fresh() {
    [ -n "$(find "$folder" -name list -mmin "-$minutes")" ] &&
        [ "$(cksum <"$folder/list")" = "$(cat "$folder/sum")" ]
}

exec 9>>"$folder/lock"
fasten read --fd 9
if ! is_fresh; then
    fasten write -q --fd 9 || { fasten unlock --fd 9 && fasten write --fd 9; }
    if ! is_fresh; then
        "$@" >"$folder/list.new"
        cksum <"$folder/list.new" >"$folder/sum.new"
        mv "$folder/sum.new" "$folder/sum"
        mv "$folder/list.new" "$folder/list"
    fi
    fasten read --fd 9
fi
cat "$folder/list"

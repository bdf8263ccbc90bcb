#!/bin/sh
# A lock around a part of a script.
#
#     critical-section.sh DIRECTORY COMMAND [ARG]...
#
# takes the next number from DIRECTORY/number, and runs COMMAND with it as $NUMBER.
# However many scripts do so at once, each gets a number of its own. COMMAND runs
# without the lock and may take its time.
#
# The lock belongs to descriptor 9, and so to this script and every process that it
# starts: it is held until the script unlocks it, or the last of them has ended. If the
# script is killed at any point, it leaves no lock, and the old number or the new one,
# because mv replaces the file in one step. The lock is a separate file because of
# that mv.
#
# Without a lock, fasten exits with 75 (or with 66 and the like), and set -e ends
# the script with the same code. Mind that set -e does nothing in a function that
# is called after if or before ||.
set -eu
directory=$1
shift

exec 9>>"$directory/number.lock"
fasten exclusive -w 1m --fd 9

NUMBER=1
if [ -e "$directory/number" ]; then
    NUMBER=$(($(cat "$directory/number") + 1))
fi
echo "$NUMBER" >"$directory/number.new"
mv "$directory/number.new" "$directory/number"

# Closing alone would do here: no process that was started above still runs.
fasten unlock --fd 9
exec 9>&-

export NUMBER
exec "$@"

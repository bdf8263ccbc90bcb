#!/bin/sh
# A lock around a part of a script.
#
#     critical-section.sh FOLDER COMMAND [ARG]...
#
# draws the next number from FOLDER/number, and runs COMMAND with it as $NUMBER.
# However many do so at once, no number is drawn twice. COMMAND runs without the
# lock and may take its time.
#
# The lock belongs to descriptor 9, and so to this script and all that it starts:
# it is held until it is given back, or the last of them is gone. Killed at any
# point, the script leaves no lock behind, and the old number or the new one, for
# mv replaces the file at once. The lock is a file of its own because of that mv.
#
# Without a lock, fasten ends with 75 (or with 66 and the like), and set -e ends
# the script with the same code. Mind that set -e does nothing in a function that
# is called after if or before ||.
set -eu
folder=$1
shift

exec 9>>"$folder/number.lock"
fasten exclusive -w 1m --fd 9

NUMBER=1
if [ -e "$folder/number" ]; then
    NUMBER=$(($(cat "$folder/number") + 1))
fi
echo "$NUMBER" >"$folder/number.new"
mv "$folder/number.new" "$folder/number"

# Closing alone would do here: nothing that was started above is left over.
fasten unlock --fd 9
exec 9>&-

export NUMBER
exec "$@"

#!/bin/sh
# A cron job that skips its turn while the last one still works.
#
#     */5 * * * * /usr/local/bin/cron.sh /var/log/shop
#
# compresses the logs of a directory that are older than an hour. A turn that is
# skipped is not a failure: it exits with 0 and prints nothing, so cron sends no mail.
# Every other failure is printed, because cron mails the output and ignores the code.
#
# -n does not wait, -E 0 makes "busy" a success, and -q keeps fasten from printing
# that, but no error. find and gzip may fail without a word, so every code other than 0
# gets a line here.
#
# The directory is its own lock. --no-create: otherwise fasten would create a file in
# its place if it does not exist. --linger: if find is killed, gzip goes on, and has the
# lock until it ends.
#
# cron's PATH is /usr/bin:/bin. If fasten is elsewhere, set PATH in the crontab.
set -eu
directory=$1

fasten exclusive -n -q -E 0 --no-create --linger "$directory" -- \
    find "$directory" -name '*.log' -mmin +60 -exec gzip {} + || {
    code=$?
    echo "$0: $directory: ended with $code; what 64 to 127 mean is in fasten(1)" >&2
    exit "$code"
}

#!/bin/sh
# A cron job that skips its turn while the last one is still at work.
#
#     */5 * * * * /usr/local/bin/cron.sh /var/log/shop
#
# compresses the logs of a folder that are older than an hour. A turn that is
# skipped is no failure: it ends with 0 and says nothing, so cron sends no mail.
# Whatever else goes wrong is said, for cron mails what is said and knows no codes.
#
# -n does not wait, -E 0 makes "busy" a success, and -q keeps fasten from saying
# it. But -q keeps it from saying anything, a folder that is not there for one; so
# every code that is not 0 gets a line here.
#
# The folder is its own lock; --no-create, or a file would be made in its place if
# it is not there. --linger: if find is killed, gzip goes on, and has the lock
# until it ends.
#
# cron's PATH is /usr/bin:/bin. If fasten is elsewhere, set PATH in the crontab.
set -eu
folder=$1

fasten exclusive -n -q -E 0 --no-create --linger "$folder" -- \
    find "$folder" -name '*.log' -mmin +60 -exec gzip {} + || {
    code=$?
    echo "$0: $folder: ended with $code; what 64 to 127 mean is in fasten(1)" >&2
    exit "$code"
}

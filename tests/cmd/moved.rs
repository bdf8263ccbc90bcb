//! The path may come to lead to another file while others wait.

use std::fs;

use crate::support::{Place, until, waits};

/// Eight contenders, in a shared memory of their own. The last thing that a writer does inside is to remove the lock
/// file, or to put another one in its place, under those that wait for it. Each notes that another was there at the
/// same time, and every exit code but 0 and 75.
const CONTENDERS: &str = r#"
mount -t tmpfs none /dev/shm || exit
end=$((SECONDS + 30))
alone='[ -e inside ] && echo "beside a writer" >>wrong; [ -z "$(ls -d reading.* 2>&-)" ] || echo "beside a reader" >>wrong'
remove="$alone; mkdir inside; echo >>count; rmdir inside; rm -f a.lock"
replace="$alone; mkdir inside; echo >>count; rmdir inside; touch new.\$\$; mv new.\$\$ a.lock"
reads='[ -e inside ] && echo "a reader" >>wrong; touch reading.$$; echo >>count; rm reading.$$; :'
contend() {
    while [ $SECONDS -lt $end ]; do
        "$FASTEN" $1 $FAMILY -q a.lock -c "$2"
        case $? in 0 | 75) ;; *) echo "$1: $?" >>wrong ;; esac
    done
}
contend exclusive "$remove" & contend write "$replace" & contend "write --prefer writer" "$remove" &
contend "write -n" "$replace" & contend "exclusive -w 20ms" "$replace" & contend "write -w 20ms" "$remove" &
contend read "$reads" & contend "read -w 20ms" "$reads" &
wait
ls -A /dev/shm >>wrong"#;

fn never_two(family: &str) {
    let place = Place::new();
    place.program("unshare").args(["--mount", "bash", "-c", CONTENDERS]).env("FAMILY", family).run();
    assert_eq!(place.text("wrong"), "");
    let count = place.text("count").lines().count();
    assert!(count > 100, "{count} in 30 s");
}

#[test]
fn removing_and_replacing_the_lock_file_lets_nobody_in_beside_the_holder() {
    never_two("");
}

#[test]
fn so_it_is_in_the_fcntl_family() {
    never_two("--fcntl");
}

#[test]
fn a_waiter_whose_file_was_replaced_waits_for_the_holder_of_the_new_one() {
    let place = Place::new();
    let first = place.hold("exclusive");
    let waiter = place.waiter("exclusive -q -w 60 a.lock -- true");
    fs::remove_file(&place.lock).unwrap();
    fs::write(&place.lock, "").unwrap();
    let second = place.hold("exclusive");
    first.leave();
    until("it waits for the new file", || waits(waiter.pid, &place.lock));
    second.leave();
    waiter.leave();
}

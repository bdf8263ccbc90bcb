//! cron.sh: a turn is skipped in silence, and everything else is said.

use std::fs;

use super::stage::{STAYS, kill_script, said, stage};
use crate::support::{Place, until};

const COMPRESS: [&str; 2] = ["cron.sh", "logs"];

fn place() -> Place {
    let place = stage();
    fs::create_dir(place.path("logs")).unwrap();
    for log in ["old.log", "new.log"] {
        fs::write(place.path("logs").join(log), "data").unwrap();
    }
    place.run(&["touch", "-d", "2 hours ago", "logs/old.log"]);
    place
}

#[test]
fn a_turn_is_skipped_silently_while_the_last_one_is_at_work() {
    let place = place();
    place.replace("gzip", &format!("{STAYS}; exec REAL \"$@\""));
    let mut first = place.start(&COMPRESS);
    first.line();
    let skipped = place.run(&COMPRESS);
    assert_eq!(skipped.status.code(), Some(0));
    assert_eq!(said(&skipped), (String::new(), String::new()));
    first.leave();
    assert_eq!(place.text("log"), "in\nout\n");
    assert!(place.path("logs/old.log.gz").exists() && place.path("logs/new.log").exists());
}

#[test]
fn every_other_failure_is_said_in_one_line_at_least() {
    let place = place();
    for (line, directory, code) in [("exit 3", "logs", 1), ("", "none", 69), ("", "logs/new.log/none", 66)] {
        place.replace("gzip", line);
        let failed = place.run(&["cron.sh", directory]);
        assert_eq!(failed.status.code(), Some(code), "{directory}: {failed:?}");
        let (_, complaint) = said(&failed);
        assert!(complaint.ends_with(" is in fasten(1)\n"), "{complaint}");
        assert!(!place.path("none").exists());
        assert!(complaint.contains(&format!("cron.sh: {directory}: ended with {code}")), "{complaint}");
    }
}

#[test]
fn killed_it_leaves_the_lock_to_what_is_still_at_work() {
    let place = place();
    place.replace("gzip", &format!("{STAYS}; exec REAL \"$@\""));
    let mut first = place.start(&COMPRESS);
    let find = first.line().parse().unwrap();
    kill_script(&first, find);
    assert_eq!(place.run(&COMPRESS).status.code(), Some(0));
    assert_eq!(place.text("log"), "in\n", "skipped");
    first.tell("");
    until("gzip has ended", || place.nobody_has("logs"));
    assert!(place.path("logs/old.log.gz").exists());
}

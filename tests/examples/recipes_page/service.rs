//! The units of systemd: what systemd-analyze(1) says of them, and what their line does with the signals of systemd.

use super::{file_of, holder, is_free, logged, recipe, until_logged};
use crate::machine::Machine;
use crate::support::{complaint, refused_by_name, report, until};

/// With this backup, and with the units where systemd-analyze can be shown them.
fn machine(backup: &str) -> Machine {
    let machine = Machine::new();
    machine.stub("backup", backup);
    machine.write("backup.service", &recipe("[Service]"));
    machine.write("backup.timer", &recipe("[Timer]"));
    machine
}

/// The words of `ExecStart=`.
fn line() -> String {
    let unit = recipe("[Service]");
    let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    assert!(
        line.starts_with('/') && !line.contains(['$', '%', '"', '\'', '\\']),
        "systemd has nothing to expand"
    );
    line.to_owned()
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    let machine = machine("exit 0");
    let verify = ["systemd-analyze", "verify", "./backup.service", "./backup.timer"];
    machine.run(&verify).stdout("").stderr("").run();
    let replaced = recipe("[Service]").replace("[Service]", "[Service]\nSuccessExitStatus=75");
    machine.write("backup.service", &replaced.replace("-E 0 ", ""));
    machine.run(&verify).stdout("").stderr("").run();
    machine.write("backup.service", &replaced.replace("KillMode", "KilMode"));
    assert!(complaint(&machine.run(&verify).output()).contains("KilMode"), "it does find mistakes");
}

#[test]
fn a_service_that_finds_another_backup_succeeds_and_names_it() {
    let machine = machine("echo ran >>log; exit 3");
    let holder = holder(&machine, "exclusive machine:backup");
    let said = complaint(&refused_by_name(|| machine.sh(&line()).stdout("").run()));
    assert!(said.contains("machine:backup"), "{said}");
    machine.sh(&line().replace("-E 0 ", "")).code(75).run();
    assert_eq!(logged(&machine, "ran"), 0);
    holder.leave();
    machine.sh(&line()).code(3).run();
    assert_eq!(logged(&machine, "ran"), 1);
}

#[test]
fn sigterm_to_the_main_process_reaches_the_backup_once_and_fasten_stays_until_it_has_ended() {
    let script =
        "sleep 1000 & trap \"kill $!; echo caught >>log; read -r line; exit 4\" TERM; echo $$ >>log; wait";
    let machine = machine(script);
    let mut main = machine.sh(&format!("exec {}", line())).start();
    until("it is in", || machine.text("log").ends_with('\n'));
    main.signal("TERM");
    until_logged(&machine, "caught", 1);
    assert!(!main.has_ended() && !is_free(&machine, "machine:backup"));
    assert!(machine.place.path(file_of("backup")).exists());
    main.ends(4);
    assert_eq!(logged(&machine, "caught"), 1);
    assert!(is_free(&machine, "machine:backup"));
}

#[test]
fn without_a_process_in_between_the_backup_is_the_main_process() {
    let machine = machine("echo $$; read -r line; exit 0");
    let mut main = machine.sh(&format!("exec {}", line().replace("exclusive", "exclusive -F"))).start();
    assert_eq!(main.line(), main.pid.to_string());
    let status = report(&machine.run(&["fasten", "status", "machine:backup"]).code(75).run());
    assert!(status.contains(&main.pid.to_string()), "{status}");
    main.leave();
}

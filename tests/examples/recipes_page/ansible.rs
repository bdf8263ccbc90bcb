//! A playbook, played on this machine.

use super::{holder, logged, recipe};
use crate::machine::Machine;
use crate::support::report;

/// Plays the recipe; the end of what ansible says, and its code.
fn play(machine: &Machine) -> (String, Option<i32>) {
    machine.write("site.yml", &recipe("ansible.builtin.command"));
    let words = ["env", "HOME=/root", "LC_ALL=C.UTF-8", "ansible-playbook"];
    let played =
        machine.run(&[&words[..], &["-i", "localhost,", "-c", "local", "site.yml"]].concat()).output();
    let said = report(&played);
    let recap = said.split_once("PLAY RECAP").unwrap_or_else(|| panic!("{played:?}")).1;
    (recap.split_whitespace().collect::<Vec<_>>().join(" "), played.status.code())
}

#[test]
fn a_playbook_deploys_or_skips_it_and_a_deployment_that_fails_is_a_failure() {
    let machine = Machine::new();
    machine.stub("deploy", "echo in >>log; exit $(cat code)");
    machine.write("code", "0");
    let (recap, code) = play(&machine);
    assert!(recap.contains("ok=1 changed=1 unreachable=0 failed=0") && code == Some(0), "{recap}");

    let holder = holder(&machine, "exclusive machine:deploy");
    let (recap, code) = play(&machine);
    assert!(recap.contains("ok=1 changed=0 unreachable=0 failed=0") && code == Some(0), "{recap}");
    holder.leave();
    assert_eq!(logged(&machine, "in"), 1);

    machine.write("code", "3");
    let (recap, code) = play(&machine);
    assert!(recap.contains("failed=1") && code == Some(2), "{recap}");
    assert_eq!(logged(&machine, "in"), 2);
}

//! The entrypoint of a container, as process 1 of a process namespace with its own `/dev/shm`.

use std::fs;

use super::{is_free, logged, recipe, until_logged};
use crate::machine::Machine;
use crate::support::{Program, Running, complaint, report, send, until};

const LOCK: &str = "/srv/locks/migrate.lock";

fn machine(migrate: &str) -> Machine {
    let machine = Machine::new();
    machine.stub("./migrate", migrate);
    fs::create_dir(machine.path("/srv/locks")).unwrap();
    machine
}

/// The words of ENTRYPOINT and CMD: the arrays are JSON.
fn words() -> Vec<String> {
    let file = recipe("ENTRYPOINT");
    let lines = file.lines().map(|line| line.split_once(' ').unwrap());
    lines.flat_map(|(_, array)| serde_json::from_str::<Vec<String>>(array).unwrap()).collect()
}

/// Words that run as process 1 of a container.
fn contained(machine: &Machine, words: &[impl AsRef<str>]) -> Program {
    let enter = ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc", "sh", "-ec"];
    let own = ["mount -t tmpfs none /dev/shm; exec \"$@\"", "sh"];
    let words = words.iter().map(AsRef::as_ref);
    machine.run(&enter.into_iter().chain(own).chain(words).collect::<Vec<_>>())
}

fn start(machine: &Machine) -> Running {
    contained(machine, &words()).start()
}

/// Its process 1, as the host sees it.
fn process_1(container: &Running) -> u32 {
    let children = format!("/proc/{0}/task/{0}/children", container.pid);
    fs::read_to_string(children).unwrap().trim().parse().unwrap()
}

#[test]
fn two_containers_do_it_one_after_the_other_and_say_what_they_wait_for() {
    let machine = machine("echo in >>log; read -r line; echo out >>log");
    let first = start(&machine);
    until_logged(&machine, "in", 1);
    let mut second = start(&machine);
    let mut said = second.complaint();
    while !said.contains("waiting") {
        said = second.complaint();
    }
    assert!(said.contains(LOCK) && !said.contains("migrate (pid"), "{said}");
    first.leave();
    second.leave();
    assert_eq!(machine.text("log"), "in\nout\nin\nout\n");
}

#[test]
fn the_host_sees_the_holder_and_another_container_does_not() {
    let machine = machine("echo in >>log; read -r line; exit 0");
    let first = start(&machine);
    until_logged(&machine, "in", 1);
    let host = report(&machine.run(&["fasten", "status", LOCK]).code(75).run());
    assert!(host.contains("./migrate"), "{host}");
    let container = report(&contained(&machine, &["fasten", "status", LOCK]).code(75).run());
    assert!(container.contains("unknown"), "{container}");
    let refused = contained(&machine, &["fasten", "exclusive", "-n", LOCK, "--", "true"]).code(75).run();
    assert!(complaint(&refused).contains(": busy"), "{refused:?}");
    first.leave();
}

#[test]
fn a_signal_ends_a_container_that_waits_and_reaches_the_command_of_one_that_runs() {
    let machine =
        machine("sleep 1000 & trap \"kill $!; echo caught >>log; exit 5\" TERM; echo in >>log; wait");
    let first = start(&machine);
    until_logged(&machine, "in", 1);
    let waiter = start(&machine);
    until("it waits", || machine.place.waiting("srv/locks/migrate.lock") == 1);
    send("TERM", process_1(&waiter));
    waiter.ends(143);
    send("TERM", process_1(&first));
    first.ends(5);
    assert_eq!(logged(&machine, "caught"), 1);
    assert!(is_free(&machine, LOCK));
}

#[test]
fn a_command_that_dies_by_a_signal_ends_the_container_with_its_number() {
    for (signal, code) in [("TERM", 143), ("KILL", 137)] {
        let machine = machine(&format!("kill -{signal} $$"));
        start(&machine).ends(code);
    }
}

/// Each has a `/dev/shm` of its own, and an order of its own only there.
#[test]
fn readers_and_a_writer_and_slots_exclude_each_other_between_containers() {
    let machine = machine("exit 0");
    let stays = ["--", "sh", "-c", "echo in; read -r line; exit 0"];
    let words = |own: &str| -> Vec<String> {
        format!("fasten {own} {LOCK}").split(' ').map(str::to_owned).chain(stays.map(str::to_owned)).collect()
    };
    for (first, second) in [("read", "write -n"), ("write", "read -n"), ("slot -j 1", "slot -n -j 1")] {
        let mut holder = contained(&machine, &words(first)).start();
        holder.line();
        contained(&machine, &words(second)).code(75).run();
        holder.leave();
        contained(&machine, &words(second)).run();
    }
}

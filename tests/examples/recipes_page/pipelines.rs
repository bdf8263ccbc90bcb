//! Jobs of GitLab and Jenkins: their lines for the shell, as one runner would run them beside each other.

use super::{file_of, logged, recipe, until_logged};
use crate::machine::Machine;
use crate::support::{Program, complaint, refused_by_name, report, until};

fn machine() -> Machine {
    let machine = Machine::new();
    for program in ["run-tests", "deploy"] {
        let stub = format!("./{program}");
        machine.stub(&stub, &format!("echo {program} >>log; read -r line; echo end of {program} >>log"));
    }
    machine
}

/// What a parser of YAML says of the path in the file.
fn gitlab(path: &str) -> String {
    let script =
        "import json, sys, yaml; print(json.dumps(eval('yaml.safe_load(sys.argv[1])' + sys.argv[2])))";
    let parsed = Program::new("python3").args(["-c", script, &recipe("allow_failure"), path]).run();
    serde_json::from_str::<serde_json::Value>(&report(&parsed))
        .unwrap()
        .to_string()
        .trim_matches('"')
        .to_owned()
}

fn tests() -> String {
    gitlab("['test']['script'][0]")
}

fn deploy() -> String {
    gitlab("['deploy']['script'][0]")
}

#[test]
fn both_systems_run_the_same_lines_and_know_what_75_means() {
    assert_eq!(gitlab("['test']['allow_failure']['exit_codes']"), "75");
    let jenkins = recipe("unstable(");
    for line in [tests(), deploy()] {
        assert!(jenkins.contains(&format!("'{line}'")), "{line}");
    }
    assert!(jenkins.contains("code == 75"));
}

#[test]
fn tests_run_together_and_a_deployment_alone() {
    let machine = machine();
    let (first, second) = (machine.sh(&tests()).start(), machine.sh(&tests()).start());
    until_logged(&machine, "run-tests", 2);
    let mut writer = machine.sh(&deploy()).start();
    let mut said = writer.complaint();
    while !said.contains("waiting for machine:staging") {
        said = writer.complaint();
    }
    assert!(said.contains("./run-tests") || said.contains("held by"), "{said}");
    until("the writer waits", || machine.place.waiting(&file_of("staging")) == 1);
    first.leave();
    second.leave();
    until_logged(&machine, "deploy", 1);
    writer.leave();
}

#[test]
fn a_job_that_did_not_get_its_turn_in_time_ends_with_75_and_names_the_holder() {
    let machine = machine();
    let writer = machine.sh(&deploy()).start();
    until_logged(&machine, "deploy", 1);
    let job = || machine.sh(&tests().replace("-w 10m", "-w 0.1")).code(75).run();
    let said = complaint(&refused_by_name(job));
    assert!(said.lines().last().unwrap().contains("./deploy"), "{said}");
    writer.leave();
    assert_eq!(logged(&machine, "run-tests"), 0);
}

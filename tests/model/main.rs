//! A model of the gate protocol (src/lock/gates.rs), of conversions (`src/lock/upgrade.rs`) and of
//! slots, walked through state by state.
//!
//! The real locks can only be tried a few thousand times, and the interleavings that break such a
//! protocol are the rare ones. Here a few clients take every interleaving there is, with a fault at
//! every step. Each check stands beside a broken protocol that it must reject, so that a check that
//! cannot fail is noticed.
//!
//! What holds depends on how soon a woken sleeper asks again (`kernel::Wake`); the tests say for
//! which they hold, and some pin down what does *not* hold, so that the manual does not promise it.

mod broken;
mod coalescing;
mod conversion;
mod endless;
mod fairness;
mod gate_file;
mod kernel;
mod moves;
mod passing;
mod properties;
mod protocol;
mod refusal;
mod safety;
mod slots;
mod starvation;
mod state;
mod system;

use kernel::{RECORDS, Wake};
use properties::Claim;
use protocol::Program;
use stateright::{Checker, Model};
use system::{Fault, System};

const WAKES: [Wake; 4] = [Wake::Any, Wake::Prompt, Wake::Brief, Wake::InOrder];

/// All come once, nothing goes wrong.
fn once(programs: &[Program]) -> System {
    let programs = programs.to_vec();
    System {
        wake: Wake::Any,
        programs,
        rounds: Some(1),
        faults: 0,
        fault: Fault::Die,
        records: RECORDS,
        bound: 0,
        claims: &[],
    }
}

/// All come again without end.
fn endless(programs: &[Program]) -> System {
    System { rounds: None, ..once(programs) }
}

impl System {
    fn wake(self, wake: Wake) -> Self {
        Self { wake, ..self }
    }

    fn rounds(self, rounds: u8) -> Self {
        Self { rounds: Some(rounds), ..self }
    }

    fn faults(self, faults: u8, fault: Fault) -> Self {
        Self { faults, fault, ..self }
    }

    fn records(self, records: u32) -> Self {
        Self { records, ..self }
    }

    fn bound(self, bound: u8) -> Self {
        Self { bound, ..self }
    }

    #[track_caller]
    fn holds(self, claims: &'static [Claim]) {
        let checker = Self { claims, ..self }.checker().spawn_bfs().join();
        assert!(checker.is_done());
        if std::env::var_os("MODEL_COUNTS").is_some() {
            let System { wake, programs, rounds, faults, .. } = checker.model();
            let states = checker.unique_state_count();
            println!(
                "{states} states: {} clients, rounds {rounds:?}, {faults} faults, {wake:?}",
                programs.len()
            );
        }
        checker.assert_properties();
    }

    #[track_caller]
    fn breaks(self, claim: &'static [Claim; 1]) {
        let checker = Self { claims: claim, ..self }.checker().spawn_bfs().join();
        let way = checker.assert_any_discovery(claim[0].text());
        if std::env::var_os("MODEL_COUNTS").is_some() {
            println!("{}: {:?}", claim[0].text(), way.into_actions());
        }
    }
}

//! A model of --coalesce (`src/lock/coalesce.rs`) by itself: the main lock, the byte COALESCE, and the starts.
//!
//! Each client comes once, and may die at any step before its command starts; then the kernel releases what it has.
//! The gates are left out: they decide who gets the main lock next, and here that may be anybody.

use stateright::{Checker, Model, Property};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Looks at COALESCE, and leaves if another client has it.
    Look,
    /// Looks at the main lock instead.
    LookAtMain,
    /// Takes the main lock if it is free, and goes on to the start.
    TryMain,
    /// Takes COALESCE if it is free, or leaves.
    TryByte,
    WaitForMain,
    DropByte,
    Start,
    End,
}

use Step::{DropByte, End, Look, LookAtMain, Start, TryByte, TryMain, WaitForMain};

const REQUEST: &[Step] = &[Look, TryMain, TryByte, WaitForMain, DropByte, Start, End];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Client {
    at: usize,
    is_over: bool,
    has_main: bool,
    has_byte: bool,
    has_left: bool,
    /// It has looked, and no command has started since.
    is_due: bool,
    /// It has left because of one that has died before its start.
    is_excused: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    clients: Vec<Client>,
    deaths: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Step(usize),
    Die(usize),
}

struct Requests {
    steps: &'static [Step],
    clients: usize,
    deaths: usize,
}

const COVERED: &str = "one that has left is covered by a start that is still to come";
const ONE_WAITS: &str = "one waits at most";
const EXCLUSION: &str = "one runs at most";
const NOBODY_STUCK: &str = "nobody is stuck";

impl Requests {
    fn step(&self, client: &Client) -> Step {
        self.steps[client.at]
    }

    fn can_move(&self, state: &State, client: &Client) -> bool {
        let waits =
            |client| self.step(client) == WaitForMain && state.clients.iter().any(|other| other.has_main);
        !client.is_over && !waits(client)
    }

    fn has_started(&self, client: &Client) -> bool {
        self.steps[..client.at].contains(&Start)
    }
}

impl Model for Requests {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State { clients: vec![Client::default(); self.clients], deaths: self.deaths }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for (i, client) in state.clients.iter().enumerate() {
            if self.can_move(state, client) {
                actions.push(Action::Step(i));
            }
            if state.deaths > 0 && client.at > 0 && !client.is_over && !self.has_started(client) {
                actions.push(Action::Die(i));
            }
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        let (main_is_held, byte_is_held) =
            (last.clients.iter().any(|one| one.has_main), last.clients.iter().any(|one| one.has_byte));
        let i = match action {
            Action::Die(i) => {
                state.deaths -= 1;
                state.clients[i] = Client { is_over: true, ..Client::default() };
                state.clients.iter_mut().for_each(|one| one.is_excused |= one.has_left && one.is_due);
                return Some(state);
            }
            Action::Step(i) => i,
        };
        let step = self.step(&state.clients[i]);
        let client = &mut state.clients[i];
        client.at += 1;
        match step {
            Look => (client.is_due, client.has_left) = (true, byte_is_held),
            LookAtMain => (client.is_due, client.has_left) = (true, main_is_held),
            TryMain if !main_is_held => {
                client.has_main = true;
                client.at = self.steps.iter().position(|step| *step == Start).unwrap();
            }
            TryMain => {}
            TryByte => (client.has_byte, client.has_left) = (!byte_is_held, byte_is_held),
            WaitForMain => client.has_main = true,
            DropByte => client.has_byte = false,
            Start => state.clients.iter_mut().for_each(|one| one.is_due = false),
            End => client.has_main = false,
        }
        let client = &mut state.clients[i];
        client.is_over = client.has_left || client.at == self.steps.len();
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(COVERED, |model: &Self, state: &State| {
                let will_start =
                    |one: &Client| !one.is_over && !model.has_started(one) && (one.has_byte || one.has_main);
                let is_safe = |one: &Client| !(one.has_left && one.is_due) || one.is_excused;
                state.clients.iter().any(will_start) || state.clients.iter().all(is_safe)
            }),
            Property::always(ONE_WAITS, |model: &Self, state: &State| {
                let waits = |one: &&Client| !one.is_over && model.step(one) == WaitForMain;
                state.clients.iter().filter(waits).count() < 2
            }),
            Property::always(EXCLUSION, |_, state: &State| {
                state.clients.iter().filter(|one| one.has_main).count() < 2
            }),
            Property::always(NOBODY_STUCK, |model: &Self, state: &State| {
                let moves = |one: &Client| model.can_move(state, one);
                state.clients.iter().any(moves) || state.clients.iter().all(|one| one.is_over)
            }),
        ]
    }
}

#[test]
fn no_request_leaves_without_a_later_start_and_one_waits_at_most_whoever_dies() {
    for deaths in 0..3 {
        let checker = Requests { steps: REQUEST, clients: 4, deaths }.checker().spawn_bfs().join();
        assert!(checker.is_done());
        checker.assert_properties();
    }
}

#[track_caller]
fn breaks(steps: &'static [Step], claim: &'static str) {
    Requests { steps, clients: 4, deaths: 0 }.checker().spawn_bfs().join().assert_any_discovery(claim);
}

#[test]
fn one_that_covers_others_while_it_runs_is_found() {
    breaks(&[Look, TryMain, TryByte, WaitForMain, Start, DropByte, End], COVERED);
}

#[test]
fn one_that_leaves_because_another_runs_is_found() {
    breaks(&[LookAtMain, TryMain, TryByte, WaitForMain, DropByte, Start, End], COVERED);
}

#[test]
fn one_that_is_not_seen_until_it_holds_the_lock_is_found() {
    breaks(&[Look, TryMain, TryByte, DropByte, WaitForMain, Start, End], ONE_WAITS);
}

#[test]
fn one_that_only_looks_is_found() {
    breaks(&[Look, TryMain, WaitForMain, DropByte, Start, End], ONE_WAITS);
}

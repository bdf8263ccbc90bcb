//! The state machine that stateright walks through: clients, each at a step of its program, and the
//! locks they hold.
//!
//! An action is one system call of one client, the kernel waking one sleeper, or a fault. A fault
//! is a death (a kill, a timeout: the gate file goes at once with all that is held in it, the main
//! lock when the command ends) or a suspension (SIGSTOP: nothing goes), or a loss: a close
//! elsewhere in the process takes its record locks away, and it does not notice. Deaths after the
//! start leave an orphan, a command that runs without its wrapper.
//!
//! With `rounds` the runs are finite, and every action is checked to raise `rank`: no run can go in
//! circles, so "never stuck" means that everybody comes to an end. Without, the clients come again
//! without end.

use crate::kernel::{Lock, ON_LOCK_FILE, Wake};
use crate::properties::{self, Claim};
use crate::protocol::{FINDS_OUT, GIVES_UP, Mark, Program, Role, Step};
use crate::state::{Client, Mode, State};
use stateright::{Model, Property};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Step(usize),
    Wake(usize, Lock),
    Die(usize),
    Suspend(usize),
    LoseRecords(usize),
    CallOff(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The process; its command runs on and holds the main lock.
    Die,
    /// The same, but only while its command runs.
    DieRunning,
    /// The process, and its command runs on without the lock.
    DieAlone,
    /// At any step.
    Suspend,
    /// While it sleeps before a lock.
    SuspendAsleep,
    /// The process loses its classic record locks and does not know.
    LoseRecords,
    /// Any of these that leaves the main lock with its command.
    Any,
}

#[derive(Clone, Debug)]
pub struct System {
    pub wake: Wake,
    pub programs: Vec<Program>,
    pub rounds: Option<u8>,
    pub faults: u8,
    pub fault: Fault,
    /// What goes when the record locks are lost.
    pub records: u32,
    pub bound: u8,
    pub claims: &'static [Claim],
}

pub const MANY: u8 = 4;
/// So often nobody goes back in a run that comes to an end.
pub const LAPS: u8 = 8;

impl System {
    pub fn role(&self, i: usize) -> Role {
        self.programs[i].role
    }

    pub fn step(&self, state: &State, i: usize) -> Step {
        self.programs[i].steps[state.clients[i].at as usize]
    }

    pub fn grantable(state: &State, i: usize, lock: Lock) -> bool {
        let file = state.clients[i].file;
        let others = state.clients.iter().enumerate().filter(|(j, _)| *j != i);
        let met = others.map(|(_, client)| {
            let kept = if client.file == file { client.held } else { client.held & ON_LOCK_FILE };
            kept | client.aside | client.above
        });
        let own = state.clients[i].aside | state.clients[i].above;
        met.fold(own, |all, held| all | held) & lock.foes() == 0
    }

    fn wakeable(&self, state: &State, i: usize) -> bool {
        state.clients[i].mode == Mode::Blocked && self.first_grantable(state, i).is_some()
    }

    pub fn first_grantable(&self, state: &State, i: usize) -> Option<Lock> {
        match self.step(state, i).wanted() {
            Some(lock) => Self::grantable(state, i, lock).then_some(lock),
            None => self.grantables(state, i).next(),
        }
    }

    /// What it asks for and could have: of the slots it may be more than one.
    pub fn grantables<'a>(&'a self, state: &'a State, i: usize) -> impl Iterator<Item = Lock> + 'a {
        let slots = self.slept_for(state, i);
        let asked = self.step(state, i).wanted().into_iter().chain(slots);
        asked.filter(move |lock| Self::grantable(state, i, *lock))
    }

    /// Where it goes on if it does not wait any longer.
    pub fn way_out(&self, state: &State, i: usize) -> Option<Mark> {
        let ahead = &self.programs[i].steps[usize::from(state.clients[i].at)..];
        if let Step::TakeUnless(_, mark) = ahead[0] {
            return Some(mark);
        }
        if self.programs[i].slots == 0 {
            return None;
        }
        let ahead = ahead.split(|step| *step == Step::Descend).next().unwrap_or_default();
        [GIVES_UP, FINDS_OUT].into_iter().find(|mark| ahead.contains(&Step::Here(mark)))
    }

    /// The steps that are not faults.
    pub fn moves(&self, state: &State, actions: &mut Vec<Action>) {
        let patient = (0..state.clients.len()).any(|i| match self.wake {
            Wake::Any | Wake::InOrder => false,
            Wake::Prompt => self.wakeable(state, i),
            Wake::Brief => self.wakeable(state, i) || self.between_calls(state, i),
        });
        for (i, client) in state.clients.iter().enumerate() {
            match client.mode {
                Mode::Ready if patient && self.step(state, i).ends() => {}
                Mode::Orphan if patient && client.runs() => {}
                Mode::Ready | Mode::Refused | Mode::Orphan => {
                    actions.push(Action::Step(i));
                    if client.mode == Mode::Ready && self.slept_for(state, i).next().is_some() {
                        actions.extend(self.grantables(state, i).map(|lock| Action::Wake(i, lock)));
                    }
                }
                Mode::Blocked if self.wakeable(state, i) => {
                    actions.extend(self.grantables(state, i).map(|lock| Action::Wake(i, lock)));
                }
                Mode::Blocked if self.way_out(state, i) == Some(FINDS_OUT) => {
                    actions.push(Action::CallOff(i));
                }
                Mode::Blocked | Mode::Suspended | Mode::Gone => {}
            }
        }
    }

    fn rank(state: &State) -> usize {
        let rank = |client: &Client| match client.mode {
            Mode::Gone => 100_001,
            Mode::Orphan | Mode::Suspended => 100_000,
            Mode::Ready | Mode::Blocked | Mode::Refused => {
                let stays = usize::from(client.mode != Mode::Ready);
                let round = 90_000 - 4_000 * usize::from(client.rounds);
                round + 256 * usize::from(client.laps) + 2 * usize::from(client.at) + stays
            }
        };
        let faults_left = usize::from(state.faults);
        let asleep = |client: &Client| 6 - 2 * client.noted.count_ones() - client.aside.count_ones();
        let left = state.clients.iter().map(|client| asleep(client) as usize).sum::<usize>();
        16 * state.clients.iter().map(rank).sum::<usize>() + 100 - faults_left + left
    }
}

impl Model for System {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let client = Client::new(self.rounds.unwrap_or(1));
        let clients = vec![client; self.programs.len()];
        vec![State { clients, line: Vec::new(), faults: self.faults, name: 0, abandoned: false }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.moves(state, actions);
        for (i, client) in state.clients.iter().enumerate() {
            let alive = match client.mode {
                Mode::Ready => client.at > 0,
                Mode::Blocked | Mode::Refused => true,
                Mode::Orphan | Mode::Suspended | Mode::Gone => false,
            };
            let way_out = self.way_out(state, i);
            let surely = way_out == Some(FINDS_OUT) && !self.wakeable(state, i);
            if client.mode == Mode::Blocked && way_out.is_some() && !surely {
                actions.push(Action::CallOff(i));
            }
            if state.faults == 0 || !alive {
                continue;
            }
            if matches!(self.fault, Fault::Die | Fault::DieAlone | Fault::Any)
                || self.fault == Fault::DieRunning && client.running
            {
                actions.push(Action::Die(i));
            }
            if matches!(self.fault, Fault::Suspend | Fault::Any)
                || self.fault == Fault::SuspendAsleep && client.mode == Mode::Blocked
            {
                actions.push(Action::Suspend(i));
            }
            if matches!(self.fault, Fault::LoseRecords | Fault::Any) && client.held & self.records != 0 {
                actions.push(Action::LoseRecords(i));
            }
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Step(i) => self.advance(&mut state, i),
            Action::Wake(i, lock) => self.grant(&mut state, i, lock),
            Action::Die(i) => self.die(&mut state, i),
            Action::CallOff(i) => self.call_off(&mut state, i),
            Action::Suspend(i) => {
                state.faults -= 1;
                state.clients[i].mode = Mode::Suspended;
                state.line.retain(|&j| usize::from(j) != i);
            }
            Action::LoseRecords(i) => {
                state.faults -= 1;
                state.clients[i].held &= !self.records;
            }
        }
        state.number_files();
        if self.wake == Wake::InOrder {
            for i in state.line.clone() {
                let free = self.first_grantable(&state, i.into());
                if let Some(lock) = free {
                    self.grant(&mut state, i.into(), lock);
                }
            }
        } else {
            state.line.clear();
        }
        assert!(self.rounds.is_none() || Self::rank(&state) > Self::rank(last), "{action:?} goes back");
        Some(state)
    }

    fn within_boundary(&self, state: &State) -> bool {
        state.clients.iter().all(|client| client.laps <= LAPS)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::of(self.claims)
    }
}

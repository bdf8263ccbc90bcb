//! What one action does to the state, and the counting of who passed whom.
//!
//! A client counts as arrived when its first request is with the kernel, granted or asleep. It is passed by another that
//! begins to hold the main lock after that and before it does. Who holds already when a client arrives is not counted:
//! it passes nobody.

use crate::kernel::Lock::{Gate, Intent, Passage};
use crate::kernel::{Lock, MAIN};
use crate::protocol::{Role, Step};
use crate::system::{Fault, MANY, Mode, State, System};

impl System {
    pub fn advance(&self, state: &mut State, i: usize) {
        match state.clients[i].mode {
            Mode::Orphan => return Self::leave(state, i),
            Mode::Refused => return self.end_round(state, i),
            _ => {}
        }
        if state.clients[i].at == 0 {
            Self::arrive(state, i);
        }
        match self.programs[i].steps[usize::from(state.clients[i].at)] {
            Step::Take(lock) | Step::Try(lock) if Self::grantable(state, i, lock) => self.grant(state, i),
            Step::Test(lock) if Self::grantable(state, i, lock) => self.next(state, i),
            Step::Take(_) => {
                state.clients[i].mode = Mode::Blocked;
                state.line.push(i as u8);
            }
            Step::Try(_) | Step::Test(_) => state.clients[i].mode = Mode::Refused,
            Step::Drop(lock) => {
                state.clients[i].held &= !lock.bit();
                self.next(state, i);
            }
            Step::Begin => {
                state.clients[i].running = true;
                state.clients[i].ever_ran = true;
                self.next(state, i);
            }
            Step::End => {
                state.clients[i].running = false;
                self.next(state, i);
            }
        }
    }

    pub fn grant(&self, state: &mut State, i: usize) {
        let (Step::Take(lock) | Step::Try(lock)) = self.programs[i].steps[usize::from(state.clients[i].at)]
        else {
            unreachable!("only a request can be granted");
        };
        state.line.retain(|&j| usize::from(j) != i);
        state.clients[i].mode = Mode::Ready;
        if lock.bit() & MAIN != 0 && state.clients[i].held & MAIN == 0 {
            self.count(state, i);
        }
        state.clients[i].held |= lock.bit();
        self.next(state, i);
    }

    pub fn die(&self, state: &mut State, i: usize) {
        state.faults -= 1;
        state.line.retain(|&j| usize::from(j) != i);
        let client = &mut state.clients[i];
        client.mode = Mode::Orphan;
        client.held &= if self.fault == Fault::DieAlone { 0 } else { MAIN };
        if client.held == 0 && !client.running {
            Self::leave(state, i);
        }
    }

    pub fn between_calls(&self, state: &State, i: usize) -> bool {
        let client = &state.clients[i];
        match client.mode {
            Mode::Ready => client.at > 0 && self.step(state, i) != Step::End,
            Mode::Refused => true,
            Mode::Orphan => !client.running,
            Mode::Blocked | Mode::Suspended | Mode::Gone => false,
        }
    }

    fn arrive(state: &mut State, i: usize) {
        let here = |j: &usize| match state.clients[*j].mode {
            Mode::Ready => state.clients[*j].at > 0,
            Mode::Blocked | Mode::Refused | Mode::Orphan | Mode::Suspended => true,
            Mode::Gone => false,
        };
        let before = (0..state.clients.len()).filter(|j| *j != i).filter(here);
        state.clients[i].before = before.fold(0, |all, j| all | 1 << j);
    }

    fn next(&self, state: &mut State, i: usize) {
        state.clients[i].at += 1;
        if usize::from(state.clients[i].at) == self.programs[i].steps.len() {
            self.end_round(state, i);
        }
    }

    fn end_round(&self, state: &mut State, i: usize) {
        let rounds = state.clients[i].rounds - u8::from(self.rounds.is_some());
        Self::leave(state, i);
        if rounds > 0 {
            state.clients[i].rounds = rounds;
            state.clients[i].mode = Mode::Ready;
        }
    }

    fn leave(state: &mut State, i: usize) {
        for client in &mut state.clients {
            client.before &= !(1 << i);
        }
        let client = &mut state.clients[i];
        client.mode = Mode::Gone;
        (client.at, client.rounds, client.held, client.running) = (0, 0, 0, false);
        (client.before, client.passed, client.passed_inside, client.jumped) = (0, 0, false, false);
    }

    /// Whether client `i` has arrived and does not hold the main lock yet.
    pub fn waits(&self, state: &State, i: usize) -> bool {
        let client = &state.clients[i];
        let asked = client.mode == Mode::Blocked || client.mode == Mode::Ready && client.at > 0;
        let wants_main = |step: &Step| matches!(step, Step::Take(l) | Step::Try(l) if l.bit() & MAIN != 0);
        asked
            && client.held & MAIN == 0
            && self.programs[i].steps[usize::from(client.at)..].iter().any(wants_main)
    }

    fn count(&self, state: &mut State, began: usize) {
        let writer = |role| matches!(role, Role::FairWriter | Role::PreferringWriter);
        for i in 0..state.clients.len() {
            if i == began || !self.waits(state, i) {
                continue;
            }
            let place: Lock = match self.role(i) {
                Role::Reader => Passage,
                Role::FairWriter => Gate,
                Role::PreferringWriter => Intent,
                Role::Ungated => continue,
            };
            let client = &mut state.clients[i];
            let later = client.before & 1 << began == 0;
            if writer(self.role(i)) && writer(self.role(began)) {
                client.jumped |= later;
            } else if writer(self.role(i)) != writer(self.role(began)) && self.role(began) != Role::Ungated {
                client.passed = MANY.min(client.passed + 1);
                client.passed_inside |= client.held & place.bit() != 0;
            }
        }
        let client = &mut state.clients[began];
        (client.before, client.passed, client.passed_inside, client.jumped) = (0, 0, false, false);
    }
}

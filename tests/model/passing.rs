//! Which clients wait, and which of them were passed by which.
//!
//! A client counts as arrived when its first request is with the kernel, granted or asleep. It is
//! passed by another that begins to hold the main lock after that and before it does. A client that holds
//! it already when a client arrives is not counted: it passes nobody. Nor is a writer that has main
//! shared for an instant, before its turn.

use crate::kernel::Lock::{Gate, Intent, Passage};
use crate::kernel::{Lock, MAIN};
use crate::properties::Claim;
use crate::protocol::{Role, Step};
use crate::state::{Mode, State};
use crate::system::System;

impl System {
    pub fn arrive(state: &mut State, i: usize) {
        let here = |j: &usize| match state.clients[*j].mode {
            Mode::Ready => state.clients[*j].at > 0,
            Mode::Blocked | Mode::Refused | Mode::Orphan | Mode::Suspended => true,
            Mode::Gone => false,
        };
        let before = (0..state.clients.len()).filter(|j| *j != i).filter(here);
        state.clients[i].before = before.fold(0, |all, j| all | 1 << j);
    }

    /// Whether client `i` has arrived and does not hold the main lock yet.
    pub fn waits(&self, state: &State, i: usize) -> bool {
        let client = &state.clients[i];
        let asked = client.mode == Mode::Blocked || client.mode == Mode::Ready && client.at > 0;
        let wants_main = |step: &Step| step.wanted().is_some_and(|lock| lock.bit() & MAIN != 0);
        let ahead = &self.programs[i].steps[usize::from(client.at)..];
        asked && (client.converting || client.held & self.aim(i) == 0 && ahead.iter().any(wants_main))
    }

    /// What it has to hold of main to run: a writer that has it shared waits still.
    pub fn aim(&self, i: usize) -> u16 {
        if self.programs[i].shares() { MAIN } else { Lock::Main.bit() }
    }

    /// What no claim is about is not counted: states that differ in nothing else are one.
    fn counts(&self, role: Role) -> bool {
        let claim = match role {
            Role::Reader => Claim::ReadersPassedAtMost,
            Role::FairWriter => Claim::WritersPassedAtMost,
            Role::PreferringWriter | Role::Ungated => return false,
        };
        self.claims.contains(&claim)
    }

    pub fn count(&self, state: &mut State, began: usize) {
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
                client.jumped |= later && self.claims.contains(&Claim::WritersInOrder);
            } else if writer(self.role(i)) != writer(self.role(began)) && self.role(began) != Role::Ungated {
                if self.counts(self.role(i)) {
                    client.passed = client.passed.min(self.bound) + 1;
                }
                let inside = client.held & place.bit() != 0;
                client.passed_inside |= inside && self.claims.contains(&Claim::NobodyPassedInside);
            }
        }
        let client = &mut state.clients[began];
        (client.before, client.passed, client.passed_inside, client.jumped) = (0, 0, false, false);
    }
}

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
use crate::state::{Client, Mode, State};
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
    pub fn aim(&self, i: usize) -> u32 {
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

    /// It has got main. What it passes it passes now, although it may yet wait for slots.
    pub fn note_those_who_wait(&self, state: &mut State, i: usize) {
        let (mut over, mut inside) = (0, 0);
        for j in (0..state.clients.len()).filter(|j| *j != i && self.waits(state, *j)) {
            let place = match self.role(j) {
                Role::Reader => Passage.bit(),
                Role::FairWriter => Gate.bit(),
                Role::PreferringWriter => Intent.bit(),
                Role::Ungated => continue,
            };
            over |= 1 << j;
            inside |= u8::from(state.clients[j].held & place != 0) << j;
        }
        (state.clients[i].over, state.clients[i].over_inside) = (over, inside);
    }

    pub fn count(&self, state: &mut State, began: usize) {
        let writer = |role| matches!(role, Role::FairWriter | Role::PreferringWriter);
        if self.programs[began].slots == 0 {
            self.note_those_who_wait(state, began);
        }
        let is_about_places =
            |claim: &Claim| matches!(claim, Claim::NobodyPassedInside | Claim::ReadersPassedInside);
        let Client { over, over_inside, .. } = state.clients[began];
        for i in 0..state.clients.len() {
            if over & 1 << i == 0 || !self.waits(state, i) {
                continue;
            }
            let client = &mut state.clients[i];
            let later = client.before & 1 << began == 0;
            if writer(self.role(i)) && writer(self.role(began)) {
                client.jumped |= later && self.claims.contains(&Claim::WritersInOrder);
            } else if writer(self.role(i)) != writer(self.role(began)) && self.role(began) != Role::Ungated {
                if self.counts(self.role(i)) {
                    client.passed = client.passed.min(self.bound) + 1;
                }
                let inside = over_inside & 1 << i != 0;
                client.passed_inside |= inside && self.claims.iter().any(is_about_places);
            }
        }
        let client = &mut state.clients[began];
        (client.over, client.over_inside) = (0, 0);
        (client.before, client.passed, client.passed_inside, client.jumped) = (0, 0, false, false);
    }
}

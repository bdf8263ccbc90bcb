//! What the steps do that are about slots.

use crate::kernel::{ALL_SLOTS, Lock, MAIN, SLOTS};
use crate::properties::Claim;
use crate::protocol::{Program, Step};
use crate::state::{Mode, State};
use crate::system::System;

/// The lowest of these slots.
fn lowest(slots: u32) -> u32 {
    slots & slots.wrapping_neg()
}

impl Program {
    /// How many slots its command needs at this step. What runs it once more may need another
    /// number.
    fn needs(self, at: usize) -> u32 {
        let is_below = |step: &Step| matches!(step, Step::Descend | Step::Ascend);
        let turns = self.steps[..at].iter().filter(|step| is_below(step)).count();
        let has_two = self.steps.contains(&Step::Descend);
        if has_two && turns != 1 { self.slots_above } else { self.slots }
    }
}

impl System {
    pub fn needs_slots(&self, state: &State, i: usize) -> u32 {
        self.programs[i].needs(state.clients[i].at.into())
    }

    pub fn has_slots(&self, state: &State, i: usize) -> bool {
        let needs_none = self.programs[i].slots == 0;
        needs_none || (state.clients[i].held & ALL_SLOTS).count_ones() >= self.needs_slots(state, i)
    }

    /// Whether it has arrived and does not run yet.
    pub fn is_waiting(&self, state: &State, i: usize) -> bool {
        let client = &state.clients[i];
        let asked = client.mode == Mode::Blocked || client.mode == Mode::Ready && client.at > 0;
        let ahead = &self.programs[i].steps[usize::from(client.at)..];
        let waits_for_slots = !self.has_slots(state, i) && ahead.contains(&Step::Begin);
        self.waits(state, i) || asked && waits_for_slots
    }

    /// The slots for which its threads sleep.
    pub fn slept_for(&self, state: &State, i: usize) -> impl Iterator<Item = Lock> + use<> {
        let client = &state.clients[i];
        let asleep = match self.step(state, i) {
            Step::Sleep => client.mode == Mode::Blocked,
            Step::Rouse | Step::Awake => client.mode == Mode::Ready,
            _ => false,
        };
        let noted = if asleep { client.noted } else { 0 };
        SLOTS.into_iter().filter(move |lock| noted & lock.bit() != 0)
    }

    /// Main is granted to it.
    pub fn begin_with_slots(&self, state: &mut State, i: usize) {
        if self.has_slots(state, i) {
            return self.count(state, i);
        }
        let counts = |claim: &Claim| matches!(claim, Claim::NobodyPassedInside | Claim::WritersPassedAtMost);
        if self.claims.iter().any(counts) {
            self.note_those_who_wait(state, i);
        }
    }

    /// It holds the lock, which may be the last slot that it needs.
    pub fn hold(&self, state: &mut State, i: usize, lock: Lock) {
        let had_slots = self.has_slots(state, i);
        state.clients[i].held |= lock.bit();
        if !had_slots && self.has_slots(state, i) {
            self.count_slots(state, i);
            if state.clients[i].held & MAIN != 0 {
                self.count(state, i);
            }
        }
    }

    pub fn advance_slots(&self, state: &mut State, i: usize, step: Step) {
        let client = &mut state.clients[i];
        match step {
            Step::TrySlot(lock, most) => return self.note(state, i, lock, most),
            Step::Rouse | Step::Awake => return self.wake_up(state, i),
            Step::ReturnSlots => client.held &= !ALL_SLOTS,
            Step::Descend => (client.above, client.held, client.running) = (client.held, 0, false),
            Step::Ascend => (client.above, client.held, client.running) = (0, client.above, true),
            _ => unreachable!("it is not about slots"),
        }
        self.next(state, i);
    }

    /// Others hold this slot.
    fn note(&self, state: &mut State, i: usize, lock: Lock, most: usize) {
        let client = &mut state.clients[i];
        if lock == Lock::Slot0 {
            client.noted = 0;
        }
        client.noted |= lock.bit();
        if client.noted.count_ones() as usize > most {
            self.jump(state, i, "too few");
        } else {
            self.next(state, i);
        }
    }

    pub fn forget_slots(state: &mut State, i: usize) {
        let client = &mut state.clients[i];
        (client.noted, client.over, client.over_inside) = (0, 0, 0);
    }

    /// One of its threads is given a slot: the first one keeps it, any other has it for an instant.
    pub fn wake_for_slot(&self, state: &mut State, i: usize, lock: Lock) {
        let step = self.step(state, i);
        let client = &mut state.clients[i];
        let is_first = step != Step::Awake && lowest(client.noted) == lock.bit();
        client.noted &= !lock.bit();
        if is_first {
            self.hold(state, i, lock);
        } else {
            client.aside |= lock.bit();
        }
        if step == Step::Sleep {
            self.next(state, i);
        }
        if is_first {
            self.next(state, i);
        }
    }

    /// The other threads return what they have got, and then it goes on.
    fn wake_up(&self, state: &mut State, i: usize) {
        let is_awake = self.step(state, i) == Step::Awake;
        let client = &mut state.clients[i];
        if client.aside != 0 {
            client.aside &= !lowest(client.aside);
            return;
        }
        let first = lowest(client.noted);
        client.noted = if is_awake { 0 } else { client.noted & !first };
        self.next(state, i);
    }
}

//! What must hold of slots in every state, and what being passed in their line means.
//!
//! A client is in line while its first request there is with the kernel, granted or asleep, and
//! until it has its slots or leaves for a writer. One that only looks whether it must wait is not in
//! line.

use crate::kernel::{ALL_SLOTS, Lock, MAIN, SLOTS};
use crate::properties::{Claim, all_over};
use crate::protocol::{Program, Step};
use crate::state::{Client, Mode, State};
use crate::system::{Action, System};

/// One that has it is in line.
const LINE: u32 = Lock::SlotQueue.bit() | Lock::Turn.bit();

impl Program {
    /// Where it joins the line; where there is no gate file that is TURN.
    fn line(self) -> Option<usize> {
        self.steps.iter().position(|step| matches!(step, Step::Take(Lock::SlotQueue | Lock::Turn)))
    }
}

impl System {
    /// All others came before it, and it came after all who are in line. One that has left for a
    /// writer comes once more, unless it is to keep its place.
    pub fn join_line(&self, state: &mut State, i: usize) {
        let (program, at) = (self.programs[i], usize::from(state.clients[i].at));
        let joins = self.claims.iter().any(|claim| match claim {
            Claim::SlotsInOrder => {
                program.line().is_some_and(|line| program.steps[line] == program.steps[at])
            }
            Claim::SlotsAsTheyCame => program.line() == Some(at),
            _ => false,
        });
        if joins && program.slots > 0 {
            Self::arrive(state, i);
            state.clients.iter_mut().for_each(|client| client.before &= !(1 << i));
        }
    }

    fn is_in_line(&self, state: &State, i: usize) -> bool {
        let client = &state.clients[i];
        let Some(line) = self.programs[i].line() else { return false };
        let (at, step) = (usize::from(client.at), self.step(state, i));
        let stands = client.mode == Mode::Blocked && self.programs[i].steps[line] == step;
        let came = at > line && self.claims.contains(&Claim::SlotsAsTheyCame);
        matches!(client.mode, Mode::Ready | Mode::Blocked) && (stands || came || client.held & LINE != 0)
    }

    /// It has got its last slot, and has passed those who are still in line.
    pub fn count_slots(&self, state: &mut State, got: usize) {
        let counts = |claim: &Claim| matches!(claim, Claim::SlotsInOrder | Claim::SlotsAsTheyCame);
        if !self.claims.iter().any(counts) {
            return;
        }
        for i in 0..state.clients.len() {
            let later = state.clients[i].before & 1 << got == 0;
            let passed = i != got && later && self.is_in_line(state, i) && !self.has_slots(state, i);
            state.clients[i].jumped |= passed;
        }
    }

    /// The slots that no command has.
    fn unused(&self, state: &State) -> Option<u32> {
        let of = self.programs.iter().map(|program| program.of).max().unwrap_or_default();
        let used = |i: usize| {
            let client = &state.clients[i];
            let above = if client.above == 0 { 0 } else { self.programs[i].slots_above };
            above + if client.running { self.needs_slots(state, i) } else { 0 }
        };
        (of as u32).checked_sub((0..state.clients.len()).map(used).sum())
    }

    /// Whether nothing moves before a command ends or another client comes.
    fn sleeps(&self, state: &State) -> bool {
        let mut moves = Vec::new();
        self.moves(state, &mut moves);
        moves.iter().all(|action| match action {
            Action::Step(i) => match state.clients[*i].mode {
                Mode::Ready => state.clients[*i].at == 0 || self.step(state, *i).ends(),
                Mode::Orphan => state.clients[*i].runs(),
                _ => false,
            },
            _ => false,
        })
    }

    /// Those who want slots and sleep, no matter before what.
    fn sleepers<'a>(&'a self, state: &'a State) -> impl Iterator<Item = usize> + 'a {
        let sleeps = |i: &usize| state.clients[*i].mode == Mode::Blocked && self.programs[*i].slots > 0;
        (0..state.clients.len()).filter(sleeps)
    }
}

pub fn within(system: &System, state: &State) -> bool {
    system.unused(state).is_some()
}

pub fn in_hand(system: &System, state: &State) -> bool {
    let has = |client: &Client| (client.held & ALL_SLOTS).count_ones();
    (0..state.clients.len()).all(|i| {
        let client = &state.clients[i];
        !client.running || has(client) == system.needs_slots(state, i) && client.aside == 0
    })
}

pub fn none_lost(_: &System, state: &State) -> bool {
    let away = |client: &&Client| client.mode == Mode::Gone || client.mode == Mode::Ready && client.at == 0;
    state.clients.iter().filter(away).all(|client| (client.held | client.aside) & ALL_SLOTS == 0)
}

/// Those who sleep with main in hand, and not for their place in line, sleep for slots: one that wakes
/// them is free as soon as there are enough.
pub fn watched(system: &System, state: &State) -> bool {
    system.sleepers(state).filter(|i| state.clients[*i].held & MAIN != 0 && !in_queue(system, state, *i)).all(
        |i| {
            let is_free =
                |lock: &&Lock| state.clients[i].held & lock.bit() != 0 || System::grantable(state, i, **lock);
            let free = SLOTS[..system.programs[i].of].iter().filter(is_free).count();
            free < system.needs_slots(state, i) as usize || system.grantables(state, i).next().is_some()
        },
    )
}

/// Whether it sleeps for its place in the line, or for the gate file where that is.
fn in_queue(system: &System, state: &State, i: usize) -> bool {
    matches!(system.step(state, i), Step::Take(Lock::SlotQueue | Lock::Turn | Lock::Present))
}

/// Where all sleep, nobody sleeps for slots although no command has those that it needs, nobody
/// stands in line without such a one at its head, and nobody waits for a writer if there is none.
pub fn none_idle(system: &System, state: &State) -> bool {
    if system.sleepers(state).next().is_none() || !system.sleeps(state) {
        return true;
    }
    let unused = system.unused(state).unwrap_or_default();
    let has_head = system
        .sleepers(state)
        .any(|i| state.clients[i].held & Lock::Turn.bit() != 0 && state.clients[i].held & MAIN != 0);
    let writes = |(program, client): (&Program, &Client)| {
        (!program.shares() || program.steps.contains(&Step::Convert))
            && client.mode != Mode::Gone
            && client.at > 0
    };
    let has_writer = system.programs.iter().zip(&state.clients).any(writes);
    system.sleepers(state).all(|i| {
        if in_queue(system, state, i) {
            has_head
        } else if state.clients[i].held & MAIN != 0 {
            system.needs_slots(state, i) > unused
        } else {
            has_writer
        }
    })
}

/// Each one that did not run would have been too many beside those who ran.
pub fn refused_for_those_who_ran(system: &System, state: &State) -> bool {
    let clients = || system.programs.iter().zip(&state.clients);
    let ran = || clients().filter(|(_, client)| client.ever_ran);
    let taken: u32 = ran().map(|(program, _)| program.slots).sum();
    let fits = |program: &Program| program.slots > 0 && taken + program.slots <= program.of as u32;
    !all_over(state)
        || ran().any(|(program, _)| !program.shares())
        || !clients().any(|(program, client)| !client.ever_ran && fits(program))
}

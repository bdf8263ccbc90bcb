//! What must hold in every state. The bound on passing is the system's own, so that the same claim serves for all.

use crate::protocol::Role;
use crate::system::{Client, Mode, State, System};
use stateright::Property;

#[derive(Clone, Copy, Debug)]
pub enum Claim {
    Exclusion,
    NobodyStuck,
    NobodyPassedInside,
    ReadersPassedAtMost,
    WritersPassedAtMost,
    WritersInOrder,
    SomebodyRan,
    NobodyRefused,
    ReadersRefusedForAWriter,
}

impl Claim {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Exclusion => "no command runs beside a writer's",
            Self::NobodyStuck => "nobody waits for ever",
            Self::NobodyPassedInside => "nobody is passed once it has its place",
            Self::ReadersPassedAtMost => "a reader is passed by no more writers than the bound",
            Self::WritersPassedAtMost => "a writer is passed by no more readers than the bound",
            Self::WritersInOrder => "writers begin in the order in which they came",
            Self::SomebodyRan => "of those who do not wait, one runs",
            Self::ReadersRefusedForAWriter => "a reader is refused only where a writer runs",
            Self::NobodyRefused => "nobody is refused",
        }
    }
}

pub fn of(claims: &[Claim]) -> Vec<Property<System>> {
    claims.iter().map(|claim| Property::always(claim.text(), condition(*claim))).collect()
}

fn condition(claim: Claim) -> fn(&System, &State) -> bool {
    match claim {
        Claim::Exclusion => exclusion,
        Claim::NobodyStuck => nobody_stuck,
        Claim::NobodyPassedInside => |_, state| !state.clients.iter().any(|client| client.passed_inside),
        Claim::ReadersPassedAtMost => |system, state| passed(system, state, |role| role == Role::Reader),
        Claim::WritersPassedAtMost => |system, state| passed(system, state, |role| role == Role::FairWriter),
        Claim::WritersInOrder => |_, state| !state.clients.iter().any(|client| client.jumped),
        Claim::NobodyRefused => |_, state| !state.clients.iter().any(|client| client.mode == Mode::Refused),
        Claim::ReadersRefusedForAWriter => readers_refused_for_a_writer,
        Claim::SomebodyRan => {
            |_, state| !all_over(state) || state.clients.iter().any(|client| client.ever_ran)
        }
    }
}

fn exclusion(system: &System, state: &State) -> bool {
    let running = |i: &usize| state.clients[*i].running;
    let all: Vec<usize> = (0..state.clients.len()).filter(running).collect();
    all.len() < 2 || all.iter().all(|i| system.programs[*i].shares())
}

fn nobody_stuck(system: &System, state: &State) -> bool {
    let mut moves = Vec::new();
    system.moves(state, &mut moves);
    !moves.is_empty() || all_over(state)
}

fn all_over(state: &State) -> bool {
    let over = |client: &Client| matches!(client.mode, Mode::Gone | Mode::Suspended);
    state.clients.iter().all(over)
}

fn passed(system: &System, state: &State, side: fn(Role) -> bool) -> bool {
    let within = |(i, client): (usize, &Client)| !side(system.role(i)) || client.passed <= system.bound;
    state.clients.iter().enumerate().all(within)
}

fn readers_refused_for_a_writer(system: &System, state: &State) -> bool {
    let ran = |shares: bool| {
        let side =
            system.programs.iter().zip(&state.clients).filter(move |(program, _)| program.shares() == shares);
        side.map(|(_, client)| client.ever_ran)
    };
    !all_over(state) || ran(true).all(|ran| ran) || ran(false).any(|ran| ran)
}

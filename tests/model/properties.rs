//! What must hold in every state. The bound on passing is the system's own, so that the same claim
//! serves for all.

use crate::kernel::Lock;
use crate::protocol::{Program, Role, Step};
use crate::slots::claims;
use crate::state::{Client, Mode, State};
use crate::system::{LAPS, System};
use stateright::Property;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    Exclusion,
    NobodyStuck,
    NobodyStuckButForOneSuspended,
    NobodyPassedInside,
    ReadersPassedInside,
    ReadersPassedAtMost,
    WritersPassedAtMost,
    WritersInOrder,
    OneRan,
    NobodyRefused,
    ReadersRefusedForAWriter,
    Unbroken,
    NothingLost,
    OneUpgrades,
    RefusedForAnother,
    NobodyCircles,
    FlockWaitsForNoWaiter,
    OneGateFile,
    NoFileLeft,
    SlotsWithin,
    SlotsInHand,
    NoSlotLost,
    SlotsWatched,
    NoSlotIdle,
    SlotsInOrder,
    SlotsAsTheyCame,
    SlotsRefusedForThoseWhoRan,
}

impl Claim {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Exclusion => "no command runs beside a writer's",
            Self::NobodyStuck => "nobody is stuck",
            Self::NobodyStuckButForOneSuspended => "nobody is stuck but for one who is suspended",
            Self::NobodyPassedInside => "nobody is passed once it has its place",
            Self::ReadersPassedInside => "no reader is passed once it has its place",
            Self::ReadersPassedAtMost => "a reader is passed by no more writers than the bound",
            Self::WritersPassedAtMost => "a writer is passed by no more readers than the bound",
            Self::WritersInOrder => "writers begin in the order in which they came",
            Self::OneRan => "of those who do not wait, one runs",
            Self::ReadersRefusedForAWriter => "a reader is refused only where a writer runs",
            Self::NobodyRefused => "nobody is refused",
            Self::Unbroken => "nobody writes while another converts",
            Self::NothingLost => "one who goes on after a conversion holds its lock",
            Self::OneUpgrades => "of those who upgrade, one does",
            Self::RefusedForAnother => "an upgrade is refused only for another conversion",
            Self::NobodyCircles => "nobody goes back again and again",
            Self::FlockWaitsForNoWaiter => "plain flock is held up by nobody who only waits",
            Self::OneGateFile => "two gate files are never in use at once",
            Self::NoFileLeft => "a gate file that nobody has open was left by a death",
            Self::SlotsWithin => "no more slots are in use than there are",
            Self::SlotsInHand => "a command has its slots and no others",
            Self::NoSlotLost => "one that has left holds no slot",
            Self::SlotsWatched => "one that sleeps for slots is woken as soon as there are enough",
            Self::NoSlotIdle => "nobody sleeps while the slots that it needs are free",
            Self::SlotsInOrder => "nobody who stands in line for slots is passed by a later one",
            Self::SlotsAsTheyCame => "nobody who waits for slots is passed by a later one",
            Self::SlotsRefusedForThoseWhoRan => "slots are refused only for those who ran",
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
        Claim::NobodyStuckButForOneSuspended => |system, state| {
            state.clients.iter().any(|client| client.mode == Mode::Suspended) || nobody_stuck(system, state)
        },
        Claim::NobodyPassedInside => |_, state| !state.clients.iter().any(|client| client.passed_inside),
        Claim::ReadersPassedInside => |system, state| {
            let inside =
                |(i, client): (usize, &Client)| system.role(i) == Role::Reader && client.passed_inside;
            !state.clients.iter().enumerate().any(inside)
        },
        Claim::ReadersPassedAtMost => |system, state| passed(system, state, |role| role == Role::Reader),
        Claim::WritersPassedAtMost => |system, state| passed(system, state, |role| role == Role::FairWriter),
        Claim::SlotsWithin => claims::within,
        Claim::SlotsInHand => claims::in_hand,
        Claim::NoSlotLost => claims::none_lost,
        Claim::SlotsWatched => claims::watched,
        Claim::NoSlotIdle => claims::none_idle,
        Claim::SlotsRefusedForThoseWhoRan => claims::refused_for_those_who_ran,
        Claim::WritersInOrder | Claim::SlotsInOrder | Claim::SlotsAsTheyCame => {
            |_, state| !state.clients.iter().any(|client| client.jumped)
        }
        Claim::NobodyRefused => |_, state| !state.clients.iter().any(|client| client.mode == Mode::Refused),
        Claim::ReadersRefusedForAWriter => readers_refused_for_a_writer,
        Claim::Unbroken => unbroken,
        Claim::NothingLost => nothing_lost,
        Claim::OneUpgrades => {
            |_, state| !all_over(state) || state.clients.iter().any(|client| client.upgraded)
        }
        Claim::RefusedForAnother => |_, state| !state.clients.iter().any(|client| client.wronged),
        Claim::NobodyCircles => |_, state| state.clients.iter().all(|client| client.laps < LAPS),
        Claim::FlockWaitsForNoWaiter => flock_waits_for_no_waiter,
        Claim::OneGateFile => one_gate_file,
        Claim::NoFileLeft => |_, state| state.name == 0 || state.abandoned || state.is_open(state.name),
        Claim::OneRan => |_, state| !all_over(state) || state.clients.iter().any(|client| client.ever_ran),
    }
}

fn exclusion(_: &System, state: &State) -> bool {
    let all: Vec<&Client> = state.clients.iter().filter(|client| client.runs()).collect();
    all.len() < 2 || !all.iter().any(|client| client.alone)
}

fn unbroken(_: &System, state: &State) -> bool {
    let writes = |client: &Client| client.running && client.alone;
    !state.clients.iter().any(writes) || !state.clients.iter().any(|client| client.converting)
}

fn nothing_lost(system: &System, state: &State) -> bool {
    let kept = |(program, client): (&Program, &Client)| {
        let lock = if client.alone { Lock::Main } else { Lock::MainShared };
        !client.running
            || client.mode == Mode::Orphan
            || !program.steps.contains(&Step::Convert)
            || client.held & lock.bit() != 0
    };
    system.programs.iter().zip(&state.clients).all(kept)
}

fn nobody_stuck(system: &System, state: &State) -> bool {
    let mut moves = Vec::new();
    system.moves(state, &mut moves);
    !moves.is_empty() || all_over(state)
}

/// Where nothing moves any more, a plain user is left only if a suspended client has main in the
/// kind that it runs with, and its slots.
fn flock_waits_for_no_waiter(system: &System, state: &State) -> bool {
    let mut moves = Vec::new();
    system.moves(state, &mut moves);
    let mut clients = state.clients.iter().enumerate();
    let holds = |i, client: &Client| client.held & system.aim(i) != 0 && system.has_slots(state, i);
    let kept = |i, client: &Client| client.mode == Mode::Suspended && holds(i, client);
    let over = |client: &Client| matches!(client.mode, Mode::Gone | Mode::Suspended);
    let served = |i: usize, client: &Client| !system.programs[i].is_plain() || over(client);
    !moves.is_empty()
        || clients.clone().any(|(i, client)| kept(i, client))
        || clients.all(|(i, client)| served(i, client))
}

fn one_gate_file(_: &System, state: &State) -> bool {
    let mut entered = state.clients.iter().filter(|client| client.entered);
    let first = entered.next();
    entered.all(|client| first.is_some_and(|first| first.file == client.file))
}

pub fn all_over(state: &State) -> bool {
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
    let upgraded = state.clients.iter().any(|client| client.upgraded);
    !all_over(state) || ran(true).all(|ran| ran) || ran(false).any(|ran| ran) || upgraded
}

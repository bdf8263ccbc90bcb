//! What one action does to the state.

use crate::kernel::{ALL_SLOTS, Lock, MAIN, ON_LOCK_FILE};
use crate::properties::Claim;
use crate::protocol::{Mark, Step};
use crate::state::{Mode, State};
use crate::system::{Fault, System};

impl System {
    pub fn advance(&self, state: &mut State, i: usize) {
        match state.clients[i].mode {
            Mode::Orphan => return Self::leave(state, i),
            Mode::Refused => return self.end_round(state, i),
            _ => {}
        }
        if state.clients[i].at == 0 && self.claims.contains(&Claim::WritersInOrder) {
            Self::arrive(state, i);
        }
        let step = self.step(state, i);
        self.join_line(state, i);
        state.clients[i].entered &= step.wanted() != Some(Lock::Removal);
        if let Some(lock) = step.wanted().filter(|lock| Self::grantable(state, i, *lock)) {
            return self.grant(state, i, lock);
        }
        match step {
            Step::Test(lock) | Step::TestElse(lock, _) if Self::grantable(state, i, lock) => {
                if lock == Lock::Converter && self.programs[i].gives_way() {
                    self.count(state, i);
                }
                self.next(state, i);
            }
            Step::Take(_) | Step::TakeUnless(..) | Step::Sleep => {
                state.clients[i].mode = Mode::Blocked;
                state.line.push(i as u8);
            }
            Step::Try(_) | Step::Test(_) => state.clients[i].mode = Mode::Refused,
            Step::TryElse(_, mark) | Step::TestElse(_, mark) => {
                let converter = state.clients.iter().any(|client| client.held & Lock::Conversion.bit() != 0);
                state.clients[i].wronged |= mark == "refused" && !converter;
                self.jump(state, i, mark);
            }
            Step::Drop(lock) => {
                state.clients[i].held &= !lock.bit();
                state.clients[i].entered &= lock != Lock::Present;
                if lock == Lock::MainShared {
                    Self::forget_slots(state, i);
                }
                self.next(state, i);
            }
            Step::TrySlot(..)
            | Step::Rouse
            | Step::Awake
            | Step::ReturnSlots
            | Step::Descend
            | Step::Ascend => self.advance_slots(state, i, step),
            Step::Open if state.name == 0 => {
                state.name = u8::MAX;
                Self::open(state, i);
                self.next(state, i);
            }
            Step::OpenElse(mark) if state.name == 0 => {
                if state.clients[i].held & Lock::Main.bit() != 0 {
                    self.count(state, i);
                }
                self.jump(state, i, mark);
            }
            Step::Open | Step::OpenElse(_) => {
                Self::open(state, i);
                self.next(state, i);
            }
            Step::NamedElse(mark) | Step::EnteredElse(mark) if state.clients[i].file != state.name => {
                self.jump(state, i, mark);
            }
            Step::NamedElse(_) | Step::EnteredElse(_) => {
                state.clients[i].entered |= matches!(step, Step::EnteredElse(_));
                self.next(state, i);
            }
            Step::Unlink => {
                (state.name, state.abandoned) = (0, false);
                self.next(state, i);
            }
            Step::Close => {
                Self::close(state, i);
                self.next(state, i);
            }
            Step::Begin => {
                let client = &mut state.clients[i];
                (client.running, client.ever_ran, client.alone) = (true, true, !self.programs[i].shares());
                self.next(state, i);
            }
            Step::Alone | Step::Together => {
                let client = &mut state.clients[i];
                (client.running, client.alone, client.converting) = (true, step == Step::Alone, false);
                client.upgraded |= client.alone;
                self.next(state, i);
            }
            Step::Convert | Step::End => {
                let client = &mut state.clients[i];
                (client.running, client.converting) = (false, step == Step::Convert);
                self.next(state, i);
            }
            Step::Goto(_) | Step::Here(_) => unreachable!("they take no time"),
        }
    }

    pub fn grant(&self, state: &mut State, i: usize, lock: Lock) {
        state.line.retain(|&j| usize::from(j) != i);
        state.clients[i].mode = Mode::Ready;
        if self.step(state, i).wanted().is_none() {
            return self.wake_for_slot(state, i, lock);
        }
        if lock.bit() & MAIN != 0 {
            let barrier = lock == Lock::MainShared && !self.programs[i].shares();
            let begins = state.clients[i].held & self.aim(i) == 0 && !state.clients[i].converting;
            if begins && !barrier && !self.programs[i].gives_way() {
                self.begin_with_slots(state, i);
            }
            state.clients[i].held &= !MAIN;
        }
        self.hold(state, i, lock);
        if matches!(self.step(state, i), Step::TrySlot(..)) && self.has_slots(state, i) {
            Self::forget_slots(state, i);
            return self.jump(state, i, "enough");
        }
        self.next(state, i);
    }

    pub fn die(&self, state: &mut State, i: usize) {
        state.faults -= 1;
        state.line.retain(|&j| usize::from(j) != i);
        let file = state.clients[i].file;
        Self::close(state, i);
        state.abandoned |= file != 0 && file == state.name;
        let client = &mut state.clients[i];
        (client.mode, client.converting) = (Mode::Orphan, false);
        let inherited = if self.fault == Fault::DieAlone { 0 } else { ON_LOCK_FILE };
        // What its command has run once more has no command yet.
        client.held &= if client.above != 0 && !client.running { 0 } else { inherited };
        client.above &= inherited;
        (client.noted, client.aside) = (0, 0);
        if client.held == 0 && !client.runs() {
            Self::leave(state, i);
        }
    }

    fn open(state: &mut State, i: usize) {
        (state.clients[i].file, state.abandoned) = (state.name, false);
    }

    fn close(state: &mut State, i: usize) {
        let client = &mut state.clients[i];
        (client.file, client.entered) = (0, false);
        client.held &= ON_LOCK_FILE;
    }

    pub fn between_calls(&self, state: &State, i: usize) -> bool {
        let client = &state.clients[i];
        match client.mode {
            Mode::Ready => client.at > 0 && !self.step(state, i).ends(),
            Mode::Refused => true,
            Mode::Orphan => !client.runs(),
            Mode::Blocked | Mode::Suspended | Mode::Gone => false,
        }
    }

    pub fn call_off(&self, state: &mut State, i: usize) {
        let mark = self.way_out(state, i).expect("it gives up");
        state.line.retain(|&j| usize::from(j) != i);
        (state.clients[i].mode, state.clients[i].noted) = (Mode::Ready, 0);
        self.jump(state, i, mark);
    }

    pub fn jump(&self, state: &mut State, i: usize, mark: Mark) {
        let steps = self.programs[i].steps;
        let at = usize::from(state.clients[i].at);
        let is_mark = |step: &Step| *step == Step::Here(mark);
        let ahead = steps[at..].iter().position(is_mark).map(|place| at + place);
        let to = ahead.or_else(|| steps.iter().rposition(is_mark)).expect("a mark that is there") as u8;
        let back = self.rounds.is_some() && to < state.clients[i].at;
        state.clients[i].laps += u8::from(back);
        state.clients[i].at = to;
        self.next(state, i);
    }

    pub fn next(&self, state: &mut State, i: usize) {
        state.clients[i].at += 1;
        match self.programs[i].steps.get(usize::from(state.clients[i].at)) {
            None => self.end_round(state, i),
            Some(Step::Here(_)) => self.next(state, i),
            Some(Step::Goto(mark)) => self.jump(state, i, mark),
            Some(_) => {}
        }
    }

    fn end_round(&self, state: &mut State, i: usize) {
        let rounds = state.clients[i].rounds - u8::from(self.rounds.is_some());
        let kept = state.clients[i].held & ALL_SLOTS;
        Self::leave(state, i);
        state.clients[i].held = kept;
        if rounds > 0 {
            state.clients[i].rounds = rounds;
            state.clients[i].mode = Mode::Ready;
        }
    }

    fn leave(state: &mut State, i: usize) {
        for client in &mut state.clients {
            client.before &= !(1 << i);
            client.over &= !(1 << i);
            client.over_inside &= !(1 << i);
        }
        let client = &mut state.clients[i];
        client.mode = Mode::Gone;
        (client.at, client.laps, client.rounds, client.held) = (0, 0, 0, 0);
        (client.noted, client.aside, client.above) = (0, 0, 0);
        (client.over, client.over_inside) = (0, 0);
        (client.file, client.entered) = (0, false);
        (client.running, client.alone, client.converting) = (false, false, false);
        (client.before, client.passed, client.passed_inside, client.jumped) = (0, 0, false, false);
    }
}

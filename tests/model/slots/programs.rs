//! Who takes slots. Their broken relatives are made of them by `replacing`.

use crate::kernel::Lock::{MainShared, Passage, SlotQueue, Turn};
use crate::kernel::SLOTS;
use crate::properties::Claim::{self, *};
use crate::protocol::Step::{
    self, Ascend, Awake, Begin, Descend, Drop, End, Goto, Here, ReturnSlots, Rouse, Sleep, Take, TestElse,
    TryElse, TrySlot,
};
use crate::protocol::{FINDS_OUT, GIVES_UP, Mark, Program, Role, program};

/// What holds of slots, whatever dies.
pub const SOUND: &[Claim] =
    &[Exclusion, NobodyStuck, NobodyCircles, SlotsWithin, SlotsInHand, NoSlotLost, SlotsWatched, NoSlotIdle];

/// One command has `take` of `of` slots.
fn with_slots(take: usize, of: usize, steps: &[&[Step]]) -> Program {
    Program { slots: take as u32, of, ..program(Role::Reader, steps.concat().leak()) }
}

/// Tries one slot after another, until more than so many are held by others.
fn try_slots(of: usize, most: usize) -> Vec<Step> {
    SLOTS[..of].iter().map(|slot| TrySlot(*slot, most)).collect()
}

pub const JOIN_LINE: [Step; 2] = [Take(SlotQueue), Take(Turn)];
pub const LEAVE_LINE: [Step; 2] = [Drop(Turn), Drop(SlotQueue)];
pub const ENTER: [Step; 3] = [Take(Passage), Take(MainShared), Drop(Passage)];
/// Until there may be enough: it holds no slot meanwhile.
pub const SLEEP: [Step; 4] = [ReturnSlots, Sleep, Rouse, Awake];
const GIVE_UP: [Step; 5] = [ReturnSlots, Drop(MainShared), Drop(Turn), Drop(SlotQueue), Drop(Passage)];
pub const FINISH: [Step; 4] = [Begin, End, Drop(MainShared), ReturnSlots];

/// Tries without waiting, and stops as soon as too few are left: of those who try at the same time,
/// the one that comes furthest gets its slots. It goes on from "enough" or from `busy`.
fn attempt(take: usize, of: usize, busy: Mark) -> Vec<Step> {
    let look = [TestElse(Passage, busy), TestElse(SlotQueue, busy), TestElse(Turn, busy)];
    let back = [Here("too few"), ReturnSlots, Drop(MainShared), Goto(busy)];
    [&look[..], &[TryElse(MainShared, busy)], &try_slots(of, of - take), &back].concat()
}

/// With main in hand: it goes on from "enough".
fn wait_for_slots(of: usize, again: Mark) -> Vec<Step> {
    let sleep = [&[Here("too few")], &SLEEP[..], &[Goto(again)]].concat();
    [vec![Here(again)], try_slots(of, of), sleep].concat()
}

/// Waits in line. Where a writer is before it, it leaves the line for that time, and stands there
/// again with main in hand.
fn wait_in_line(of: usize, again: Mark) -> Vec<Step> {
    let look = [TestElse(Passage, "writer"), TryElse(MainShared, "writer"), Goto(again)];
    let writer = [&[Here("writer")], &LEAVE_LINE[..], &ENTER, &JOIN_LINE].concat();
    [&JOIN_LINE[..], &look, &writer, &wait_for_slots(of, again), &[Here("enough")], &LEAVE_LINE].concat()
}

/// One that waits in line at once, and does not look first whether it must.
pub fn waiter(take: usize, of: usize) -> Program {
    with_slots(take, of, &[&wait_in_line(of, "again"), &FINISH])
}

/// One that waits only if it must.
pub fn slot(take: usize, of: usize) -> Program {
    let attempt = attempt(take, of, "wait");
    let begin = [Here("enough"), Goto("in"), Here("wait")];
    with_slots(take, of, &[&attempt, &begin, &wait_in_line(of, "again"), &[Here("in")], &FINISH])
}

/// One that does not wait.
pub fn slot_now(take: usize, of: usize) -> Program {
    let attempt = attempt(take, of, "over");
    with_slots(take, of, &[&attempt, &[Here("enough")], &FINISH, &[Here("over")]])
}

/// One below a holder of main: it goes past the passage and past the line.
pub fn nested(take: usize, of: usize) -> Program {
    let take_slots = wait_for_slots(of, "nested again");
    with_slots(take, of, &[&[Take(MainShared)], &take_slots, &[Here("enough")], &FINISH])
}

/// The same for one that finds out only after a while what it is below.
pub fn nested_late(take: usize, of: usize) -> Program {
    let found_out = [&[Goto("in"), Here(FINDS_OUT)], &GIVE_UP[..]].concat();
    let late = [wait_in_line(of, "late again"), found_out].concat();
    nested(take, of).before(&[Take(MainShared)], &late).before(&[Begin], &[Here("in")])
}

/// A holder whose command runs another one.
pub fn over(above: Program, below: Program) -> Program {
    let steps = [&[Begin, Descend], below.steps, &[Ascend, End]].concat();
    let slots_above = above.slots;
    Program { slots_above, ..below }.with(above.replacing(&[Begin, End], &steps).steps)
}

/// One whose limit is up at any time while it sleeps.
pub fn impatient(program: Program) -> Program {
    let end = [&[Goto("over"), Here(GIVES_UP)], &GIVE_UP[..], &[Here("over")]].concat();
    program.with([program.steps, &end].concat().leak())
}

/// One that stops as soon as too few slots are left, whether it waits or not.
pub fn stopping_early(program: Program) -> Program {
    let most = program.of - program.slots as usize;
    let step = |step: &Step| if let TrySlot(slot, _) = step { TrySlot(*slot, most) } else { *step };
    program.with(program.steps.iter().map(step).collect::<Vec<_>>().leak())
}

/// The same programs where no gate file can be used.
pub fn without_gates(program: Program) -> Program {
    let gates = [SlotQueue, Passage];
    let of_file = |step: &Step| match step {
        Take(lock) | Drop(lock) | TestElse(lock, _) => gates.contains(lock),
        _ => false,
    };
    let steps: Vec<Step> = program.steps.iter().filter(|step| !of_file(step)).copied().collect();
    program.with(steps.leak())
}

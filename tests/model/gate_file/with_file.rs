//! The programs of `protocol` and `conversion`, wrapped in the life of the gate file.

use crate::conversion::programs::{EXCLUSIVE, UPGRADER, UPGRADER_NOW, fair_writer, preferring_writer};
use crate::kernel::Lock::{
    Converter, Doorway, Intent, Main, MainShared, Passage, Present, Queue, Removal, Yield,
};
use crate::protocol::Step::{
    self, Alone, Begin, Close, Convert, Drop, End, EnteredElse, Goto, Here, NamedElse, Open, OpenElse, Take,
    TestElse, Together, TryElse, Unlink,
};
use crate::protocol::{Mark, Program, READER, Role, program};

/// One who finds PRESENT taken sleeps: it is taken by one who removes the file, and who may be
/// suspended.
pub const ENTER: [Step; 8] = enter("gone", "opened");

pub const fn enter(gone: Mark, opened: Mark) -> [Step; 8] {
    [Open, Goto(opened), Here(gone), Close, Open, Here(opened), Take(Present), EnteredElse(gone)]
}

/// A client that has only looked leaves in the same way, but has no PRESENT to give back.
pub const LEAVE_A_LOOK: [Step; 5] =
    [TryElse(Removal, "close"), NamedElse("close"), Unlink, Here("close"), Close];

/// PRESENT is given back before it is asked for alone: of two who leave at once and keep it,
/// neither would get it.
pub const LEAVE: [Step; 6] =
    [Drop(Present), LEAVE_A_LOOK[0], LEAVE_A_LOOK[1], LEAVE_A_LOOK[2], LEAVE_A_LOOK[3], LEAVE_A_LOOK[4]];

/// Main can be had exclusively, but another may be converting.
const LOOK: [Step; 2] = [OpenElse("in"), TestElse(Converter, "give way")];

pub fn reader() -> Program {
    READER.before(&[Take(Passage)], &ENTER).after(&[Drop(Passage)], &LEAVE)
}

pub fn fair() -> Program {
    fair_writer().before(&[Take(Queue)], &ENTER).after(&[Drop(Queue)], &LEAVE)
}

pub fn preferring() -> Program {
    preferring_writer().before(&[Take(Intent)], &ENTER).after(&[Drop(Intent), Drop(Main)], &LEAVE)
}

/// It looks, and finds nobody before it or goes the long way.
pub fn quick_reader() -> Program {
    let look = [
        &[OpenElse("free"), TestElse(Passage, "busy")],
        &LEAVE_A_LOOK[..],
        &[Here("free"), TryElse(MainShared, "wait"), Goto("in"), Here("busy")],
        &LEAVE_A_LOOK,
        &[Here("wait")],
    ];
    reader().before(&ENTER, &look.concat()).before(&[Begin], &[Here("in")])
}

pub fn quick_fair() -> Program {
    let look = [
        &[OpenElse("free"), TestElse(Queue, "busy"), TestElse(Doorway, "busy")],
        &LEAVE_A_LOOK[..],
        &[Here("free"), TryElse(Main, "wait"), OpenElse("in"), TestElse(Converter, "back")],
        &LEAVE_A_LOOK,
        &[Goto("in"), Here("back"), Drop(Main), Here("busy")],
        &LEAVE_A_LOOK,
        &[Here("wait")],
    ];
    fair().before(&ENTER, &look.concat()).before(&[Begin], &[Here("in")])
}

/// One that does not wait takes nothing in the gate file, so it does not enter either.
pub fn reader_now() -> Program {
    let steps = [
        &[OpenElse("free"), TestElse(Passage, "busy")],
        &LEAVE_A_LOOK[..],
        &[
            Here("free"),
            TryElse(MainShared, "over"),
            Begin,
            End,
            Drop(MainShared),
            Goto("over"),
            Here("busy"),
        ],
        &LEAVE_A_LOOK,
        &[Here("over")],
    ];
    program(Role::Reader, steps.concat().leak())
}

pub fn fair_now() -> Program {
    let steps = [
        &[OpenElse("free"), TestElse(Queue, "busy"), TestElse(Doorway, "busy")],
        &LEAVE_A_LOOK[..],
        &[Here("free"), TryElse(Main, "over"), OpenElse("in"), TestElse(Converter, "back")],
        &LEAVE_A_LOOK,
        &[Here("in"), Begin, End, Drop(Main), Goto("over"), Here("back"), Drop(Main), Here("busy")],
        &LEAVE_A_LOOK,
        &[Here("over")],
    ];
    program(Role::FairWriter, steps.concat().leak())
}

/// It asks for main at once, and looks for the gate file with main in hand.
pub fn exclusive() -> Program {
    EXCLUSIVE
        .replacing(&[TestElse(Converter, "give way")], &[&LOOK[..], &LEAVE_A_LOOK, &[Here("in")]].concat())
        .after(&[Drop(Yield)], &LEAVE_A_LOOK)
}

/// A reader that waits for its turn, and converts.
pub fn gated_upgrader() -> Program {
    UPGRADER
        .before(&[Take(Passage)], &enter("gone at first", "opened at first"))
        .after(&[Drop(Passage)], &LEAVE)
        .after(&[Convert], &ENTER)
        .before(&[Alone], &LEAVE)
        .before(&[Together], &LEAVE)
}

/// A reader that found nobody before it, and converts.
pub fn upgrader() -> Program {
    UPGRADER
        .replacing(&[Take(Passage), Take(MainShared), Drop(Passage)], &[Take(MainShared)])
        .after(&[Convert], &ENTER)
        .before(&[Alone], &LEAVE)
        .before(&[Together], &LEAVE)
}

/// The same for one who does not wait.
pub fn upgrader_now() -> Program {
    UPGRADER_NOW
        .replacing(&[Take(Passage), Take(MainShared), Drop(Passage)], &[Take(MainShared)])
        .after(&[Convert], &ENTER)
        .before(&[Alone], &LEAVE)
        .before(&[Together], &LEAVE)
}

//! Who converts, and who gives way to it. Their broken relatives are made of them by `replacing`.

use crate::kernel::Lock::{
    Conversion, Converter, Gate, Intent, Landing, Main, MainShared, Passage, Queue, Yield,
};
use crate::properties::Claim;
use crate::properties::Claim::*;
use crate::protocol::Step::{
    Alone, Begin, Convert, Drop, End, Goto, Here, Take, TakeUnless, TestElse, Together, Try, TryElse,
};
use crate::protocol::{Program, Role, program};

/// What holds of every conversion, whatever dies.
pub const SOUND: &[Claim] = &[Exclusion, Unbroken, NothingLost, NobodyStuck, NobodyCircles];

/// One who gets main while another converts gives it back, and asks again when the conversion is
/// over.
pub const EXCLUSIVE: Program = program(
    Role::Ungated,
    &[
        Take(Main),
        Goto("look"),
        Here("give way"),
        Drop(Main),
        Take(Yield),
        Drop(Yield),
        Take(Main),
        Here("look"),
        TestElse(Converter, "give way"),
        Begin,
        End,
        Drop(Main),
    ],
);
pub const EXCLUSIVE_NOW: Program = program(
    Role::Ungated,
    &[Try(Main), TestElse(Converter, "give way"), Begin, End, Here("give way"), Drop(Main)],
);

pub fn fair_writer() -> Program {
    let way = [Take(Queue), Take(MainShared), Drop(MainShared), Take(Gate), Take(Main), Goto("look")];
    let gated = EXCLUSIVE.replacing(&[Take(Main), Goto("look")], &way);
    let released = gated.replacing(&[Begin], &[Drop(Gate), Drop(Queue), Begin]);
    Program { role: Role::FairWriter, ..released }
}

pub fn preferring_writer() -> Program {
    let gated = EXCLUSIVE
        .replacing(&[Take(Main), Goto("look")], &[Take(Intent), Take(Queue), Take(Main), Goto("look")]);
    let released = gated.replacing(&[Begin, End], &[Drop(Queue), Begin, End, Drop(Intent)]);
    Program { role: Role::PreferringWriter, ..released }
}

/// It finds the passage free and only then asks for main, as everybody does who need not wait.
pub const QUICK_READER: Program = program(
    Role::Reader,
    &[
        TestElse(Passage, "wait"),
        TryElse(MainShared, "wait"),
        Goto("in"),
        Here("wait"),
        Take(Passage),
        Take(MainShared),
        Drop(Passage),
        Here("in"),
        Begin,
        End,
        Drop(MainShared),
    ],
);

/// From shared to exclusive; it may be called off (a timeout, a signal) wherever it waits.
pub const UPGRADER: Program = program(
    Role::Ungated,
    &[
        Take(Passage),
        Take(MainShared),
        Drop(Passage),
        Begin,
        Convert,
        Here("gate"),
        TryElse(Conversion, "occupied"),
        Drop(MainShared),
        TakeUnless(Main, "called off"),
        Drop(Conversion),
        Alone,
        End,
        Drop(Main),
        Goto("over"),
        Here("called off"),
        Take(MainShared),
        Drop(Conversion),
        Goto("refused"),
        Here("occupied"),
        TestElse(Converter, "refused"),
        TakeUnless(Landing, "refused"),
        Drop(Landing),
        Goto("gate"),
        Here("refused"),
        Together,
        End,
        Drop(MainShared),
        Here("over"),
    ],
);

/// Waits for as long as it takes.
pub fn patient(upgrader: Program) -> Program {
    let landing = upgrader.replacing(&[TakeUnless(Landing, "refused")], &[Take(Landing)]);
    landing.replacing(&[TakeUnless(Main, "called off")], &[Take(Main)])
}

/// The kernel of Linux: without waiting, a lock is let go only if the other kind cannot be had.
pub const UPGRADER_NOW: Program = program(
    Role::Ungated,
    &[
        Take(Passage),
        Take(MainShared),
        Drop(Passage),
        Begin,
        Convert,
        TryElse(Conversion, "refused"),
        TestElse(Main, "not alone"),
        TryElse(Main, "lost"),
        Drop(Conversion),
        Alone,
        End,
        Drop(Main),
        Goto("over"),
        Here("lost"),
        Drop(MainShared),
        Take(MainShared),
        Here("not alone"),
        Drop(Conversion),
        Here("refused"),
        Together,
        End,
        Drop(MainShared),
        Here("over"),
    ],
);

/// The kernel of Linux: a client that is alone can always have it shared, so nothing is let go.
pub fn downgrader() -> Program {
    EXCLUSIVE.replacing(&[End, Drop(Main)], &[Convert, Take(MainShared), Together, End, Drop(MainShared)])
}

/// A command under an upgraded lock, which is a shared one again afterwards.
pub fn up_and_down() -> Program {
    UPGRADER.replacing(
        &[Alone, End, Drop(Main), Goto("over")],
        &[Alone, End, Convert, Take(MainShared), Goto("refused")],
    )
}

/// In the fcntl family the kernel lets nothing go; only main itself decides, for those who do not
/// convert.
pub fn fcntl_upgrader() -> Program {
    let kept = UPGRADER
        .replacing(&[Drop(MainShared), TakeUnless(Main, "called off")], &[TakeUnless(Main, "called off")]);
    kept.replacing(&[Here("called off"), Take(MainShared)], &[Here("called off")])
}

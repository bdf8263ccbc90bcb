//! The locks as the kernel keeps them: who may hold what beside whom, and who gets a lock that
//! became free.
//!
//! The main lock is flock(2) on the lock file. Everything else is in the gate file: classic record
//! locks, and those of an open file description where a process must not lose them to a close
//! elsewhere in it. To a waiter all of them behave alike: a request is granted when no other holds
//! a conflicting lock, no matter who else is waiting, and nobody is handed a lock, the sleepers are
//! woken and ask again. What the families do differently (the gate file's locks die with the
//! process, the main lock lives on in the command) is in `moves.rs`.
//!
//! How soon a woken sleeper asks again is what the bounds depend on, so it is a parameter.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Lock {
    Queue,
    Gate,
    Intent,
    Passage,
    MainShared,
    Main,
    /// The whole passage, exclusive: only ever tested, never held.
    Doorway,
    /// One who converts.
    Conversion,
    /// CONVERSION and the byte before it, shared: a writer that gives way, for an instant once the
    /// conversion is over.
    Yield,
    /// The byte before CONVERSION, exclusive: one who wants to convert waits there for those who
    /// pass.
    Landing,
    /// CONVERSION, shared: only ever tested.
    Converter,
    /// What an exclusive look at CONVERSION shows to begin there, if giving way begins there too.
    Leaving,
    /// Shared: one who uses the gate file.
    Present,
    /// PRESENT, exclusive: one who removes the gate file.
    Removal,
    /// Those who wait for slots, one after another.
    SlotQueue,
    /// The one that takes slots next. It is on the lock file, as the slots are.
    Turn,
    /// All of these three, exclusive.
    Slot0,
    Slot1,
    Slot2,
    /// All of them and TURN, exclusive: only ever tested.
    SlotsInUse,
}

use Lock::{
    Conversion, Converter, Doorway, Gate, Intent, Landing, Leaving, Main, MainShared, Passage, Present,
    Queue, Removal, Slot0, Slot1, Slot2, SlotQueue, SlotsInUse, Turn, Yield,
};

impl Lock {
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// What nobody else may hold when this is granted. Every preferring writer has an INTENT byte
    /// of its own; a reader's passage is the shared lock from GATE over all INTENT bytes to
    /// CONVERSION.
    pub const fn foes(self) -> u32 {
        match self {
            Queue => Queue.bit(),
            Gate => Gate.bit() | Passage.bit(),
            Intent => Passage.bit(),
            Passage => Gate.bit() | Intent.bit() | Conversion.bit() | Landing.bit(),
            Doorway => Passage.foes() | Passage.bit() | Yield.bit(),
            MainShared => Main.bit(),
            Main => Main.bit() | MainShared.bit(),
            Conversion => Conversion.bit() | Yield.bit() | Passage.bit(),
            Yield => Conversion.bit() | Landing.bit(),
            Landing => Landing.bit() | Yield.bit() | Passage.bit(),
            Converter => Conversion.bit(),
            Leaving => Conversion.bit() | Yield.bit(),
            Present => Removal.bit(),
            Removal => Present.bit() | Removal.bit(),
            SlotQueue | Turn | Slot0 | Slot1 | Slot2 => self.bit(),
            SlotsInUse => ALL_SLOTS | Turn.bit(),
        }
    }
}

pub const MAIN: u32 = Main.bit() | MainShared.bit();

/// The slots, the lowest first.
pub const SLOTS: [Lock; 3] = [Slot0, Slot1, Slot2];
pub const ALL_SLOTS: u32 = Slot0.bit() | Slot1.bit() | Slot2.bit();

/// What belongs to the open lock file: a command inherits it, and it has nothing to do with gate
/// files.
pub const ON_LOCK_FILE: u32 = MAIN | Turn.bit() | ALL_SLOTS;

/// The classic record locks: a process loses them when it closes any descriptor of the file.
pub const RECORDS: u32 =
    Queue.bit() | Gate.bit() | Intent.bit() | Passage.bit() | Yield.bit() | SlotQueue.bit();

/// Who gets a lock that became free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Any waiter or newcomer, at any time: a woken sleeper may sleep on for as long as others
    /// like. Worse than any real kernel, so what holds here holds everywhere.
    Any,
    /// Any waiter or newcomer, but no command is so short that it ends before a woken sleeper has
    /// asked again.
    Prompt,
    /// Prompt, and no command is so short that it ends while another client is between two system
    /// calls.
    Brief,
    /// The waiters in order of arrival, before any newcomer.
    InOrder,
}

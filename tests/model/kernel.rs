//! The locks as the kernel keeps them: who may hold what beside whom, and who gets a lock that became free.
//!
//! The gates are classic record locks and the main lock is flock(2), but to a waiter both families behave alike: a
//! request is granted when no other holds a conflicting lock, whoever else may be waiting, and nobody is handed a lock,
//! the sleepers are woken and ask again. What the families do differently (gates die with the process, the main lock
//! lives on in the command) is in `system.rs`.
//!
//! How soon a woken sleeper asks again is what the bounds depend on, so it is a parameter.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Lock {
    Queue,
    Gate,
    Intent,
    Passage,
    MainShared,
    Main,
    /// GATE to INTENT, exclusive: only ever tested, never held.
    Doorway,
}

use Lock::{Doorway, Gate, Intent, Main, MainShared, Passage, Queue};

impl Lock {
    pub const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// What nobody else may hold when this is granted. Every preferring writer has an INTENT byte of its own; a reader's
    /// passage is the shared lock from GATE over all INTENT bytes.
    pub const fn foes(self) -> u8 {
        match self {
            Queue => Queue.bit(),
            Gate => Gate.bit() | Passage.bit(),
            Intent => Passage.bit(),
            Passage => Gate.bit() | Intent.bit(),
            Doorway => Gate.bit() | Intent.bit() | Passage.bit(),
            MainShared => Main.bit(),
            Main => Main.bit() | MainShared.bit(),
        }
    }
}

pub const MAIN: u8 = Main.bit() | MainShared.bit();

/// Who gets a lock that became free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Any waiter or newcomer, at any time: a woken sleeper may sleep on for as long as others like. Worse than any
    /// real kernel, so what holds here holds everywhere.
    Any,
    /// Any waiter or newcomer, but no command is so short that it ends before a woken sleeper has asked again.
    Prompt,
    /// Prompt, and no command is so short that it ends while another client is between two system calls.
    Brief,
    /// The waiters in order of arrival, before any newcomer.
    InOrder,
}

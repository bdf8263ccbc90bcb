//! Several commands under the lock of one open file: the last one to end releases it.
//!
//! A script may start two commands under the lock of one descriptor, and a command may join the
//! lock that it inherited. To the kernel that is one lock, and the first command that ends would
//! release it for all. So each process shares a byte of the gate file while its command runs, and
//! releases the lock only if no other process with the same open file shares one.
//!
//! Which byte it shares says what the last one has to do with the lock. A process that arrives
//! later adopts the plan of those that are there, for they may end first.

use super::file::LockFile;
use super::gate_file::GateFile;
use super::main_lock;
use super::slots;
use super::upgrade::downgrade;
use crate::holders::{AncestorLookup, users};
use crate::layout::Gate;
use crate::mode::{Family, Mode};
use crate::sys::fork;
use crate::sys::records::{self, RecordOwner};

/// What the last process does with the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Plan {
    Keep,
    Downgrade,
    Unlock,
}

const PLANS: [Plan; 3] = [Plan::Keep, Plan::Downgrade, Plan::Unlock];

/// A process that runs a command under the lock, until it leaves.
#[derive(Debug)]
pub(crate) struct Share {
    gates: GateFile,
    family: Family,
    plan: Plan,
}

/// A lock that this process has inherited and runs under, until this is dropped.
#[derive(Debug)]
pub(crate) struct Joined {
    lock: LockFile,
    mode: Mode,
    share: Option<Share>,
    /// The ancestors from which the lock is inherited. They release it, unless they are gone.
    above: AncestorLookup,
    process: u32,
}

impl Share {
    /// Shares the byte of this plan, or of a stronger plan of others; `None` where the gate file
    /// cannot be used.
    pub(crate) fn begin(lock: &LockFile, plan: Plan) -> Option<Self> {
        let gates = GateFile::enter(lock).ok()?;
        let plan = plan_of_others(&gates, lock).map_or(plan, |others| others.max(plan));
        let byte = Gate::of(lock.family).user(plan as i64);
        records::try_set(gates.file(), RecordOwner::Process, byte, Mode::Shared).ok().filter(|&set| set)?;
        Some(Self { gates, family: lock.family, plan })
    }

    /// What to do with the lock now; `None` if another process remains, which does it later.
    pub(crate) fn leave(self, lock: &LockFile) -> Option<Plan> {
        let byte = Gate::of(self.family).user(self.plan as i64);
        let _ = records::clear(self.gates.file(), RecordOwner::Process, byte);
        if plan_of_others(&self.gates, lock).is_some() { None } else { Some(self.plan) }
    }
}

/// Whether other processes run commands under the lock of this open file.
pub(crate) fn is_shared(lock: &LockFile) -> bool {
    GateFile::look(lock).ok().flatten().is_some_and(|gates| plan_of_others(&gates, lock).is_some())
}

fn plan_of_others(gates: &GateFile, lock: &LockFile) -> Option<Plan> {
    let gate = Gate::of(lock.family);
    if records::is_free(gates.file(), gate.users(), Mode::Exclusive).unwrap_or(false) {
        return None;
    }
    let others = users(gates.file(), &lock.file, gate.users());
    PLANS.into_iter().rev().find(|plan| others.contains(&gate.user(*plan as i64).first))
}

impl Joined {
    /// Joins the lock that this open file holds in this mode.
    pub(crate) fn new(lock: LockFile, mode: Mode) -> Self {
        let above = AncestorLookup::of(&lock.file);
        let share = Share::begin(&lock, Plan::Keep);
        Self { lock, mode, share, above, process: fork::process() }
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    pub(crate) fn lock(&self) -> &LockFile {
        &self.lock
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        if self.process != fork::process() {
            return;
        }
        match self.share.take().and_then(|share| share.leave(&self.lock)) {
            Some(Plan::Downgrade) => {
                let _ = downgrade(&self.lock);
            }
            // The main lock first, as always: a waiter for slots needs both.
            Some(plan) if plan == Plan::Unlock || self.above.are_gone() => {
                let _ = main_lock::unlock(&self.lock);
                let _ = slots::release(&self.lock);
            }
            _ => {}
        }
    }
}

//! Which calls fail, and how.

use super::random::Random;
use std::io;

/// What a program can ask of the disk.
#[allow(missing_docs, reason = "named as the calls of the two traits")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Create,
    Open,
    Read,
    Write,
    Allocate,
    SetLen,
    SyncData,
    Rename,
    Remove,
    List,
    SyncFolder,
    FreeBytes,
}

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// An error, and nothing was done. (A sync: by chance, some of it was.)
    NotDone,
    /// An error, though all was done.
    DoneButReported,
    /// The disk is full. A write got half of its bytes down before.
    Full,
    /// No error, but a read or write did only half. Others are done whole.
    Short,
}

/// The faults that are still to strike.
#[derive(Default)]
pub(super) struct Faults {
    waiting: Vec<Fault>,
    /// Calls so far that change something.
    pub(super) changes: u64,
    pub(super) halted: bool,
    /// Whether faults wait: calls then go well and are not counted.
    pub(super) paused: bool,
}

struct Fault {
    /// Which calls count; `None`: all that change something.
    call: Option<Call>,
    /// Of those, how many go well before.
    after: u64,
    effect: Effect,
}

#[derive(Clone, Copy)]
pub(super) enum Effect {
    Fail(Failure),
    Halt,
}

impl Call {
    fn changes(self) -> bool {
        !matches!(self, Call::Open | Call::Read | Call::List | Call::FreeBytes)
    }
}

impl Faults {
    /// Has a call fail after `after` more of its kind, or of all that change something.
    pub(super) fn add(&mut self, call: Option<Call>, after: u64, effect: Effect) {
        self.waiting.push(Fault { call, after, effect });
    }

    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// Counts the call and says whether it is to fail.
    pub(super) fn strike(&mut self, call: Call, random: &mut Random) -> io::Result<Option<Failure>> {
        if self.paused {
            return Ok(None);
        }
        if self.halted {
            return Err(broken());
        }
        self.changes += u64::from(call.changes());
        let mut struck = None;
        self.waiting.retain_mut(|fault| {
            let counts = fault.call.map_or(call.changes(), |wanted| wanted == call);
            if counts && fault.after == 0 {
                struck = struck.or(Some(fault.effect));
                return false;
            }
            fault.after -= u64::from(counts);
            true
        });
        Ok(match struck {
            None => None,
            Some(Effect::Fail(failure)) => Some(failure),
            Some(Effect::Halt) => {
                self.halted = true;
                let ways = [Failure::NotDone, Failure::DoneButReported, Failure::Full];
                Some(ways[random.below(3) as usize])
            }
        })
    }
}

/// The error of a call that was told to fail.
pub(super) fn broken() -> io::Error {
    io::Error::other("the disk was told to fail")
}

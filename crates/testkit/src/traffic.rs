//! Synthetic CloudTrail events: one account with 10,000 principals at 50,000 addresses, who call 40 services
//! by 600 names.
//!
//! Which members an event has, how large they are, what fails and what only reads follow the statistics of
//! public CloudTrail files. Two things are set apart from them, because labs differ there from the accounts
//! of companies: most callers are sessions of roles, and data events are 8 of 100. The contents are made up.

mod agents;
mod bodies;
mod call;
mod event;
mod failures;
mod principals;
mod sources;
mod target;

use crate::dice::{Dice, HEX};
use crate::event_ids::EventIds;
use agents::{Agents, BROWSER};
use cairn_model::Timestamp;
use call::{Call, Calls, Occasion};
use event::{Caller, Writer};
use principals::Principals;

/// The account of all events.
pub const ACCOUNT: &str = "111122223333";

/// Length of a time in an event: `2026-03-01T08:04:11Z`.
pub(crate) const TIME_LENGTH: usize = 20;

/// Appends formatted text to a `Vec<u8>`, which cannot fail.
macro_rules! put {
    ($out:expr, $($text:tt)*) => {{
        let _ = std::io::Write::write_fmt($out, format_args!($($text)*));
    }};
}
use put;

/// Shares of 1,000 events of principals.
const BY_SESSION: usize = 790;
const BY_ROOT: usize = 5;
const ON_BEHALF: usize = 20;
const WITH_OTHER_AGENT: usize = 300;

/// An endless stream of events.
#[derive(Clone, Debug)]
pub struct Traffic {
    dice: Dice,
    ids: EventIds,
    calls: Calls,
    principals: Principals,
    agents: Agents,
}

/// Where in the output the parts of an event stand that make it another event: byte offsets from the
/// output's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// The 20 characters of `eventTime`.
    pub event_time: usize,
    /// The 36 characters of `eventID`.
    pub event_id: usize,
    /// The 36 characters of `requestID`, if it is a UUID, as it is for most services.
    pub request_id: Option<usize>,
}

impl Traffic {
    /// A stream that the seed alone decides.
    pub fn new(seed: u64) -> Traffic {
        let mut dice = Dice::new(seed);
        let principals = Principals::new(&mut dice);
        Traffic { dice, ids: EventIds::new(seed), calls: Calls::new(), principals, agents: Agents::new() }
    }

    /// Appends the next event to `out`: JSON on one line, about 1.4 KB, without a newline behind it. The
    /// stream's contents do not depend on `event_time` but for the times in them.
    pub fn next_event(&mut self, event_time: Timestamp, out: &mut Vec<u8>) -> Marks {
        let call = self.calls.draw(&mut self.dice);
        let caller = draw_caller(&call, &self.principals, &self.agents, &mut self.dice);
        let failure = match &caller {
            Caller::Principal { who, .. } => failures::draw(&call, &who.arn(), &mut self.dice),
            Caller::Service(_) | Caller::Nobody => None,
        };
        let event_id = self.ids.next_id();
        let mut event = Writer { out, call: &call, caller: &caller, time: event_time, dice: &mut self.dice };
        event.write(failure.as_ref(), &event_id)
    }
}

fn draw_caller<'a>(
    call: &Call,
    principals: &'a Principals,
    agents: &'a Agents,
    dice: &mut Dice,
) -> Caller<'a> {
    match call.occasion {
        Occasion::ByService(service) => return Caller::Service(service),
        Occasion::ServiceEvent => return Caller::Nobody,
        Occasion::Api | Occasion::Object | Occasion::SignIn => {}
    }
    let by_user = call.occasion == Occasion::SignIn;
    let who = match dice.below(1000) {
        0..BY_ROOT => principals.root(),
        BY_ROOT..BY_SESSION if !by_user => principals.session(dice),
        _ => principals.user(dice),
    };
    let agent = match () {
        () if by_user => BROWSER,
        () if dice.per_mille(WITH_OTHER_AGENT) => dice.below(1000),
        () => who.trait_below(1000),
    };
    let invoked_by = (!by_user && dice.per_mille(ON_BEHALF)).then_some("cloudformation.amazonaws.com");
    Caller::Principal { who, agent: agents.of(agent), invoked_by }
}

/// A random UUID, for where nothing depends on its being unique.
fn uuid(dice: &mut Dice) -> String {
    let digits = dice.digits(HEX, 30);
    let (a, b, c, d, e) = (&digits[..8], &digits[8..12], &digits[12..15], &digits[15..18], &digits[18..]);
    format!("{a}-{b}-4{c}-a{d}-{e}")
}

#[cfg(test)]
mod tests;

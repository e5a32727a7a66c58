//! What is called.

use super::sources::{self, OBJECT_CALLS, SERVICE_CALLS, SERVICE_EVENTS, Shape, Source, Sources};
use super::target;
use crate::dice::{Dice, Weighted};

/// Shares of 1,000 events; the others are management calls by principals.
const OBJECT: usize = 80;
const BY_SERVICE: usize = 105;
const SERVICE_EVENT: usize = 14;

/// Regions with their weights.
const REGIONS: [(&str, usize); 5] = [
    ("us-east-1", 620),
    ("eu-west-1", 180),
    ("us-west-2", 120),
    ("eu-central-1", 50),
    ("ap-southeast-1", 30),
];

/// How an event came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// A principal called an API.
    Api,
    /// A principal used an object: a data event.
    Object,
    /// A service called an API for its customer.
    ByService(&'static str),
    /// AWS did something by itself.
    ServiceEvent,
    /// Somebody signed in to the console.
    SignIn,
}

/// One call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) occasion: Occasion,
    pub(super) source: &'static Source,
    pub(super) name: &'static str,
    pub(super) read_only: bool,
    pub(super) region: &'static str,
    /// What it is about; see [`target`].
    pub(super) target: String,
}

/// Draws calls.
#[derive(Clone, Debug)]
pub(super) struct Calls {
    sources: Sources,
    objects: Weighted,
    regions: Weighted,
}

impl Calls {
    pub(super) fn new() -> Calls {
        Calls {
            sources: Sources::new(),
            objects: Weighted::new(OBJECT_CALLS.map(|(_, weight)| weight)),
            regions: Weighted::new(REGIONS.map(|(_, weight)| weight)),
        }
    }

    pub(super) fn draw(&self, dice: &mut Dice) -> Call {
        let (occasion, source, name, read_only) = match dice.below(1000) {
            0..OBJECT => {
                let name = OBJECT_CALLS[self.objects.draw(dice)].0;
                (Occasion::Object, sources::named("s3"), name, name != "PutObject")
            }
            at if at < OBJECT + BY_SERVICE => {
                let (service, name, by) = *dice.pick(&SERVICE_CALLS.each_ref());
                (Occasion::ByService(by), sources::named(service), name, true)
            }
            at if at < OBJECT + BY_SERVICE + SERVICE_EVENT => {
                let (service, name) = *dice.pick(&SERVICE_EVENTS.each_ref());
                (Occasion::ServiceEvent, sources::named(service), name, false)
            }
            _ => {
                let (source, name, read_only) = self.sources.draw(dice);
                let is_sign_in = source.shape == Shape::SignIn;
                (if is_sign_in { Occasion::SignIn } else { Occasion::Api }, source, name, read_only)
            }
        };
        let region = REGIONS[self.regions.draw(dice)].0;
        Call { occasion, source, name, read_only, region, target: target::draw(source.shape, dice) }
    }
}

impl Call {
    /// Data events are about objects; all others are management events.
    pub(super) fn is_management(&self) -> bool {
        self.occasion != Occasion::Object
    }

    /// As in `eventType`.
    pub(super) fn event_type(&self) -> &'static str {
        match self.occasion {
            Occasion::Api | Occasion::Object | Occasion::ByService(_) => "AwsApiCall",
            Occasion::ServiceEvent => "AwsServiceEvent",
            Occasion::SignIn => "AwsConsoleSignIn",
        }
    }
}

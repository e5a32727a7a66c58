//! Event data stores.

use crate::{AdvancedEventSelector, EventDataStoreArn, InsightSelector, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a deleted store can be restored; then it is gone.
pub const PENDING_DELETION: Duration = Duration::from_secs(7 * 86_400);

/// An event data store: which events are kept for queries, and for how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDataStore {
    /// Account, region and id.
    pub arn: EventDataStoreArn,
    /// Its name, unique in its account and region.
    pub name: String,
    /// Which events it takes: selectors of one family of categories, at least one.
    pub selectors: Vec<AdvancedEventSelector>,
    /// Whether events of all regions are taken, or those of its own only.
    pub multi_region: bool,
    /// Whether events of all accounts of the organization are taken.
    pub organization: bool,
    /// Days after an event's time until it goes.
    pub retention_days: u16,
    /// How retention is paid for at AWS; here it bounds `retention_days`.
    pub billing_mode: BillingMode,
    /// Whether the store refuses to be deleted.
    pub termination_protection: bool,
    /// Whether events are taken in.
    pub ingesting: bool,
    /// When it was deleted, if it was: it is gone [`PENDING_DELETION`] later.
    pub deleted: Option<Timestamp>,
    /// The ARN of the KMS key that it was made with.
    pub kms_key: Option<String>,
    /// The role by which it is shown to other query engines, while federation is on.
    pub federation_role: Option<String>,
    /// The Insights that are looked for among its events.
    pub insights: Option<StoreInsights>,
    /// How large its events may be.
    pub max_event_size: MaxEventSize,
    /// What its events are enriched with.
    pub context_keys: Vec<ContextKeySelector>,
    /// Its tags by key.
    pub tags: BTreeMap<String, String>,
    /// When it was created.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
}

/// How retention is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BillingMode {
    /// A year, and what one asks for beyond it.
    Extendable,
    /// Seven years.
    Fixed,
}

impl BillingMode {
    /// All of them.
    pub const ALL: [BillingMode; 2] = [BillingMode::Extendable, BillingMode::Fixed];

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<BillingMode> {
        BillingMode::ALL.into_iter().find(|known| known.name() == name)
    }

    /// AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            BillingMode::Extendable => "EXTENDABLE_RETENTION_PRICING",
            BillingMode::Fixed => "FIXED_RETENTION_PRICING",
        }
    }
}

/// The Insights of a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreInsights {
    /// At least one.
    pub selectors: Vec<InsightSelector>,
    /// The store that takes the Insights events.
    pub destination: EventDataStoreArn,
}

/// How large an event may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MaxEventSize {
    /// 256 KB.
    Standard,
    /// 1 MB.
    Large,
}

impl MaxEventSize {
    /// All of them.
    pub const ALL: [MaxEventSize; 2] = [MaxEventSize::Standard, MaxEventSize::Large];

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<MaxEventSize> {
        MaxEventSize::ALL.into_iter().find(|known| known.name() == name)
    }

    /// AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            MaxEventSize::Standard => "Standard",
            MaxEventSize::Large => "Large",
        }
    }
}

/// Context that events are enriched with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextKeySelector {
    /// Where the keys are from.
    pub kind: ContextKind,
    /// The keys, at least one, each once.
    pub keys: Vec<String>,
}

/// Where context is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContextKind {
    /// Tags of resources and principals.
    TagContext,
    /// IAM's global condition keys of the request.
    RequestContext,
}

impl ContextKind {
    /// All of them.
    pub const ALL: [ContextKind; 2] = [ContextKind::TagContext, ContextKind::RequestContext];

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<ContextKind> {
        ContextKind::ALL.into_iter().find(|known| known.name() == name)
    }

    /// AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            ContextKind::TagContext => "TagContext",
            ContextKind::RequestContext => "RequestContext",
        }
    }
}

impl EventDataStore {
    /// Whether it can only be restored.
    pub fn is_pending_deletion(&self) -> bool {
        self.deleted.is_some()
    }

    /// Whether it was deleted so long ago that it is gone.
    pub fn is_gone(&self, now: Timestamp) -> bool {
        self.deleted.is_some_and(|deleted| now >= deleted.plus(PENDING_DELETION))
    }
}

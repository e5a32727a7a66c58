//! Policies of resources: who else may do what with them.

use crate::arn::NotAnArn;
use crate::{AccountId, ChannelArn, DashboardArn, EventDataStoreArn};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// The policy of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourcePolicy {
    /// Whose policy it is.
    pub resource: PolicedArn,
    /// The document, as it was given.
    pub document: String,
}

/// The ARN of a resource that can have a policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicedArn {
    /// An event data store.
    EventDataStore(EventDataStoreArn),
    /// A channel.
    Channel(ChannelArn),
    /// A dashboard.
    Dashboard(DashboardArn),
}

impl PolicedArn {
    /// The account that owns the resource.
    pub fn account(&self) -> AccountId {
        match self {
            PolicedArn::EventDataStore(arn) => arn.account,
            PolicedArn::Channel(arn) => arn.account,
            PolicedArn::Dashboard(arn) => arn.account,
        }
    }
}

impl fmt::Display for PolicedArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PolicedArn::EventDataStore(arn) => arn.fmt(f),
            PolicedArn::Channel(arn) => arn.fmt(f),
            PolicedArn::Dashboard(arn) => arn.fmt(f),
        }
    }
}

impl FromStr for PolicedArn {
    type Err = NotAnArn;

    fn from_str(text: &str) -> Result<PolicedArn, NotAnArn> {
        let store = text.parse().map(PolicedArn::EventDataStore);
        let channel = || text.parse().map(PolicedArn::Channel);
        let dashboard = || text.parse().map(PolicedArn::Dashboard);
        store.or_else(|_| channel()).or_else(|_| dashboard())
    }
}

impl Serialize for PolicedArn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PolicedArn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PolicedArn, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

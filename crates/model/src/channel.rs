//! Channels.

use crate::{ChannelArn, EventDataStoreArn, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A channel: by which somebody else's events come to event data stores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Account, region and id.
    pub arn: ChannelArn,
    /// Its name, unique in its account and region.
    pub name: String,
    /// Who sends, by AWS's name; it never changes.
    pub source: String,
    /// The stores that its events go to; at least one, each once.
    pub destinations: Vec<EventDataStoreArn>,
    /// Its tags by key.
    pub tags: BTreeMap<String, String>,
    /// When it was created.
    pub created: Timestamp,
}

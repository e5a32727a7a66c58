//! Enrichment of event data stores' events: what Cairn knows beside them, and the log as an enriched store reads it.
//!
//! An event gets its context when it is read for its store: by queries while it is in no table yet, and once for good when it
//! goes into one. Tags that change in between change what those queries see.

mod bodies;
mod tags;

pub(crate) use bodies::{Enriched, Rules};
pub(crate) use tags::{FILE, TagMap, Tags, TagsFault, check};

use crate::clock;
use crate::journal::Journal;
use cairn_decide::enrichment::Known;
use cairn_model::AccountId;
use cairn_store::catalog::CatalogState;
use std::sync::{Arc, OnceLock};

/// What is known beside events: the tags that were given, users and roles of the catalog, organizations.
pub(crate) struct Knowledge {
    tags: Tags,
    /// Set once, at the start.
    journal: OnceLock<Arc<Journal>>,
}

/// What is known at one moment.
pub(crate) struct Moment {
    /// Later ones hold over earlier ones.
    tags: [Arc<TagMap>; 2],
    state: Option<Arc<CatalogState>>,
}

impl Knowledge {
    pub(crate) fn new(tags: Tags) -> Knowledge {
        Knowledge { tags, journal: OnceLock::new() }
    }

    /// From now on the catalog is known too.
    pub(crate) fn follow(&self, journal: Arc<Journal>) {
        let _ = self.journal.set(journal);
    }

    pub(crate) fn tags(&self) -> &Tags {
        &self.tags
    }

    /// What is known now. May read a file.
    pub(crate) fn now(&self) -> Moment {
        let state = self.journal.get().map(|journal| journal.catalog().state());
        Moment { tags: self.tags.current(clock::now()), state }
    }
}

impl Moment {
    /// Gives `take` what is known, as events are enriched by it.
    fn with<T>(&self, take: impl FnOnce(&Known<'_>) -> T) -> T {
        let tag = |arn: &str, key: &str| self.tag(arn, key);
        let organization = |account: AccountId| self.organization(account);
        take(&Known { tag: &tag, organization: &organization })
    }

    fn tag(&self, arn: &str, key: &str) -> Option<String> {
        let given = self.tags.iter().rev().find_map(|tags| tags.get(arn)?.get(key));
        given.cloned().or_else(|| self.tag_in_catalog(arn, key))
    }

    /// A tag of a user or role of Cairn's own, or of one of CloudTrail's resources.
    fn tag_in_catalog(&self, arn: &str, key: &str) -> Option<String> {
        let state = self.state.as_ref()?;
        let named = arn.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(':'));
        let tags = match named {
            Some((account, resource)) => {
                let account = account.parse().ok()?;
                match resource.split_once('/')? {
                    ("user", name) => &state.user(account, name)?.tags,
                    ("role", name) => &state.role(account, name)?.tags,
                    _ => return None,
                }
            }
            None => {
                let trail = arn.parse().ok().and_then(|arn| state.trails.get(&arn)).map(|trail| &trail.tags);
                let store = || {
                    arn.parse()
                        .ok()
                        .and_then(|arn| state.event_data_stores.get(&arn))
                        .map(|store| &store.tags)
                };
                trail.or_else(store)?
            }
        };
        tags.get(key).cloned()
    }

    fn organization(&self, account: AccountId) -> Option<String> {
        let organization = self.state.as_ref()?.organization_of(account)?;
        Some(organization.id.to_string())
    }
}

#[cfg(test)]
mod tests;

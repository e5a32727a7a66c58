//! The server's record of what a stack made. It is written before a resource is made, so that a run that is cut off leaves
//! nothing that the next one does not know.

use super::super::Failure;
use super::super::cloudtrail::CloudTrail;
use bytes::Bytes;
use cairn_template::{Kind, Owned, Stacks, Wanted};
use http::Method;
use serde_json::{Value, json};

/// What the server has on record.
pub(super) struct Record {
    path: String,
    revision: u64,
    owned: Vec<Owned>,
}

impl Record {
    pub(super) fn new(stack: &str, stacks: &Stacks) -> Record {
        let path = format!("/_cairn/stacks/{stack}");
        Record { path, revision: stacks.revision(), owned: stacks.own().to_vec() }
    }

    /// Takes in what is about to be made.
    pub(super) async fn add(&mut self, api: &CloudTrail, more: Vec<Owned>) -> Result<(), Failure> {
        let is_new = |new: &Owned| !self.owned.iter().any(|known| is_same(known, new.kind, &new.id));
        let new: Vec<Owned> = more.into_iter().filter(is_new).collect();
        if new.is_empty() {
            return Ok(());
        }
        let owned = self.owned.iter().cloned().chain(new).collect();
        self.write(api, owned).await
    }

    /// Leaves just this on record.
    pub(super) async fn settle(&mut self, api: &CloudTrail, owned: Vec<Owned>) -> Result<(), Failure> {
        if owned == self.owned { Ok(()) } else { self.write(api, owned).await }
    }

    async fn write(&mut self, api: &CloudTrail, owned: Vec<Owned>) -> Result<(), Failure> {
        let resources: Vec<Value> = owned.iter().map(Owned::json).collect();
        let body = json!({ "revision": self.revision, "resources": resources }).to_string();
        let written: Value = api.client.call(Method::POST, &self.path, &[], Bytes::from(body)).await?;
        self.revision = written["revision"].as_u64().unwrap_or_default();
        self.owned = owned;
        Ok(())
    }
}

/// A resource of the template as the record has it; `None` while its name is not known.
pub(super) fn owned(wanted: &Wanted) -> Option<Owned> {
    let Wanted { logical_id, kind, id, retain, .. } = wanted.clone();
    Some(Owned { logical_id, kind, id: id?, retain })
}

fn is_same(owned: &Owned, kind: Kind, id: &str) -> bool {
    owned.kind == kind && owned.id == id
}

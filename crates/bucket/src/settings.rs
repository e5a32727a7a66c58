//! What a bucket's owner has said about it: `settings.json` (FORMAT.md, "settings.json").

use crate::cors::CorsRule;
use crate::error::BucketError;
use crate::policy::Policy;
use crate::tags::Tags;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// All that is said about a bucket.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Settings {
    pub(crate) policy: Option<Policy>,
    pub(crate) cors: Vec<CorsRule>,
    pub(crate) tags: Tags,
    pub(crate) public_access_block: Option<PublicAccessBlock>,
}

/// How far a policy may open the bucket. There are no public ACLs, so that blocking and ignoring those is so
/// anyway.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PublicAccessBlock {
    pub(crate) block_acls: bool,
    pub(crate) ignore_acls: bool,
    /// Refuses public policies.
    pub(crate) block_policy: bool,
    /// Under a public policy lets in nobody but the owner's account and services.
    pub(crate) restrict: bool,
}

/// `settings.json`.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cors: Vec<CorsRule>,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    tags: Tags,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_access_block: Option<PublicAccessBlock>,
}

const VERSION: u32 = 1;

impl Settings {
    /// The bytes of `settings.json`.
    pub(crate) fn stored(&self) -> impl Serialize {
        Stored {
            version: VERSION,
            policy: self.policy.as_ref().map(|policy| policy.text().to_owned()),
            cors: self.cors.clone(),
            tags: self.tags.clone(),
            public_access_block: self.public_access_block,
        }
    }

    /// Reads the `settings.json` at `path` of the bucket `bucket`; none says nothing. A policy that cannot be
    /// evaluated must not be passed over, so it counts as damage.
    pub(crate) fn read(path: &Path, bucket: &str) -> Result<Settings, BucketError> {
        let Some(stored) = crate::stored::read::<Stored>(path, VERSION)? else {
            return Ok(Settings::default());
        };
        let policy = stored.policy.map(|text| Policy::parse(&text, bucket)).transpose();
        Ok(Settings {
            policy: policy.map_err(|_| BucketError::Damaged(path.to_owned()))?,
            cors: stored.cors,
            tags: stored.tags,
            public_access_block: stored.public_access_block,
        })
    }
}

//! Trail ARNs.

use crate::AccountId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// `arn:aws:cloudtrail:<home region>:<account>:trail/<name>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrailArn {
    /// The trail's home region.
    pub region: String,
    /// The account that owns the trail.
    pub account: AccountId,
    /// The trail's name.
    pub name: String,
}

/// The text is not a trail ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the ARN of a trail")]
pub struct NotATrailArn;

impl fmt::Display for TrailArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TrailArn { region, account, name } = self;
        write!(f, "arn:aws:cloudtrail:{region}:{account}:trail/{name}")
    }
}

impl FromStr for TrailArn {
    type Err = NotATrailArn;

    fn from_str(text: &str) -> Result<TrailArn, NotATrailArn> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", _partition, "cloudtrail", region, account, resource] = parts[..] else {
            return Err(NotATrailArn);
        };
        let name = resource.strip_prefix("trail/").ok_or(NotATrailArn)?;
        if region.is_empty() || name.is_empty() {
            return Err(NotATrailArn);
        }
        Ok(TrailArn {
            region: region.to_owned(),
            account: account.parse().map_err(|_| NotATrailArn)?,
            name: name.to_owned(),
        })
    }
}

impl Serialize for TrailArn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TrailArn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TrailArn, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

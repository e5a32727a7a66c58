//! ARNs of CloudTrail's resources.

use crate::AccountId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// The text is not the ARN of a resource of the kind that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the ARN of {0}")]
pub struct NotAnArn(&'static str);

/// Declares the ARN of one kind of resource; all kinds have the same form.
macro_rules! resource_arn {
    ($(#[$doc:meta])* $arn:ident, $kind:literal, $(#[$id_doc:meta])* $id:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $arn {
            /// The region that the resource is at home in.
            pub region: String,
            /// The account that owns the resource.
            pub account: AccountId,
            $(#[$id_doc])*
            pub $id: String,
        }

        impl fmt::Display for $arn {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!("arn:aws:cloudtrail:{}:{}:", $kind, "/{}"), self.region, self.account, self.$id)
            }
        }

        impl FromStr for $arn {
            type Err = NotAnArn;

            fn from_str(text: &str) -> Result<$arn, NotAnArn> {
                let (region, account, id) = parts_of(text, concat!($kind, "/")).ok_or(NotAnArn($what))?;
                Ok($arn { region: region.to_owned(), account, $id: id.to_owned() })
            }
        }

        impl Serialize for $arn {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $arn {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$arn, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

resource_arn!(
    /// `arn:aws:cloudtrail:<home region>:<account>:trail/<name>`.
    TrailArn,
    "trail",
    /// The trail's name.
    name,
    "a trail"
);

resource_arn!(
    /// `arn:aws:cloudtrail:<region>:<account>:eventdatastore/<uuid>`.
    EventDataStoreArn,
    "eventdatastore",
    /// A lower-case UUID, the store's own.
    id,
    "an event data store"
);

resource_arn!(
    /// `arn:aws:cloudtrail:<region>:<account>:channel/<uuid>`.
    ChannelArn,
    "channel",
    /// A lower-case UUID, the channel's own.
    id,
    "a channel"
);

resource_arn!(
    /// `arn:aws:cloudtrail:<region>:<account>:dashboard/<name>`.
    DashboardArn,
    "dashboard",
    /// The dashboard's name.
    name,
    "a dashboard"
);

/// Region, account and what follows `kind`, none of them empty; the partition may be any.
fn parts_of<'a>(text: &'a str, kind: &str) -> Option<(&'a str, AccountId, &'a str)> {
    let mut parts = text.splitn(6, ':');
    let mut next = || parts.next();
    let ("arn", _partition, "cloudtrail") = (next()?, next()?, next()?) else {
        return None;
    };
    let (region, account, resource) = (next()?, next()?.parse().ok()?, next()?);
    let id = resource.strip_prefix(kind)?;
    (!region.is_empty() && !id.is_empty()).then_some((region, account, id))
}

#[cfg(test)]
mod tests;

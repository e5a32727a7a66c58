//! The profile of limits.

use cairn_decide::limits::Limits;
use std::str::FromStr;

/// `limits.profile`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Wide quotas, no throttles, no checks of bucket policies.
    Open,
    /// AWS's quotas, throttles and checks.
    Aws,
}

impl Profile {
    /// Its quotas and checks.
    pub(crate) fn limits(self) -> Limits {
        match self {
            Profile::Open => Limits::OPEN,
            Profile::Aws => Limits::AWS,
        }
    }

    /// Whether calls may come too fast.
    pub(crate) fn throttles(self) -> bool {
        self == Profile::Aws
    }
}

/// The text is no profile's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotAProfile;

impl FromStr for Profile {
    type Err = NotAProfile;

    fn from_str(text: &str) -> Result<Profile, NotAProfile> {
        match text {
            "open" => Ok(Profile::Open),
            "aws" => Ok(Profile::Aws),
            _ => Err(NotAProfile),
        }
    }
}

//! The sample queries, and the form of their files.

use cairn_decide::selectors::Family;
use std::sync::LazyLock;

/// What stands in statements for the event data store's ID.
pub const STORE_PLACE: &str = "$EDS_ID";

/// A question, and the statement that answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// What it is called; no other has the name.
    pub name: &'static str,
    /// What it tells.
    pub about: &'static str,
    /// What kind of store it can be asked of.
    pub family: Family,
    /// SQL, with [`STORE_PLACE`] in place of the store.
    pub statement: &'static str,
}

const FILES: [&str; 18] = [
    include_str!("../queries/identity.sql"),
    include_str!("../queries/sign_in.sql"),
    include_str!("../queries/errors.sql"),
    include_str!("../queries/network.sql"),
    include_str!("../queries/accounts.sql"),
    include_str!("../queries/iam.sql"),
    include_str!("../queries/keys_and_secrets.sql"),
    include_str!("../queries/storage.sql"),
    include_str!("../queries/compute.sql"),
    include_str!("../queries/databases.sql"),
    include_str!("../queries/tampering.sql"),
    include_str!("../queries/operations.sql"),
    include_str!("../queries/compliance.sql"),
    include_str!("../queries/context.sql"),
    include_str!("../queries/insights.sql"),
    include_str!("../queries/activity.sql"),
    include_str!("../queries/configuration.sql"),
    include_str!("../queries/evidence.sql"),
];

const NAME: &str = "-- name: ";
const ABOUT: &str = "-- about: ";
const FAMILY: &str = "-- family: ";

static SAMPLES: LazyLock<Vec<Sample>> =
    LazyLock::new(|| FILES.into_iter().flat_map(|file| file.split("\n\n").map(read)).collect());

/// All sample queries, those of one subject side by side.
pub fn all() -> &'static [Sample] {
    &SAMPLES
}

/// The sample query of this name, in any case.
pub fn named(name: &str) -> Option<&'static Sample> {
    all().iter().find(|sample| sample.name.eq_ignore_ascii_case(name))
}

/// Reads one query: lines of what it is, then the statement.
fn read(text: &'static str) -> Sample {
    let mut sample = Sample { name: "", about: "", family: Family::CloudTrail, statement: "" };
    let mut rest = text.trim();
    while let Some((line, behind)) = rest.split_once('\n') {
        if let Some(name) = line.strip_prefix(NAME) {
            sample.name = name;
        } else if let Some(about) = line.strip_prefix(ABOUT) {
            sample.about = about;
        } else if let Some(family) = line.strip_prefix(FAMILY) {
            sample.family = family_named(family);
        } else {
            break;
        }
        rest = behind;
    }
    Sample { statement: rest, ..sample }
}

fn family_named(name: &str) -> Family {
    match name {
        "Insight" => Family::Insight,
        "ActivityAuditLog" => Family::ActivityAuditLog,
        "ConfigurationItem" => Family::ConfigurationItem,
        "Evidence" => Family::Evidence,
        // A test refuses other names.
        _ => Family::CloudTrail,
    }
}

#[cfg(test)]
mod tests;

//! Stacks: which resources a template made.

use crate::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

/// A stack: what applying one template made in one region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stack {
    /// Whose it is, where, and its name.
    pub id: StackId,
    /// Another one whenever the record is written, also after the stack was deleted and made again, and never 0: who
    /// writes it says which one was read.
    pub revision: u64,
    /// In the order in which they were made.
    pub resources: Vec<StackResource>,
    /// When the record was last written.
    pub updated: Timestamp,
}

/// What a stack goes by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StackId {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: String,
    /// The name, unique in both.
    pub name: String,
}

/// A resource of a stack. It may not be there yet, or any more: the record is written before the resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StackResource {
    /// Its name in the template.
    pub logical_id: String,
    /// CloudFormation's name of its type, such as `AWS::CloudTrail::Trail`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name, or the ARN of the resource whose policy it is.
    pub id: String,
    /// Whether it stays when the template has it no more.
    #[serde(default)]
    pub retain: bool,
}

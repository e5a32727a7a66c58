//! The conditions of one field selector.

use super::texts::{Prefixes, Suffixes, Texts};
use cairn_model::AdvancedFieldSelector;

/// The conditions on one field: any of the positive ones (if there are some) and all of the negative ones.
#[derive(Clone, Debug)]
pub(super) struct Operators {
    positive: Conditions,
    negative: Conditions,
}

/// Values of the three kinds of operators.
#[derive(Clone, Debug)]
struct Conditions {
    equals: Texts,
    starts_with: Prefixes,
    ends_with: Suffixes,
}

impl Operators {
    pub(super) fn new(selector: &AdvancedFieldSelector) -> Operators {
        let AdvancedFieldSelector { equals, starts_with, ends_with, .. } = selector;
        let AdvancedFieldSelector { not_equals, not_starts_with, not_ends_with, .. } = selector;
        Operators {
            positive: Conditions::new(equals, starts_with, ends_with),
            negative: Conditions::new(not_equals, not_starts_with, not_ends_with),
        }
    }

    /// A value that is missing fails every positive condition and meets every negative one.
    pub(super) fn hold(&self, value: Option<&str>) -> bool {
        match value {
            Some(value) => {
                (self.positive.are_none() || self.positive.any(value)) && !self.negative.any(value)
            }
            None => self.positive.are_none(),
        }
    }
}

impl Conditions {
    fn new(equals: &[String], starts_with: &[String], ends_with: &[String]) -> Conditions {
        Conditions {
            equals: Texts::new(equals),
            starts_with: Prefixes::new(starts_with),
            ends_with: Suffixes::new(ends_with),
        }
    }

    fn are_none(&self) -> bool {
        self.equals.is_empty() && self.starts_with.is_empty() && self.ends_with.is_empty()
    }

    fn any(&self, value: &str) -> bool {
        self.equals.have(value) || self.starts_with.begin(value) || self.ends_with.end(value)
    }
}

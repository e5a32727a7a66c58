//! Whether a policy lets in anyone.

use super::{Condition, Effect, Policy};

impl Policy {
    /// Whether it lets in anyone: an `Allow` for every principal that no condition narrows to fixed addresses,
    /// accounts or ARNs. Source: "The meaning of public" in the Amazon S3 user guide.
    pub fn is_public(&self) -> bool {
        let allows = self.statements.iter().filter(|statement| statement.effect == Effect::Allow);
        let mut open = allows.filter(|statement| statement.principals.is_everyone());
        open.any(|statement| !statement.conditions.iter().any(Condition::narrows_who))
    }
}

//! What a statement looks like, for those who allow only some forms.

use super::Statement;
use super::named::{Named, Principals};
use super::statement::Listed;

impl Statement {
    /// Whether it has `NotPrincipal`, `NotAction` or `NotResource`.
    pub fn says_what_it_is_not_about(&self) -> bool {
        let is_not = |listed: &Listed| matches!(listed, Listed::NoneOf(_));
        matches!(self.principals, Principals::NoneOf(_)) || is_not(&self.actions) || is_not(&self.resources)
    }

    /// How many principals it names.
    pub fn principal_count(&self) -> usize {
        self.principals.named().len()
    }

    /// Whether a service is its only principal.
    pub fn is_for_service_only(&self, service: &str) -> bool {
        let named = self.principals.named();
        let is_it = |named: &Named| matches!(named, Named::Service(name) if name == service);
        !named.is_empty() && named.iter().all(is_it)
    }
}

impl Principals {
    fn named(&self) -> &[Named] {
        match self {
            Principals::Holder => &[],
            Principals::AnyOf(named) | Principals::NoneOf(named) => named,
        }
    }
}

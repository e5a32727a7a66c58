//! What a request must carry beside its path.

use crate::operation::Operation;
use crate::shape::Location;
use http::HeaderMap;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// The query and the headers of a request.
pub(crate) struct Parameters<'a> {
    /// Names and values as whoever answers reads them, decoded, sorted by name; a name without value has an empty
    /// one.
    query: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    headers: &'a HeaderMap,
}

impl<'a> Parameters<'a> {
    pub(crate) fn new(query: &'a str, headers: &'a HeaderMap) -> Parameters<'a> {
        let parts = query.split('&').filter(|part| !part.is_empty());
        let pairs = parts.map(|part| part.split_once('=').unwrap_or((part, "")));
        let decoded = |text: &'a str| percent_decode_str(text).decode_utf8_lossy();
        let mut query: Vec<_> = pairs.map(|(name, value)| (decoded(name), decoded(value))).collect();
        query.sort_by(|(one, _), (other, _)| one.cmp(other));
        Parameters { query, headers }
    }

    /// The first value of a query key.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let first = self.query.partition_point(|(key, _)| **key < *name);
        self.query.get(first).filter(|(key, _)| key == name).map(|(_, value)| &**value)
    }

    pub(crate) fn has_header(&self, name: &str) -> bool {
        self.headers.contains_key(name)
    }
}

/// What an operation's template fixes in the query, and what else its input requires outside of the body.
pub(super) struct Conditions {
    fixed: Vec<(&'static str, &'static str)>,
    query: Vec<&'static str>,
    headers: Vec<&'static str>,
}

impl Conditions {
    pub(super) fn new(fixed: &'static str, operation: Operation) -> Conditions {
        let required = |location: Location| {
            let members = operation.input().into_iter().flat_map(|input| input.members());
            members
                .filter(|member| member.is_required() && member.location() == location)
                .map(|member| member.wire_name())
                .collect()
        };
        let parts = fixed.split('&').filter(|part| !part.is_empty());
        Conditions {
            fixed: parts.map(|part| part.split_once('=').unwrap_or((part, ""))).collect(),
            query: required(Location::Query),
            headers: required(Location::Header),
        }
    }

    /// `None` if what the template fixes is missing; else how much it fixes, whether all that is required is
    /// there, and how much of that is.
    pub(super) fn check(&self, parameters: &Parameters<'_>) -> Option<(usize, bool, usize)> {
        let holds = |(name, value): &(&str, &str)| {
            parameters.value(name).is_some_and(|found| value.is_empty() || found == *value)
        };
        if !self.fixed.iter().all(holds) {
            return None;
        }
        let in_query = self.query.iter().filter(|name| parameters.value(name).is_some()).count();
        let in_headers = self.headers.iter().filter(|name| parameters.has_header(name)).count();
        let required = self.query.len() + self.headers.len();
        Some((self.fixed.len(), in_query + in_headers == required, in_query + in_headers))
    }
}

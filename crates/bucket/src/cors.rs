//! Which web pages may use a bucket from a browser (cross-origin resource sharing).

use serde::{Deserialize, Serialize};

/// Most rules of a bucket, as in S3.
const RULES_MAX: usize = 100;
/// The methods that rules may allow.
const METHODS: [&str; 5] = ["GET", "PUT", "POST", "DELETE", "HEAD"];

/// One rule. Of several the first that fits a request counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorsRule {
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Origins such as `https://example.com`, with at most one `*` each.
    pub origins: Vec<String>,
    /// Some of `GET`, `PUT`, `POST`, `DELETE`, `HEAD`.
    pub methods: Vec<String>,
    /// Request headers that a page may send, with at most one `*` each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<String>,
    /// Response headers that a page may read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exposed: Vec<String>,
    /// Seconds for which a browser may remember the answer to its question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_seconds: Option<u32>,
}

/// Why rules are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CorsFault {
    /// None, or more than S3 takes.
    #[error("a configuration has 1 to {RULES_MAX} rules")]
    Count,
    /// A rule without an origin or a method.
    #[error("a rule has at least one AllowedOrigin and one AllowedMethod")]
    Empty,
    /// A method that rules cannot allow.
    #[error("Found unsupported HTTP method in CORS config. Unsupported method is {0}")]
    Method(String),
    /// More than one `*` in a text.
    #[error("{0:?} can not have more than one wildcard.")]
    Wildcards(String),
    /// A `*` in an exposed header, or something that is no header's name.
    #[error("ExposeHeader {0:?} contains a wildcard or is not a header's name.")]
    Exposed(String),
}

/// What a page asks to do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish<'a> {
    pub(crate) origin: &'a str,
    pub(crate) method: &'a str,
    /// The request headers that it would send, if it asks beforehand.
    pub(crate) headers: &'a [String],
}

/// Checks rules before they are kept.
pub(crate) fn check(rules: &[CorsRule]) -> Result<(), CorsFault> {
    if rules.is_empty() || rules.len() > RULES_MAX {
        return Err(CorsFault::Count);
    }
    rules.iter().try_for_each(check_rule)
}

fn check_rule(rule: &CorsRule) -> Result<(), CorsFault> {
    if rule.origins.is_empty() || rule.methods.is_empty() {
        return Err(CorsFault::Empty);
    }
    if let Some(method) = rule.methods.iter().find(|method| !METHODS.contains(&method.as_str())) {
        return Err(CorsFault::Method(method.clone()));
    }
    let mut patterns = rule.origins.iter().chain(&rule.headers);
    if let Some(pattern) = patterns.find(|pattern| pattern.matches('*').count() > 1) {
        return Err(CorsFault::Wildcards(pattern.clone()));
    }
    let is_name =
        |name: &String| http::HeaderName::from_bytes(name.as_bytes()).is_ok() && !name.contains('*');
    match rule.exposed.iter().find(|name| !is_name(name)) {
        Some(name) => Err(CorsFault::Exposed(name.clone())),
        None => Ok(()),
    }
}

/// The rule that lets a page do what it asks for.
pub(crate) fn fitting<'a>(rules: &'a [CorsRule], wish: &Wish<'_>) -> Option<&'a CorsRule> {
    rules.iter().find(|rule| {
        rule.origins.iter().any(|origin| matches(origin, wish.origin))
            && rule.methods.iter().any(|method| method == wish.method)
            && wish.headers.iter().all(|header| rule.allows_header(header))
    })
}

impl CorsRule {
    fn allows_header(&self, header: &str) -> bool {
        let header = header.to_ascii_lowercase();
        self.headers.iter().any(|allowed| matches(&allowed.to_ascii_lowercase(), &header))
    }

    /// Whether it lets in every origin, so that an answer may say `*`.
    pub(crate) fn is_for_anyone(&self) -> bool {
        self.origins.iter().any(|origin| origin == "*")
    }
}

/// Here `*` alone is a wildcard, not `?`.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => {
            text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
        }
        None => pattern == text,
    }
}

#[cfg(test)]
mod tests;

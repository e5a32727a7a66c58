//! What events of an event data store are enriched with: `eventContext`, from an event and what is known beside it.
//!
//! Source of the keys: AWS CloudTrail User Guide, "Enrich CloudTrail events", and AWS IAM User Guide, "AWS global condition
//! context keys". A key appears only if its value follows from the event, or from what Cairn knows for certain. So these never
//! appear: `aws:MultiFactorAuthAge` and `aws:PrincipalServiceNamesList`, of which no record tells; `aws:PrincipalOrgPaths`, as
//! Cairn knows no organizational units; `aws:SourceAccount` and `aws:SourceOrgID`, as records do not name the resource on whose
//! behalf a service called.

mod identity;
mod request;

use cairn_model::json::{elements, members, string, write_string};
use cairn_model::{AccountId, Category, ContextKeySelector, ContextKind, Event, Field};
use identity::Identity;
use request::RequestKey;
use std::borrow::Cow;

/// What is known beside an event.
pub struct Known<'a> {
    /// The tag of what has this ARN, by the tag's key.
    pub tag: &'a dyn Fn(&str, &str) -> Option<String>,
    /// The id of the organization that an account is of.
    pub organization: &'a dyn Fn(AccountId) -> Option<String>,
}

/// What a store's events are enriched with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enrichment {
    request: Vec<RequestKey>,
    /// Keys of tags.
    tags: Vec<String>,
}

impl std::fmt::Debug for Known<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Known").finish_non_exhaustive()
    }
}

impl Enrichment {
    /// What these selectors ask for; `None` if it is nothing.
    pub fn new(selectors: &[ContextKeySelector]) -> Option<Enrichment> {
        let mut enrichment = Enrichment::default();
        for ContextKeySelector { kind, keys } in selectors {
            match kind {
                ContextKind::TagContext => enrichment.tags.extend(keys.iter().cloned()),
                ContextKind::RequestContext => {
                    enrichment.request.extend(keys.iter().filter_map(|key| RequestKey::named(key)));
                }
            }
        }
        (!selectors.is_empty()).then_some(enrichment)
    }

    /// The event's `eventContext`, as JSON; `None` for events that are not enriched, which are those of other categories than
    /// Management and Data, and those that came with one.
    pub fn context(&self, event: &Event<'_>, known: &Known<'_>) -> Option<String> {
        let is_enriched = matches!(event.category(), Category::Management | Category::Data);
        if !is_enriched || event.raw(Field::EventContext).is_some() {
            return None;
        }
        let identity = Identity::of(event);
        let mut out = Vec::new();
        out.extend_from_slice(b"{\"requestContext\":");
        let request =
            self.request.iter().filter_map(|key| Some((key.name(), key.value(event, &identity, known)?)));
        write_texts(&mut out, request);
        out.extend_from_slice(b",\"tagContext\":");
        self.write_tags(&mut out, event, &identity, known);
        out.push(b'}');
        String::from_utf8(out).ok()
    }

    /// Tags of the caller, and of the resources that have any.
    fn write_tags(&self, out: &mut Vec<u8>, event: &Event<'_>, identity: &Identity<'_>, known: &Known<'_>) {
        out.push(b'{');
        if let Some(tags) =
            identity.principal_arn().map(|arn| self.tags_of(&arn, known)).filter(|tags| !tags.is_empty())
        {
            out.extend_from_slice(b"\"principalTags\":");
            write_texts(out, tags.into_iter());
        }
        let arns = resources(event).map(|arn| (self.tags_of(&arn, known), arn));
        let mut separator = if out.ends_with(b"{") { "\"resourceTags\":[" } else { ",\"resourceTags\":[" };
        for (tags, arn) in arns.filter(|(tags, _)| !tags.is_empty()) {
            out.extend_from_slice(separator.as_bytes());
            out.extend_from_slice(b"{\"arn\":");
            write_string(out, &arn);
            out.extend_from_slice(b",\"tags\":");
            write_texts(out, tags.into_iter());
            out.push(b'}');
            separator = ",";
        }
        if separator == "," {
            out.push(b']');
        }
        out.push(b'}');
    }

    fn tags_of<'s>(&'s self, arn: &str, known: &Known<'_>) -> Vec<(&'s str, String)> {
        self.tags.iter().filter_map(|key| Some((key.as_str(), (known.tag)(arn, key)?))).collect()
    }
}

/// The ARNs of the event's resources, each once.
fn resources<'a>(event: &Event<'a>) -> impl Iterator<Item = Cow<'a, str>> {
    let mut arns: Vec<Cow<'a, str>> = Vec::new();
    for resource in elements(event.raw(Field::Resources).unwrap_or_default()) {
        let arn = members(resource).find(|(key, _)| *key == "\"ARN\"").and_then(|(_, arn)| string(arn));
        arns.extend(arn.filter(|arn| !arns.contains(arn)));
    }
    arns.into_iter()
}

fn write_texts<'k>(out: &mut Vec<u8>, texts: impl Iterator<Item = (&'k str, String)>) {
    out.push(b'{');
    for (number, (key, text)) in texts.enumerate() {
        if number > 0 {
            out.push(b',');
        }
        write_string(out, key);
        out.push(b':');
        write_string(out, &text);
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests;

//! A look-up's conditions on single events, for who follows the log instead of asking history.

use crate::error::LookupError;
use crate::lookup::{Categories, Filter, Lookup, RegionTest};
use crate::text::Words;
use cairn_decide::lookup::{FoundResource, resources, username};
use cairn_model::json::{members, string};
use cairn_model::{AccountId, Event, Field};
use std::borrow::Cow;

/// Tells whether an event meets the conditions of a [`Lookup`], as history would: those on account, region,
/// category, filters and text. Its times and its page do not count.
///
/// What costs little is tested first, so that an event that is not wanted is passed in well under a
/// microsecond.
#[derive(Clone, Debug)]
pub struct Matcher {
    account: Option<AccountId>,
    region: Option<RegionTest>,
    categories: Categories,
    /// The cheap ones first.
    filters: Vec<Filter>,
    words: Option<Words>,
}

impl Matcher {
    /// The conditions of `lookup`; events without a region count as of `home_region`.
    pub fn new(lookup: &Lookup, home_region: &str) -> Result<Matcher, LookupError> {
        let mut filters = lookup.filters.clone();
        filters.sort_by_key(|filter| matches!(filter, Filter::ResourceName(_) | Filter::ResourceType(_)));
        Ok(Matcher {
            account: lookup.account,
            region: lookup.region.as_ref().map(|name| RegionTest::new(name, home_region)),
            categories: lookup.categories,
            filters,
            words: lookup.text.as_deref().map(Words::parse).transpose()?,
        })
    }

    /// Whether the event meets all conditions.
    pub fn matches(&self, event: &Event<'_>) -> bool {
        self.categories.contains(event.category())
            && self.account.is_none_or(|account| event.account() == account)
            && self.region.as_ref().is_none_or(|region| in_region(event, region))
            && self.filters.iter().all(|filter| meets(event, filter))
            && self.words.as_ref().is_none_or(|words| words.match_record(event.text()))
    }
}

fn in_region(event: &Event<'_>, region: &RegionTest) -> bool {
    match event.string(Field::AwsRegion) {
        Some(name) => name == region.name,
        None => region.or_none,
    }
}

fn meets(event: &Event<'_>, filter: &Filter) -> bool {
    let is = |field, wanted: &str| event.string(field).is_some_and(|text| text == wanted);
    let has = |field| event.raw(field).is_some_and(|raw| raw.starts_with('"'));
    let any_resource = |test: &dyn Fn(&FoundResource) -> bool| resources(event).iter().any(test);
    match filter {
        Filter::EventId(id) => is(Field::EventId, id),
        Filter::EventName(name) => is_or_inside(event, Field::EventName, name),
        Filter::EventSource(source) => is_or_inside(event, Field::EventSource, source),
        Filter::ReadOnly(read_only) => event.read_only() == Some(*read_only),
        Filter::Username(name) => username(event).is_some_and(|found| found == *name),
        Filter::AccessKeyId(id) => is(Field::UserAccessKeyId, id),
        Filter::SourceIp(ip) => is(Field::SourceIpAddress, ip),
        Filter::ErrorCode(code) => is(Field::ErrorCode, code),
        Filter::UserArn(arn) => is(Field::UserArn, arn),
        Filter::AnyError => has(Field::ErrorCode) || has(Field::ErrorMessage),
        Filter::ResourceName(name) => any_resource(&|found| found.name == *name),
        Filter::ResourceType(kind) => any_resource(&|found| found.resource_type.as_ref() == Some(kind)),
    }
}

/// What the event says itself stands above what its insightDetails or its eventData say.
fn is_or_inside(event: &Event<'_>, field: Field, wanted: &str) -> bool {
    let text = event.string(field).or_else(|| text_inside(event, field));
    text.is_some_and(|text| text == wanted)
}

fn text_inside<'a>(event: &Event<'a>, field: Field) -> Option<Cow<'a, str>> {
    let details = event.raw(Field::InsightDetails).or_else(|| event.event_data())?;
    let is_it = |key: &str| key.strip_prefix('"').and_then(|key| key.strip_suffix('"')) == Some(field.key());
    members(details).find_map(|(key, value)| is_it(key).then(|| string(value))?)
}

#[cfg(test)]
mod tests;

//! Look-ups: what callers ask and get.

mod events;
mod merge;

pub(crate) use merge::{Step, View, page};

use crate::error::LookupError;
use crate::keys::{Keys, OrderKey, TextKey};
use crate::text::{NotWords, Words};
use crate::token::PageToken;
use crate::words::{WordNumber, numbers_in, whole_number_of};
use aws_lc_rs::digest::{SHA256, digest};
use cairn_decide::lookup::FoundResource;
use cairn_model::{AccountId, Category, Origin, Position, Timestamp};
use std::time::{Duration, Instant};

/// What to look for. All conditions must hold.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// Events of this account only.
    pub account: Option<AccountId>,
    /// Events of this region only (`awsRegion`; what carries none counts as the home region's).
    pub region: Option<String>,
    /// Events of these categories only.
    pub categories: Categories,
    /// Each must hold.
    pub filters: Vec<Filter>,
    /// Words that must all occur in the record's values, letter case ignored; `word*` is a prefix.
    pub text: Option<String>,
    /// Events of this second or later.
    pub from: Option<Timestamp>,
    /// Events of this second or earlier.
    pub to: Option<Timestamp>,
    /// The most events on the page. There are fewer, and a next page, where the texts of so many take more
    /// than 16 MiB.
    pub limit: usize,
    /// The token of the page before; it must be of the same parameters (`limit`, `deadline` and `now`
    /// are none).
    pub after: Option<PageToken>,
    /// When to answer with what was found so far.
    pub deadline: Option<Instant>,
    /// Now: what is older than the retention is left out.
    pub now: Timestamp,
}

/// A condition on events: the value must be the same to the letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// `eventID`.
    EventId(String),
    /// `eventName`, or that in an Insights event's details, or in the data of what came through a channel.
    EventName(String),
    /// `eventSource`, likewise.
    EventSource(String),
    /// `readOnly`; events that do not say it match neither value.
    ReadOnly(bool),
    /// The user name, as `cairn_decide::lookup::username` finds it.
    Username(String),
    /// The name of any of the event's resources.
    ResourceName(String),
    /// The type of any of the event's resources.
    ResourceType(String),
    /// `userIdentity.accessKeyId`.
    AccessKeyId(String),
    /// `sourceIPAddress`.
    SourceIp(String),
    /// `errorCode`.
    ErrorCode(String),
    /// `userIdentity.arn`.
    UserArn(String),
    /// It has an `errorCode` or an `errorMessage`.
    AnyError,
}

impl Filter {
    /// The key and its value, of those filters that are of one text key.
    pub(crate) fn text(&self) -> Option<(TextKey, &str)> {
        Some(match self {
            Filter::EventId(text) => (TextKey::EventId, text),
            Filter::EventName(text) => (TextKey::EventName, text),
            Filter::EventSource(text) => (TextKey::EventSource, text),
            Filter::Username(text) => (TextKey::Username, text),
            Filter::AccessKeyId(text) => (TextKey::AccessKeyId, text),
            Filter::SourceIp(text) => (TextKey::SourceIp, text),
            Filter::ErrorCode(text) => (TextKey::ErrorCode, text),
            Filter::UserArn(text) => (TextKey::UserArn, text),
            Filter::ReadOnly(_) | Filter::ResourceName(_) | Filter::ResourceType(_) | Filter::AnyError => {
                return None;
            }
        })
    }
}

/// A set of categories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Categories(u16);

impl Categories {
    /// Every category, [`Category::Other`] too.
    pub const ALL: Categories = Categories(u16::MAX);

    /// These categories.
    pub fn of(categories: &[Category]) -> Categories {
        Categories(categories.iter().fold(0, |set, one| set | bit(*one)))
    }

    /// Whether `category` is in the set.
    pub fn contains(self, category: Category) -> bool {
        self.0 & bit(category) != 0
    }
}

fn bit(category: Category) -> u16 {
    match category {
        Category::Management => 1,
        Category::Data => 2,
        Category::NetworkActivity => 4,
        Category::Insight => 8,
        Category::Aggregated => 16,
        Category::ActivityAuditLog => 32,
        Category::Other => 64,
        Category::ConfigurationItem => 128,
        Category::Evidence => 256,
    }
}

/// One page of an answer.
#[derive(Clone, Debug)]
pub struct Page {
    /// Newest first: by event time, then by position.
    pub events: Vec<Found>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<PageToken>,
    /// Set when the deadline cut the search: everything later than this was searched.
    pub reached: Option<Timestamp>,
}

/// An event that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its position in the log.
    pub position: Position,
    /// `eventTime`.
    pub event_time: Timestamp,
    /// When Cairn took it.
    pub arrival: Timestamp,
    /// How it came.
    pub origin: Origin,
    /// Its category.
    pub category: Category,
    /// The account that it belongs to.
    pub account: AccountId,
    /// The whole record as JSON: that which was sent but for white space, key order and escapes.
    pub text: String,
    /// `awsRegion`.
    pub region: Option<String>,
    /// `eventID`.
    pub event_id: Option<String>,
    /// `eventName`, or that in an Insights event's details, or in the data of what came through a channel.
    pub event_name: Option<String>,
    /// `eventSource`, likewise.
    pub event_source: Option<String>,
    /// `readOnly`.
    pub read_only: Option<bool>,
    /// The user name.
    pub username: Option<String>,
    /// `userIdentity.accessKeyId`.
    pub access_key_id: Option<String>,
    /// Its resources.
    pub resources: Vec<FoundResource>,
}

impl Found {
    pub(crate) fn new(mut keys: Keys<'_>, text: String) -> Found {
        let mut take = |key: TextKey| keys.texts[key as usize].take().map(|text| text.into_owned());
        Found {
            position: keys.position,
            event_time: keys.event_time,
            arrival: keys.arrival,
            origin: keys.origin,
            category: keys.category,
            account: keys.account,
            text,
            region: take(TextKey::Region),
            event_id: take(TextKey::EventId),
            event_name: take(TextKey::EventName),
            event_source: take(TextKey::EventSource),
            read_only: keys.read_only,
            username: take(TextKey::Username),
            access_key_id: take(TextKey::AccessKeyId),
            resources: keys.resources.into_iter().map(FoundResource::from).collect(),
        }
    }
}

/// A look-up, ready to run.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) account: Option<AccountId>,
    pub(crate) region: Option<RegionTest>,
    pub(crate) categories: Categories,
    pub(crate) filters: Vec<Filter>,
    pub(crate) words: Option<Words>,
    /// The numbers of words that a match certainly has.
    pub(crate) word_numbers: Vec<WordNumber>,
    /// Events below this: of the `to` second, and behind the page before.
    pub(crate) below: OrderKey,
    /// Events at or after this time, in microseconds.
    pub(crate) from: i64,
    /// Events whose `kept_from` is after this time, in microseconds.
    pub(crate) kept_after: i64,
    /// Events that arrived below this position.
    pub(crate) upper: Position,
    pub(crate) limit: usize,
    pub(crate) deadline: Option<Instant>,
    fingerprint: u64,
}

/// The region asked for.
#[derive(Clone, Debug)]
pub(crate) struct RegionTest {
    pub(crate) name: String,
    /// Whether events without a region count as of it.
    pub(crate) or_none: bool,
}

impl RegionTest {
    pub(crate) fn new(name: &str, home_region: &str) -> RegionTest {
        RegionTest { or_none: name == home_region, name: name.to_owned() }
    }
}

impl From<NotWords> for LookupError {
    fn from(not: NotWords) -> LookupError {
        match not {
            NotWords::None => LookupError::NoWords,
            NotWords::TooMany => LookupError::TooManyWords,
        }
    }
}

impl Query {
    /// `seen` is what a first page takes as its upper position.
    pub(crate) fn new(
        lookup: Lookup,
        home_region: &str,
        retention: Duration,
        seen: Position,
    ) -> Result<Query, LookupError> {
        let fingerprint = fingerprint(&lookup);
        if lookup.after.is_some_and(|after| after.fingerprint != fingerprint) {
            return Err(LookupError::InvalidToken);
        }
        let words = lookup.text.as_deref().map(Words::parse).transpose()?;
        let after = lookup.after.map_or(OrderKey::TOP, |after| after.after);
        Ok(Query {
            account: lookup.account,
            region: lookup.region.map(|name| RegionTest::new(&name, home_region)),
            categories: lookup.categories,
            word_numbers: word_numbers(&lookup.filters, words.as_ref()),
            filters: lookup.filters,
            words,
            below: lookup.to.map_or(after, |to| after.min(end_of_second(to))),
            from: lookup.from.map_or(i64::MIN, |from| from.floor_to_second().as_micros()),
            kept_after: lookup.now.minus(retention).as_micros(),
            upper: lookup.after.map_or(seen, |after| after.upper),
            limit: lookup.limit,
            deadline: lookup.deadline,
            fingerprint,
        })
    }

    /// The token of the page that starts below `after`.
    fn token(&self, after: OrderKey) -> PageToken {
        PageToken { upper: self.upper, after, fingerprint: self.fingerprint }
    }

    pub(crate) fn out_of_time(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

/// The numbers of words that whatever passes has in its values.
fn word_numbers(filters: &[Filter], words: Option<&Words>) -> Vec<WordNumber> {
    let mut numbers = words.map(Words::numbers).unwrap_or_default();
    // Types of resources may come from Cairn's own tables; all other texts stand in the record.
    let values = filters.iter().filter_map(|filter| match filter {
        Filter::ResourceName(name) => Some(name.as_str()),
        other => other.text().map(|(_, text)| text),
    });
    numbers.extend(values.flat_map(numbers_in));
    let whole = filters.iter().filter_map(|filter| match filter {
        Filter::SourceIp(text) | Filter::UserArn(text) | Filter::Username(text) => whole_number_of(text),
        _ => None,
    });
    numbers.extend(whole);
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The first place in the order that is above all events of `to`'s second.
fn end_of_second(to: Timestamp) -> OrderKey {
    OrderKey { event_time: (to.as_seconds() + 1).saturating_mul(1_000_000), position: 0 }
}

/// A number of the parameters that must stay the same from page to page.
fn fingerprint(lookup: &Lookup) -> u64 {
    let parameters = (
        lookup.account,
        &lookup.region,
        lookup.categories,
        &lookup.filters,
        &lookup.text,
        lookup.from.map(Timestamp::as_seconds),
        lookup.to.map(Timestamp::as_seconds),
    );
    // The debug form quotes texts, so that no two different parameters look alike.
    let digest = digest(&SHA256, format!("{parameters:?}").as_bytes());
    u64::from_le_bytes(*digest.as_ref().first_chunk().expect("SHA-256 has 32 bytes"))
}

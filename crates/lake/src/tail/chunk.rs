//! Rows of the hot tail.

use super::strings::{ABSENT, StringId, Strings};
use crate::history::KeptFrom;
use crate::keys::{ColumnKeys, Keys, OrderKey, TextKey};
use crate::lookup::{Filter, Query};
use cairn_model::{Category, Position, Timestamp};

/// Some rows in log order, with the texts they name.
#[derive(Default)]
pub(crate) struct Chunk {
    rows: Vec<TailRow>,
    strings: Strings,
    /// (type, name) of the rows' resources.
    resources: Vec<(StringId, StringId)>,
}

/// One event of the tail.
#[derive(Clone, Copy)]
pub(crate) struct TailRow {
    position: u64,
    event_time: i64,
    arrival: i64,
    texts: [StringId; TextKey::ALL.len()],
    account: StringId,
    resources_start: u32,
    resources_count: u16,
    category: Category,
    flags: u8,
    text_bytes: u32,
    identity: u64,
}

const READ_ONLY_KNOWN: u8 = 1;
const READ_ONLY: u8 = 2;
const FAILED: u8 = 4;
const CONFLICT: u8 = 8;

impl TailRow {
    pub(crate) fn position(&self) -> Position {
        Position::new(self.position)
    }

    pub(crate) fn text_bytes(&self) -> u64 {
        u64::from(self.text_bytes)
    }

    /// Whether another event has its account, time and id.
    pub(crate) fn conflict(&self) -> bool {
        self.flags & CONFLICT != 0
    }

    /// Of account, time and id; see [`crate::duplicates::Duplicates::identity`].
    pub(crate) fn identity(&self) -> u64 {
        self.identity
    }

    /// The day that its retention counts from.
    pub(crate) fn kept_day(&self, kept_from: KeptFrom) -> i32 {
        let micros = match kept_from {
            KeptFrom::LaterOfArrival => self.event_time.max(self.arrival),
            KeptFrom::EventTime => self.event_time,
        };
        Timestamp::from_micros(micros).day()
    }

    pub(super) fn arrival(&self) -> Timestamp {
        Timestamp::from_micros(self.arrival)
    }

    pub(crate) fn order_key(&self) -> OrderKey {
        OrderKey { event_time: self.event_time, position: self.position }
    }
}

/// A query in terms of one chunk's numbers.
pub(super) struct ChunkQuery<'q> {
    query: &'q Query,
    account: Option<StringId>,
    tests: Vec<Test<'q>>,
}

enum Test<'q> {
    Text(TextKey, StringId),
    Region { id: Option<StringId>, or_none: bool },
    EventId(&'q str),
    ReadOnly(bool),
    ResourceName(StringId),
    ResourceType(StringId),
    Failed,
}

impl Chunk {
    pub(super) fn rows(&self) -> &[TailRow] {
        &self.rows
    }

    /// Memory in bytes, roughly.
    pub(super) fn bytes(&self) -> usize {
        self.rows.capacity() * size_of::<TailRow>() + self.resources.capacity() * 8 + self.strings.bytes()
    }

    pub(super) fn push(&mut self, keys: &Keys<'_>, text_bytes: usize, identity: u64, conflict: bool) {
        let mut texts = [ABSENT; TextKey::ALL.len()];
        for key in TextKey::ALL {
            texts[key as usize] = match (key, keys.text(key)) {
                (_, None) => ABSENT,
                (TextKey::EventId, Some(id)) => self.strings.push(id),
                (_, Some(text)) => self.strings.intern(text),
            };
        }
        let resources_start = self.resources.len() as u32;
        for resource in &keys.resources {
            let kind = resource.kind.as_deref();
            let kind = kind.map_or(ABSENT, |kind| self.strings.intern(kind));
            let name = self.strings.intern(&resource.name);
            self.resources.push((kind, name));
        }
        self.rows.push(TailRow {
            position: keys.position.get(),
            event_time: keys.event_time.as_micros(),
            arrival: keys.arrival.as_micros(),
            texts,
            account: self.strings.intern(keys.account.as_str()),
            resources_start,
            resources_count: keys.resources.len() as u16,
            category: keys.category,
            flags: flags(keys, conflict),
            text_bytes: text_bytes as u32,
            identity,
        });
    }

    /// The keys of a row that columns take, as they were when it was pushed.
    pub(super) fn column_keys(&self, row: &TailRow) -> ColumnKeys<'_> {
        let text = |key: TextKey| self.strings.get(row.texts[key as usize]);
        ColumnKeys {
            position: row.position(),
            event_time: Timestamp::from_micros(row.event_time),
            arrival: row.arrival(),
            category: row.category,
            event_source: text(TextKey::EventSource),
            event_name: text(TextKey::EventName),
            event_id: text(TextKey::EventId),
            username: text(TextKey::Username),
        }
    }

    /// The resources of a row, as (type, name).
    pub(super) fn named_resources(&self, row: &TailRow) -> impl Iterator<Item = (Option<&str>, &str)> {
        let resources = self.resources(row).iter();
        resources.map(|(kind, name)| (self.strings.get(*kind), self.strings.get(*name).unwrap_or_default()))
    }

    /// `query` for this chunk; `None` if none of its rows can match.
    pub(super) fn prepare<'q>(&self, query: &'q Query) -> Option<ChunkQuery<'q>> {
        let account = match &query.account {
            None => None,
            Some(account) => Some(self.strings.find(account.as_str())?),
        };
        let mut tests = Vec::new();
        if let Some(region) = &query.region {
            let id = self.strings.find(&region.name);
            let or_none = region.or_none;
            tests.push(Test::Region { id, or_none });
        }
        for filter in &query.filters {
            tests.push(self.test(filter)?);
        }
        Some(ChunkQuery { query, account, tests })
    }

    fn test<'q>(&self, filter: &'q Filter) -> Option<Test<'q>> {
        Some(match filter {
            Filter::EventId(id) => Test::EventId(id),
            Filter::ReadOnly(value) => Test::ReadOnly(*value),
            Filter::AnyError => Test::Failed,
            Filter::ResourceName(name) => Test::ResourceName(self.strings.find(name)?),
            Filter::ResourceType(kind) => Test::ResourceType(self.strings.find(kind)?),
            other => {
                let (key, text) = other.text().expect("the filters without a text stand above");
                Test::Text(key, self.strings.find(text)?)
            }
        })
    }

    pub(super) fn matches(&self, row: &TailRow, chunk_query: &ChunkQuery<'_>) -> bool {
        let query = chunk_query.query;
        row.order_key() < query.below
            && row.event_time >= query.from
            && row.position < query.upper.get()
            && row.event_time.max(row.arrival) > query.kept_after
            && query.categories.contains(row.category)
            && chunk_query.account.is_none_or(|account| account == row.account)
            && chunk_query.tests.iter().all(|test| self.passes(row, test))
    }

    fn passes(&self, row: &TailRow, test: &Test<'_>) -> bool {
        match test {
            Test::Text(key, id) => row.texts[*key as usize] == *id,
            Test::Region { id, or_none } => match row.texts[TextKey::Region as usize] {
                ABSENT => *or_none,
                region => Some(region) == *id,
            },
            Test::EventId(id) => self.strings.get(row.texts[TextKey::EventId as usize]) == Some(*id),
            Test::ReadOnly(value) => {
                row.flags & READ_ONLY_KNOWN != 0 && (row.flags & READ_ONLY != 0) == *value
            }
            Test::Failed => row.flags & FAILED != 0,
            Test::ResourceName(id) => self.resources(row).iter().any(|(_, name)| name == id),
            Test::ResourceType(id) => self.resources(row).iter().any(|(kind, _)| kind == id),
        }
    }

    fn resources(&self, row: &TailRow) -> &[(StringId, StringId)] {
        let start = row.resources_start as usize;
        &self.resources[start..start + usize::from(row.resources_count)]
    }
}

fn flags(keys: &Keys<'_>, conflict: bool) -> u8 {
    let read_only = match keys.read_only {
        None => 0,
        Some(false) => READ_ONLY_KNOWN,
        Some(true) => READ_ONLY_KNOWN | READ_ONLY,
    };
    read_only | if keys.failed { FAILED } else { 0 } | if conflict { CONFLICT } else { 0 }
}

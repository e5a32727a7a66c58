//! What look-ups find an event by, read out of it once.

use cairn_decide::lookup::{FoundResource, resources, username};
use cairn_model::json::{members, string};
use cairn_model::{AccountId, Category, Event, Field, Origin, Position, Timestamp};
use std::borrow::Cow;

/// A key whose value is text, one per event at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextKey {
    Region,
    EventSource,
    EventName,
    EventId,
    Username,
    AccessKeyId,
    SourceIp,
    ErrorCode,
    UserArn,
}

impl TextKey {
    /// All, in the order of their numbers.
    pub(crate) const ALL: [TextKey; 9] = [
        TextKey::Region,
        TextKey::EventSource,
        TextKey::EventName,
        TextKey::EventId,
        TextKey::Username,
        TextKey::AccessKeyId,
        TextKey::SourceIp,
        TextKey::ErrorCode,
        TextKey::UserArn,
    ];
}

/// A place in the order of pages: by event time, then by position. Pages go downwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OrderKey {
    /// Microseconds since 1970.
    pub(crate) event_time: i64,
    /// The log position.
    pub(crate) position: u64,
}

impl OrderKey {
    /// Above every event.
    pub(crate) const TOP: OrderKey = OrderKey { event_time: i64::MAX, position: u64::MAX };
}

/// The keys of one event.
#[derive(Clone, Debug)]
pub(crate) struct Keys<'a> {
    pub(crate) position: Position,
    pub(crate) event_time: Timestamp,
    pub(crate) arrival: Timestamp,
    pub(crate) account: AccountId,
    pub(crate) category: Category,
    pub(crate) origin: Origin,
    pub(crate) read_only: Option<bool>,
    /// Whether it has an errorCode or an errorMessage.
    pub(crate) failed: bool,
    /// By [`TextKey`].
    pub(crate) texts: [Option<Cow<'a, str>>; 9],
    pub(crate) resources: Vec<Resource<'a>>,
}

/// Those keys of an event that have columns beside its members, or fill theirs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ColumnKeys<'k> {
    pub(crate) position: Position,
    pub(crate) event_time: Timestamp,
    pub(crate) arrival: Timestamp,
    pub(crate) category: Category,
    pub(crate) event_source: Option<&'k str>,
    pub(crate) event_name: Option<&'k str>,
    pub(crate) event_id: Option<&'k str>,
    pub(crate) username: Option<&'k str>,
}

/// A resource that an event names.
#[derive(Clone, Debug)]
pub(crate) struct Resource<'a> {
    pub(crate) kind: Option<Cow<'a, str>>,
    pub(crate) name: Cow<'a, str>,
}

impl<'a> Keys<'a> {
    /// The keys of `event`, which stands at `position`.
    pub(crate) fn of(position: Position, event: &Event<'a>) -> Keys<'a> {
        let mut keys = Keys {
            position,
            event_time: event.event_time(),
            arrival: event.arrival(),
            account: event.account(),
            category: event.category(),
            origin: event.origin(),
            read_only: event.read_only(),
            failed: false,
            texts: Default::default(),
            resources: resources(event).into_iter().map(Resource::from).collect(),
        };
        keys.texts[TextKey::Username as usize] = username(event);
        for (field, raw) in event.fields() {
            keys.take(field, raw);
        }
        if let Some(data) = event.event_data() {
            keys.take_names(data);
        }
        keys
    }

    /// The event's text for `key`.
    pub(crate) fn text(&self, key: TextKey) -> Option<&str> {
        self.texts[key as usize].as_deref()
    }

    fn take(&mut self, field: Field, raw: &'a str) {
        let key = match field {
            Field::AwsRegion => TextKey::Region,
            Field::EventSource => TextKey::EventSource,
            Field::EventName => TextKey::EventName,
            Field::EventId => TextKey::EventId,
            Field::UserAccessKeyId => TextKey::AccessKeyId,
            Field::SourceIpAddress => TextKey::SourceIp,
            Field::UserArn => TextKey::UserArn,
            Field::ErrorCode => {
                self.failed |= raw.starts_with('"');
                TextKey::ErrorCode
            }
            Field::ErrorMessage => {
                self.failed |= raw.starts_with('"');
                return;
            }
            Field::InsightDetails => return self.take_names(raw),
            _ => return,
        };
        // What the event says itself stands above what its insightDetails or its eventData say.
        if let Some(text) = string(raw) {
            self.texts[key as usize] = Some(text);
        }
    }

    /// Insights events carry source and name of the unusual calls inside insightDetails, what came through channels
    /// those of the call inside eventData.
    fn take_names(&mut self, raw: &'a str) {
        for (key, value) in members(raw) {
            let key = match key {
                "\"eventSource\"" => TextKey::EventSource,
                "\"eventName\"" => TextKey::EventName,
                _ => continue,
            };
            if self.texts[key as usize].is_none() {
                self.texts[key as usize] = string(value);
            }
        }
    }
}

impl From<FoundResource> for Resource<'_> {
    fn from(found: FoundResource) -> Self {
        Resource { kind: found.resource_type.map(Cow::Owned), name: Cow::Owned(found.name) }
    }
}

impl From<Resource<'_>> for FoundResource {
    fn from(resource: Resource<'_>) -> Self {
        FoundResource { resource_type: resource.kind.map(Cow::into_owned), name: resource.name.into_owned() }
    }
}

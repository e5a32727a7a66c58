//! What callers of LookupEvents may ask.

use cairn_model::Timestamp;

/// The most events of one page, and how many a page has if the caller does not say.
pub const LOOKUP_RESULTS_MAX: u16 = 50;

const VALUE_LENGTH_MAX: usize = 2000;

/// A LookupEvents request as it came.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// (`AttributeKey`, `AttributeValue`) of each of `LookupAttributes`.
    pub attributes: &'a [(&'a str, &'a str)],
    /// `StartTime`.
    pub start: Option<Timestamp>,
    /// `EndTime`.
    pub end: Option<Timestamp>,
    /// `EventCategory`.
    pub category: Option<&'a str>,
    /// `MaxResults`.
    pub max_results: Option<i64>,
}

/// A request that may be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// What the events must have, if anything.
    pub attribute: Option<Attribute>,
    /// The earliest `eventTime`, inclusive; `None` is as far back as history goes.
    pub start: Option<Timestamp>,
    /// The latest `eventTime`, inclusive; `None` is the newest event.
    pub end: Option<Timestamp>,
    /// Management or Insights events.
    pub category: LookupCategory,
    /// 1 to [`LOOKUP_RESULTS_MAX`].
    pub max_results: u16,
}

/// Which events are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LookupCategory {
    /// Management events.
    Management,
    /// Insights events.
    Insight,
}

/// A value that an event must have, compared to the letter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attribute {
    /// Where.
    pub key: AttributeKey,
    /// What; `true` or `false` for [`AttributeKey::ReadOnly`].
    pub value: String,
}

/// Where an event is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttributeKey {
    /// `userIdentity.accessKeyId`.
    AccessKeyId,
    /// `eventID`.
    EventId,
    /// `eventName`.
    EventName,
    /// `eventSource`.
    EventSource,
    /// `readOnly`.
    ReadOnly,
    /// The name of any of [`super::resources`].
    ResourceName,
    /// The type of any of [`super::resources`].
    ResourceType,
    /// [`super::username`].
    Username,
}

impl AttributeKey {
    /// Reads a key; letter case matters.
    pub fn from_name(name: &str) -> Option<AttributeKey> {
        Some(match name {
            "AccessKeyId" => AttributeKey::AccessKeyId,
            "EventId" => AttributeKey::EventId,
            "EventName" => AttributeKey::EventName,
            "EventSource" => AttributeKey::EventSource,
            "ReadOnly" => AttributeKey::ReadOnly,
            "ResourceName" => AttributeKey::ResourceName,
            "ResourceType" => AttributeKey::ResourceType,
            "Username" => AttributeKey::Username,
            _ => return None,
        })
    }

    fn is_on_insights(self) -> bool {
        matches!(self, AttributeKey::EventId | AttributeKey::EventName | AttributeKey::EventSource)
    }
}

/// Why a request is not answered. The text is for the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// `InvalidLookupAttributesException`: more than one. AWS's documents allow one; Cairn refuses
    /// more, because ignoring a filter silently misleads who investigates.
    #[error("You can specify only one lookup attribute; {0} were specified.")]
    TooManyAttributes(usize),
    /// `InvalidLookupAttributesException`: no such key.
    #[error("Invalid lookup attribute key: {0}")]
    Key(String),
    /// `InvalidLookupAttributesException`: Insights events are not looked up by this key.
    #[error("Lookup attribute key {0} is not valid for event category insight.")]
    KeyNotOnInsights(String),
    /// `InvalidLookupAttributesException`: empty, or too long.
    #[error("The lookup attribute value must be 1 to {VALUE_LENGTH_MAX} characters long.")]
    ValueLength,
    /// `InvalidLookupAttributesException`: neither `true` nor `false`.
    #[error("The value of lookup attribute ReadOnly must be true or false.")]
    ReadOnlyValue,
    /// `InvalidTimeRangeException`.
    #[error("The start time must not be later than the end time.")]
    TimeRange,
    /// `InvalidEventCategoryException`.
    #[error("Invalid event category: {0}. The only valid value is insight.")]
    Category(String),
    /// `InvalidMaxResultsException`.
    #[error("MaxResults must be 1 to {LOOKUP_RESULTS_MAX}; {0} was specified.")]
    MaxResults(i64),
}

impl LookupError {
    /// AWS's name of the exception.
    pub fn code(&self) -> &'static str {
        match self {
            LookupError::TooManyAttributes(_)
            | LookupError::Key(_)
            | LookupError::KeyNotOnInsights(_)
            | LookupError::ValueLength
            | LookupError::ReadOnlyValue => "InvalidLookupAttributesException",
            LookupError::TimeRange => "InvalidTimeRangeException",
            LookupError::Category(_) => "InvalidEventCategoryException",
            LookupError::MaxResults(_) => "InvalidMaxResultsException",
        }
    }
}

/// Judges a request. A range that begins before the 90 days of history is taken as it is: imported events
/// keep their old times and are to be found, and where there are none the answer is empty.
pub fn check(request: &Request<'_>) -> Result<Lookup, LookupError> {
    let category = match request.category {
        None => LookupCategory::Management,
        Some("insight") => LookupCategory::Insight,
        Some(other) => return Err(LookupError::Category(other.to_owned())),
    };
    let attribute = match request.attributes {
        [] => None,
        [(key, value)] => Some(attribute(key, value, category)?),
        several => return Err(LookupError::TooManyAttributes(several.len())),
    };
    if let (Some(start), Some(end)) = (request.start, request.end)
        && start > end
    {
        return Err(LookupError::TimeRange);
    }
    Ok(Lookup {
        attribute,
        start: request.start,
        end: request.end,
        category,
        max_results: max_results(request.max_results)?,
    })
}

fn attribute(key: &str, value: &str, category: LookupCategory) -> Result<Attribute, LookupError> {
    let name = key;
    let key = AttributeKey::from_name(name).ok_or_else(|| LookupError::Key(name.to_owned()))?;
    if category == LookupCategory::Insight && !key.is_on_insights() {
        return Err(LookupError::KeyNotOnInsights(name.to_owned()));
    }
    if !(1..=VALUE_LENGTH_MAX).contains(&counted_length(value)) {
        return Err(LookupError::ValueLength);
    }
    if key == AttributeKey::ReadOnly && !matches!(value, "true" | "false") {
        return Err(LookupError::ReadOnlyValue);
    }
    Ok(Attribute { key, value: value.to_owned() })
}

/// AWS counts `_`, space, comma and newline twice.
fn counted_length(value: &str) -> usize {
    let doubled = |c: char| {
        if matches!(c, '_' | ' ' | ',' | '\n') { 2 } else { 1 }
    };
    value.chars().map(doubled).sum()
}

fn max_results(asked: Option<i64>) -> Result<u16, LookupError> {
    let asked = asked.unwrap_or(LOOKUP_RESULTS_MAX.into());
    match u16::try_from(asked) {
        Ok(count @ 1..=LOOKUP_RESULTS_MAX) => Ok(count),
        _ => Err(LookupError::MaxResults(asked)),
    }
}

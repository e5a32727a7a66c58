//! Events of other systems as CloudTrail records, which the door takes like any other.
//!
//! [`records`] walks a body event by event and hands on one [`Outcome`] for each, so that memory is bounded
//! by the largest event, not by the body. A mapper per source (`kubernetes`, `otlp`, `gcp`, `azure`,
//! `github`, `ocsf`) makes a draft of what the event says; `write` makes the record of it, keeps the
//! original in `additionalEventData` and hides what is secret in both. docs/sources.md has the tables.
//!
//! Pure, and deterministic: the same event makes the same record, `eventID` included, so that what a source
//! delivers twice is dropped as a duplicate.

mod azure;
mod draft;
mod event_id;
mod gcp;
mod github;
mod identity;
mod kubernetes;
mod look;
mod ocsf;
mod original;
mod otlp;
mod verbs;
mod walk;
mod write;

pub use otlp::{Encoding, export_response};

use cairn_model::AccountId;
use cairn_model::json::JsonError;
use draft::Draft;
use serde_json::Value;
use std::ops::ControlFlow;
use walk::{Found, Walk};

/// The most bytes that one event may have as its source sends it: 2 MiB. Its record is far smaller: what is
/// too large for it is left out of it and marked.
pub const ORIGINAL_BYTES_MAX: usize = 2 << 20;

/// Whose events they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Kubernetes: `audit.k8s.io/v1` events, single or in an `EventList`.
    Kubernetes,
    /// OpenTelemetry: export requests of the logs service.
    Otlp,
    /// Google Cloud: Cloud Audit Logs, as log entries or in Pub/Sub messages.
    Gcp,
    /// Azure: the Activity Log, as exported or as the REST API lists it, and resource logs.
    Azure,
    /// GitHub: audit logs of enterprises and organizations.
    GitHub,
    /// OCSF: API Activity (class 6003), of CloudTrail or of anybody else.
    Ocsf,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 6] =
        [Format::Kubernetes, Format::Otlp, Format::Gcp, Format::Azure, Format::GitHub, Format::Ocsf];

    /// The format of this [name](Format::name).
    pub fn from_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// What commands and queries call it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Kubernetes => "kubernetes",
            Format::Otlp => "otlp",
            Format::Gcp => "gcp",
            Format::Azure => "azure",
            Format::GitHub => "github",
            Format::Ocsf => "ocsf",
        }
    }

    /// The members whose arrays hold the events, in objects that only wrap them.
    pub fn lists(self) -> &'static [&'static str] {
        match self {
            Format::Kubernetes => &["items"],
            Format::Otlp | Format::GitHub => &[],
            Format::Gcp => &["entries", "receivedMessages"],
            Format::Azure => &["records", "value"],
            Format::Ocsf => &["events", "Records"],
        }
    }
}

/// What events do not say themselves.
#[derive(Clone, Copy, Debug)]
pub struct Defaults<'a> {
    /// `recipientAccountId`.
    pub account: AccountId,
    /// `awsRegion`.
    pub region: &'a str,
}

/// What became of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The JSON text of its record.
    Record(Vec<u8>),
    /// It is not recorded because another one tells the same and more.
    Skipped(Skip),
    /// It cannot be recorded.
    Refused(Refusal),
}

/// Why an event is not recorded though nothing is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Skip {
    /// Kubernetes tells of each request at several stages; the last one is recorded.
    #[error("an early stage of a request, whose end is recorded")]
    EarlyStage,
}

/// Why an event cannot be recorded. The text is for the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not JSON that everybody reads alike.
    #[error("malformed JSON: {0}")]
    Json(#[from] JsonError),
    /// More than [`ORIGINAL_BYTES_MAX`].
    #[error("longer than {ORIGINAL_BYTES_MAX} bytes")]
    TooLong,
    /// The list or message that it stands in breaks off or is malformed; nothing behind it can be read.
    #[error("what holds the events breaks off here or is malformed")]
    BrokenOff,
    /// Not an event of the format.
    #[error("not {0}")]
    Not(&'static str),
    /// A member that every record needs is missing, or is none that can be read.
    #[error("{0} is missing or malformed")]
    Missing(&'static str),
}

/// Why a body has no events at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not UTF-8.
    #[error("the text is not UTF-8")]
    NotUtf8,
}

/// Hands on what becomes of each event of `body`, with its number from 1, until `take` breaks. A body is one
/// event or more behind one another (one a line, for instance), in arrays, or in the format's [lists].
///
/// [lists]: Format::lists
pub fn records(
    format: Format,
    body: &[u8],
    defaults: &Defaults<'_>,
    take: &mut dyn FnMut(u64, Outcome) -> ControlFlow<()>,
) -> Result<(), Unreadable> {
    match format {
        Format::Otlp => otlp_records(Encoding::Json, body, defaults, take),
        format => walk_events(format, body, defaults, take),
    }
}

/// [`records`] of an OpenTelemetry export request in one of its two encodings.
pub fn otlp_records(
    encoding: Encoding,
    body: &[u8],
    defaults: &Defaults<'_>,
    take: &mut dyn FnMut(u64, Outcome) -> ControlFlow<()>,
) -> Result<(), Unreadable> {
    let mut number = 0;
    let mut hand_on = |log: Result<otlp::Log, Refusal>| {
        number += 1;
        take(number, outcome(log.and_then(|log| otlp::record(log, defaults)).map_err(Unmapped::Refused)))
    };
    match encoding {
        Encoding::Json => otlp::each_in_json(text_of(body)?, &mut hand_on),
        Encoding::Protobuf => otlp::each_in_protobuf(body, &mut hand_on),
    }
    Ok(())
}

fn walk_events(
    format: Format,
    body: &[u8],
    defaults: &Defaults<'_>,
    take: &mut dyn FnMut(u64, Outcome) -> ControlFlow<()>,
) -> Result<(), Unreadable> {
    let mut number = 0;
    Walk::new(format.lists()).walk(text_of(body)?, &mut |found, _| {
        number += 1;
        let made = match found {
            Found::Event(text) => record(format, text, defaults),
            Found::Refused(refusal) => Err(Unmapped::Refused(refusal)),
        };
        take(number, outcome(made))
    });
    Ok(())
}

/// Why there is no draft of an event.
#[derive(Debug, PartialEq)]
enum Unmapped {
    Skipped(Skip),
    Refused(Refusal),
}

impl From<Refusal> for Unmapped {
    fn from(refusal: Refusal) -> Unmapped {
        Unmapped::Refused(refusal)
    }
}

/// `text` is JSON that was checked.
fn record(format: Format, text: &str, defaults: &Defaults<'_>) -> Result<Vec<u8>, Unmapped> {
    let original = original::parse(text)?;
    let (original, draft) = match format {
        Format::Kubernetes => kubernetes::draft(original)?,
        Format::Gcp => gcp::draft(original)?,
        Format::Azure => with(original, azure::draft)?,
        Format::GitHub => with(original, github::draft)?,
        Format::Ocsf => with(original, ocsf::draft)?,
        Format::Otlp => return Err(Refusal::Not("an event by itself").into()),
    };
    Ok(write::record(format, draft, original, defaults))
}

fn with(
    original: Value,
    draft: impl FnOnce(&Value) -> Result<Draft, Refusal>,
) -> Result<(Value, Draft), Refusal> {
    let draft = draft(&original)?;
    Ok((original, draft))
}

fn outcome(made: Result<Vec<u8>, Unmapped>) -> Outcome {
    match made {
        Ok(record) => Outcome::Record(record),
        Err(Unmapped::Skipped(skip)) => Outcome::Skipped(skip),
        Err(Unmapped::Refused(refusal)) => Outcome::Refused(refusal),
    }
}

/// The body as text, without a byte order mark.
fn text_of(body: &[u8]) -> Result<&str, Unreadable> {
    let text = std::str::from_utf8(body).map_err(|_| Unreadable::NotUtf8)?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

#[cfg(test)]
mod tests;

//! How a channel fares, by the events of the calls on it.

use cairn_model::Timestamp;
use serde::Deserialize;

/// GetChannel's `IngestionStatus`. What is absent did not happen lately.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IngestionStatus {
    /// When an event was last taken, and its id.
    pub success: Option<(Timestamp, String)>,
    /// What was last wrong: of a call, or of one of its events.
    pub error_code: Option<String>,
    /// When somebody last tried, and the id of the event that came of it, or that the event was given by its caller.
    pub attempt: Option<(Timestamp, Option<String>)>,
}

/// Of a call's event that which is looked at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    error_code: Option<String>,
    request_parameters: Option<Parameters>,
    response_elements: Option<Answer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    #[serde(default)]
    audit_events: Vec<Sent>,
}

#[derive(Deserialize)]
struct Sent {
    id: String,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    successful: Vec<Taken>,
    #[serde(default)]
    failed: Vec<Failed>,
}

#[derive(Deserialize)]
struct Taken {
    #[serde(rename = "eventID")]
    event_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failed {
    id: String,
    error_code: String,
}

/// The status of a channel on which `calls` were made: when, and the text of the event of each, newest first. Calls of
/// whoever may not put events into it do not count, or strangers would decide what its owner sees.
pub fn ingestion_status<'a>(calls: impl IntoIterator<Item = (Timestamp, &'a str)>) -> IngestionStatus {
    let mut status = IngestionStatus::default();
    for (at, text) in calls {
        // A call with more ids than its event has room for tells none.
        let Ok(told) = serde_json::from_str::<Told>(text) else { continue };
        if told.was_not_let_in() {
            continue;
        }
        status.attempt.get_or_insert_with(|| (at, told.latest_id()));
        if status.success.is_none() {
            status.success = told.last_taken().map(|id| (at, id));
        }
        if status.error_code.is_none() {
            status.error_code = told.last_error();
        }
        if status.success.is_some() && status.error_code.is_some() {
            break;
        }
    }
    status
}

impl Told {
    fn was_not_let_in(&self) -> bool {
        let codes = ["ChannelInsufficientPermission", "AccessDenied", "AccessDeniedException"];
        self.error_code.as_deref().is_some_and(|code| codes.contains(&code))
    }

    fn last_taken(&self) -> Option<String> {
        Some(self.response_elements.as_ref()?.successful.last()?.event_id.clone())
    }

    fn last_error(&self) -> Option<String> {
        let failed = || Some(self.response_elements.as_ref()?.failed.last()?.error_code.clone());
        self.error_code.clone().or_else(failed)
    }

    fn latest_id(&self) -> Option<String> {
        let failed = || Some(self.response_elements.as_ref()?.failed.last()?.id.clone());
        let sent = || Some(self.request_parameters.as_ref()?.audit_events.last()?.id.clone());
        self.last_taken().or_else(failed).or_else(sent)
    }
}

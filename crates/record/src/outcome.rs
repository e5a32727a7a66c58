//! What became of a call.

use crate::call::{Call, OwnedFailure};
use crate::decode::{Reading, request_id};
use crate::observed::{Answer, Observed};
use serde_json::{Map, Value, json};

/// What was called, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What was called, with what, and what it answered.
    pub call: Call,
    /// How it failed, if it did.
    pub failure: Option<OwnedFailure>,
    /// The request id in the answer, if it has one: what its caller will ask for.
    pub request_id: Option<String>,
}

impl Outcome {
    /// With what Cairn has to say about the call itself in `additionalEventData`.
    pub(crate) fn new(mut call: Call, failure: Option<OwnedFailure>, observed: &Observed<'_>) -> Outcome {
        if observed.signature_verified == Some(false) {
            note(&mut call.additional_event_data, "signatureVerified", json!(false));
        }
        if matches!(observed.answer, Answer::Own { .. }) {
            note(&mut call.additional_event_data, "answeredBy", json!("cairn"));
        }
        Outcome { call, failure, request_id: answered_id(&observed.answer) }
    }

    /// Says so if the request's body could not be read whole: parameters are missing then.
    pub(crate) fn with_request_reading(mut self, reading: Reading) -> Outcome {
        self.note_reading("requestBody", reading);
        self
    }

    /// Says so if the answer's body could not be read whole.
    pub(crate) fn with_answer_reading(mut self, reading: Reading) -> Outcome {
        self.note_reading("responseBody", reading);
        self
    }

    fn note_reading(&mut self, name: &str, reading: Reading) {
        match reading {
            Reading::Whole => {}
            Reading::Cut => note(&mut self.call.additional_event_data, name, json!("cut")),
            Reading::Unreadable => note(&mut self.call.additional_event_data, name, json!("unreadable")),
        }
    }
}

/// Adds a member to `additionalEventData.cairn`.
pub(crate) fn note(additional: &mut Option<Value>, name: &str, value: Value) {
    let additional = additional.get_or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(members) = additional {
        let own = members.entry("cairn").or_insert_with(|| Value::Object(Map::new()));
        own[name] = value;
    }
}

/// From the headers, or from where the query protocol and EC2 have it in their XML.
fn answered_id(answer: &Answer<'_>) -> Option<String> {
    let headers = answer.headers()?;
    if let Some(id) = request_id(headers) {
        return Some(id.to_owned());
    }
    let body =
        std::str::from_utf8(answer.body().start).ok().filter(|body| body.trim_start().starts_with('<'))?;
    let of = |open: &str| {
        let (_, behind) = body.split_once(open)?;
        behind.split('<').next().map(str::to_owned)
    };
    of("<RequestId>").or_else(|| of("<requestId>")).or_else(|| of("<RequestID>"))
}

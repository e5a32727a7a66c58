//! How services say no: XML from S3 and the query protocol, JSON from the others, nothing in answers to HEAD.

use crate::error::Refusal;
use crate::xml::Element;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

/// What is read of a refusal.
pub(crate) const BYTES_MAX: usize = 64 << 10;

/// Characters of a service's message that are kept.
const MESSAGE_MAX: usize = 500;

/// What a JSON protocol's service says.
#[derive(Deserialize)]
struct Json {
    #[serde(rename = "__type")]
    code: String,
    #[serde(default, alias = "Message")]
    message: String,
}

pub(crate) fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Refusal {
    let mut refusal = from_json(body).or_else(|| from_xml(body)).unwrap_or_else(|| from_status(status));
    refusal.status = status.as_u16();
    if let Some(region) = headers.get("x-amz-bucket-region").and_then(|value| value.to_str().ok()) {
        refusal.region = Some(region.to_owned());
    }
    refusal
}

fn from_json(body: &[u8]) -> Option<Refusal> {
    let json: Json = serde_json::from_slice(body).ok()?;
    // Some services put a namespace before the code: `com.amazonaws.kms#NotFoundException`.
    let code = json.code.rsplit('#').next().unwrap_or_default();
    Some(refusal(code, &json.message))
}

/// S3's `<Error>`, and the query protocol's `<ErrorResponse><Error>`.
fn from_xml(body: &[u8]) -> Option<Refusal> {
    let document = Element::read(body).ok()?;
    let error = if document.name() == "Error" { &document } else { document.child("Error")? };
    let mut refusal = refusal(error.text_of("Code")?, error.text_of("Message").unwrap_or_default());
    refusal.region = error.text_of("Region").map(str::to_owned);
    Some(refusal)
}

fn from_status(status: StatusCode) -> Refusal {
    let code = match status.as_u16() {
        301 | 307 | 308 => "PermanentRedirect".to_owned(),
        400 => "BadRequest".to_owned(),
        403 => "AccessDenied".to_owned(),
        404 => "NotFound".to_owned(),
        409 => "Conflict".to_owned(),
        412 => "PreconditionFailed".to_owned(),
        416 => "InvalidRange".to_owned(),
        500 => "InternalError".to_owned(),
        501 => "NotImplemented".to_owned(),
        503 => "ServiceUnavailable".to_owned(),
        other => format!("Http{other}"),
    };
    refusal(&code, "")
}

fn refusal(code: &str, message: &str) -> Refusal {
    Refusal {
        status: 0,
        code: code.to_owned(),
        message: message.chars().take(MESSAGE_MAX).collect(),
        region: None,
    }
}

#[cfg(test)]
mod tests;

//! No call of any operation tells a secret: what goes in and comes out is made by the operation's shapes, and a canary
//! stands wherever they say that a value is sensitive, be it a text there or not.
//!
//! The first bytes choose the operation and how it is encoded, the others which members are there.
#![no_main]

#[path = "secrets/encoded.rs"]
mod encoded;
#[path = "secrets/made.rs"]
mod made;

use cairn_fuzz::{admission, assert_admitted};
use cairn_model::Timestamp;
use cairn_operations::{Operation, Protocol, Recognized, services};
use cairn_record::{Answer, Body, Caller, Exchange, Observed, TlsDetails, aws_call, event_text};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use libfuzzer_sys::fuzz_target;
use made::{CANARY, Choices, Made};
use serde_json::{Value, json};

fuzz_target!(|data: &[u8]| {
    let mut choices = Choices(data);
    let Some(operation) = chosen(&mut choices) else { return };
    let protocol = operation.service().protocol();
    // Any service's requests may be CBOR, and there are no others' bodies in XML here.
    let is_cbor = choices.next() || protocol == Protocol::RestXml;
    let is_rest = protocol.is_rest() && !is_cbor;
    let is_failure = choices.next();
    let mut sent = Made::of(operation, operation.input(), is_rest, &mut choices);
    let answer = match is_failure {
        true => failure(sent.has_canary && is_read(operation)),
        false => Made::of(operation, operation.output(), is_rest, &mut choices).body,
    };
    sent.headers.extend(encoding(is_cbor, is_rest));
    let encode = if is_cbor { encoded::cbor } else { encoded::json };
    let status = if is_failure { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let event = event(operation, &sent, &encode(&sent.body), (status, &encode(&answer)));
    assert_admitted(&event);
    let text = String::from_utf8_lossy(&event);
    assert!(!text.contains(CANARY), "{operation:?} {:?} {answer}: {text}", sent.body);
});

fn chosen(choices: &mut Choices<'_>) -> Option<Operation> {
    let services = services();
    let service = &services[choices.number() % services.len()];
    let operations: Vec<Operation> = service.operations().collect();
    operations.get(choices.number() % operations.len().max(1)).copied()
}

/// An error that may repeat what was sent.
fn failure(repeats: bool) -> Value {
    let value = if repeats { CANARY } else { "it" };
    let text = format!("1 validation error: '{value}' is too short");
    json!({"__type": "ValidationException", "message": text})
}

/// Whether its requests' bodies are read: no streams are, and S3's only where they are XML.
fn is_read(operation: Operation) -> bool {
    !operation.has_streaming_input() && operation.service().id() != "s3"
}

/// By these headers a request chooses its protocol, whatever its service speaks first.
fn encoding(is_cbor: bool, is_rest: bool) -> Option<(HeaderName, HeaderValue)> {
    match (is_cbor, is_rest) {
        (true, _) => Some((CONTENT_TYPE, HeaderValue::from_static("application/cbor"))),
        (false, true) => None,
        (false, false) => Some((HeaderName::from_static("x-amz-target"), HeaderValue::from_static("T"))),
    }
}

fn event(operation: Operation, sent: &Made, body: &[u8], answer: (StatusCode, &[u8])) -> Vec<u8> {
    let labels = sent.labels.clone();
    let account = admission().account;
    let outcome = aws_call(
        &Recognized::Operation { operation, labels },
        &Observed {
            method: &operation.method().parse::<Method>().unwrap_or_default(),
            uri: &format!("/?{}", sent.query).parse::<Uri>().unwrap_or_default(),
            headers: &sent.headers,
            host: "localhost:4580",
            body: Body::whole(body),
            answer: Answer::Given {
                status: answer.0,
                headers: &HeaderMap::new(),
                body: Body::whole(answer.1),
            },
            region: "eu-central-1",
            account,
            bucket_owner: None,
            cipher_suite: None,
            signature_verified: Some(true),
        },
    );
    event_text(&Exchange {
        caller: Caller::Anonymous,
        call: outcome.call,
        event_time: Timestamp::from_seconds(1_772_352_251),
        region: "eu-central-1",
        source_ip: "203.0.113.9",
        user_agent: None,
        failure: outcome.failure.as_ref().map(|failure| failure.as_failure()),
        request_id: "R1",
        event_id: "7b1f6c1e-0000-4000-8000-000000000001",
        recipient: account,
        tls: TlsDetails::default(),
    })
}

//! One exchange with an AWS service, or what stands in for one, becomes a call.

use crate::call::{Call, OwnedFailure};
use crate::decode::{self, Decoded, Reading, spoken};
use crate::failure::failure;
use crate::hide::HIDDEN;
use crate::observed::{Answer, Observed, header};
use crate::outcome::Outcome;
use crate::own::lower_first;
use crate::resources::resources;
use crate::s3;
use crate::shown::{Shown, ec2_request, ec2_response, hide_told, is_ec2, remember, telling_none};
use crate::unpacked::Unpacked;
use cairn_model::Category;
use cairn_operations::{Labels, Operation, Plane, Recognized};
use serde_json::{Map, Value};

/// The type of bodies that are pairs, as in a query.
const FORM: &str = "application/x-www-form-urlencoded";

/// As much of such a body as is looked at if the table does not list the call.
const FORM_BYTES_MAX: usize = 64 << 10;

/// What was called, and what became of it, by the table of AWS's operations. Secrets that the table or the list
/// in `secret` knows are not in it, nor are bytes, streams and what objects hold. Whatever the bodies are,
/// there is a call; what could not be read is missing from its parameters, and `additionalEventData.cairn` says
/// so.
pub fn aws_call(recognized: &Recognized, observed: &Observed<'_>) -> Outcome {
    let unpacked = Unpacked::of(recognized, observed);
    let observed = &unpacked.seen(observed);
    match recognized {
        Recognized::Operation { operation, labels } if s3::is_s3(*operation) => {
            s3::forwarded(*operation, labels, observed)
        }
        Recognized::Operation { operation, labels } => listed(*operation, labels, observed),
        Recognized::Unlisted { event_source, event_name } => unlisted(event_source, event_name, observed),
    }
}

fn listed(operation: Operation, labels: &Labels, observed: &Observed<'_>) -> Outcome {
    let mut failure = failure(Some(operation), &observed.answer);
    let request = decode::request(operation, labels, observed);
    let answer = answered(operation, observed, failure.as_ref());
    let (request_reading, answer_reading) = (request.reading, answer.reading);
    let resources = resources(operation, &request.members, &answer.members, observed);
    let mut shown = Shown::new(operation);
    let parameters = parameters(&mut shown, request);
    let elements = elements(&mut shown, answer, observed, failure.is_some());
    tell_no_secret(&mut failure, shown.secrets());
    if request_reading == Reading::Unreadable && matches!(observed.answer, Answer::Given { .. }) {
        tell_nothing(&mut failure);
    }
    let call = Call {
        read_only: operation.is_read_only(),
        category: match operation.plane() {
            Plane::Management => Category::Management,
            Plane::Data { .. } => Category::Data,
        },
        request_parameters: filled(parameters),
        response_elements: filled(elements),
        resources,
        api_version: api_version(operation),
        ..Call::named(operation.event_source(), operation.event_name())
    };
    Outcome::new(call, failure, observed)
        .with_request_reading(request_reading)
        .with_answer_reading(answer_reading)
}

/// The answer, if events of the operation show it or its resources are found in it.
fn answered(operation: Operation, observed: &Observed<'_>, failure: Option<&OwnedFailure>) -> Decoded {
    let Answer::Given { status, headers, body } = observed.answer else { return Decoded::default() };
    if failure.is_some() || !needs_answer(operation) {
        return Decoded::default();
    }
    decode::response(operation, spoken(operation, observed.headers), status, headers, body)
}

/// Whether the event of a call that succeeded tells of its answer's body, so that it must be read: to show it, to find in it
/// which key of KMS was used, or because S3 begins answers well and ends some of them in an error.
pub fn needs_answer(operation: Operation) -> bool {
    let is_write_of_s3 = s3::is_s3(operation) && !operation.is_read_only();
    shows_answer(operation) || is_write_of_s3 || operation.service().id() == "kms"
}

/// Reads answer nothing in events but where they hand out credentials, and what is in resources is not told.
fn shows_answer(operation: Operation) -> bool {
    let name = operation.name();
    match (operation.service().id(), operation.plane()) {
        ("sts", _) => {
            name.starts_with("AssumeRole") || matches!(name, "GetSessionToken" | "GetFederationToken")
        }
        ("sqs", Plane::Data { .. }) => name.starts_with("SendMessage"),
        ("sns", Plane::Data { .. }) => name.starts_with("Publish"),
        ("kinesis", Plane::Data { .. }) => name.starts_with("PutRecord"),
        (_, Plane::Data { .. }) => false,
        _ => !operation.is_read_only(),
    }
}

fn parameters(shown: &mut Shown, request: Decoded) -> Map<String, Value> {
    let unknown = request.unknown;
    let mut parameters = if is_ec2(shown.operation()) {
        ec2_request(shown, request.members)
    } else {
        shown.object(request.members)
    };
    // A newer model may know them, and that they are secret.
    for name in unknown {
        parameters.entry(lower_first(&name)).or_insert_with(|| Value::from(HIDDEN));
    }
    parameters
}

fn elements(shown: &mut Shown, answer: Decoded, observed: &Observed<'_>, failed: bool) -> Map<String, Value> {
    if failed || !shows_answer(shown.operation()) {
        return Map::new();
    }
    let told_before = shown.secrets().to_vec();
    let mut elements = if is_ec2(shown.operation()) {
        ec2_response(shown, observed, answer.members)
    } else {
        as_service_shows(shown.operation(), shown.object(answer.members))
    };
    if !told_before.is_empty() {
        elements.values_mut().for_each(|value| hide_told(value, &told_before));
    }
    elements
}

/// Services whose answers hold one structure, which their events show without its name.
const UNWRAPPED: [&str; 5] = ["docdb", "elasticache", "neptune", "rds", "redshift"];

fn as_service_shows(operation: Operation, mut elements: Map<String, Value>) -> Map<String, Value> {
    match (operation.service().id(), operation.name()) {
        (service, _) if UNWRAPPED.contains(&service) && elements.len() == 1 => {
            match elements.values_mut().next().map(Value::take) {
                Some(Value::Object(inner)) => inner,
                other => elements.keys().cloned().zip(other).collect(),
            }
        }
        // All that is told of a secret that was written is which.
        ("secretsmanager", "CreateSecret" | "PutSecretValue") => {
            elements.remove("aRN").map(|arn| ("arn".to_owned(), arn)).into_iter().collect()
        }
        // The status alone, which its model has of late.
        ("lambda", "DeleteFunction") => Map::new(),
        _ => elements,
    }
}

/// Error messages repeat what was wrong, and that may be a password.
fn tell_no_secret(failure: &mut Option<OwnedFailure>, secrets: &[String]) {
    if let Some(message) = failure.as_mut().and_then(|failure| failure.message.as_mut()) {
        *message = telling_none(message, secrets).to_owned();
    }
}

/// Of a body that could not be read nobody knows what is secret, and the message may repeat any of it.
fn tell_nothing(failure: &mut Option<OwnedFailure>) {
    if let Some(message) = failure.as_mut().and_then(|failure| failure.message.as_mut()) {
        *message = HIDDEN.to_owned();
    }
}

/// Nothing if there is nothing to record: CloudTrail writes null for `{}`.
fn filled(members: Map<String, Value>) -> Option<Value> {
    (!members.is_empty()).then_some(Value::Object(members))
}

/// Only these services' events have it; CloudWatch Logs leaves out the dashes.
fn api_version(operation: Operation) -> Option<std::borrow::Cow<'static, str>> {
    let version = operation.api_version();
    match operation.service().id() {
        "dynamodb" | "dynamodbstreams" | "elb" | "elbv2" | "route53" | "wafv2" => Some(version.into()),
        "logs" => Some(version.replace('-', "").into()),
        _ => None,
    }
}

/// A call that the table does not list. Nobody knows what of it is secret, so only the names are told of texts.
fn unlisted(event_source: &str, event_name: &str, observed: &Observed<'_>) -> Outcome {
    let mut failure = failure(None, &observed.answer);
    let mut untold = Untold::default();
    untold.add_pairs(observed.uri.query().unwrap_or(""));
    let mut reading = if observed.body.is_whole { Reading::Whole } else { Reading::Cut };
    match serde_json::from_slice(observed.body.start) {
        Ok(Value::Object(members)) => untold.add_members(members),
        _ if observed.body.is_empty() => {}
        _ if is_form(observed) => {
            let start = observed.body.start.get(..FORM_BYTES_MAX);
            reading = start.map_or(reading, |_| Reading::Cut);
            untold.add_pairs(&String::from_utf8_lossy(start.unwrap_or(observed.body.start)));
        }
        _ if observed.body.is_whole => reading = Reading::Unreadable,
        _ => {}
    }
    tell_no_secret(&mut failure, &untold.secrets);
    if reading == Reading::Unreadable && matches!(observed.answer, Answer::Given { .. }) {
        tell_nothing(&mut failure);
    }
    let is_safe = observed.method.is_safe();
    let named = Call::named(event_source.to_owned(), event_name.to_owned());
    let call = Call {
        read_only: named.read_only || is_safe,
        request_parameters: filled(untold.parameters),
        ..named
    };
    Outcome::new(call, failure, observed).with_request_reading(reading)
}

fn is_form(observed: &Observed<'_>) -> bool {
    let kind = header(observed.headers, "content-type").unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM))
}

/// Parameters of which only names are told, and their texts, which error messages may repeat.
#[derive(Default)]
struct Untold {
    parameters: Map<String, Value>,
    secrets: Vec<String>,
}

impl Untold {
    /// Those of a query or a form.
    fn add_pairs(&mut self, pairs: &str) {
        for (name, value) in decode::rest::parsed_query(pairs) {
            let is_protocol =
                matches!(name.as_str(), "Action" | "Version") || name.to_lowercase().starts_with("x-amz-");
            if !is_protocol {
                remember(&mut self.secrets, &Value::from(value));
                self.parameters.insert(lower_first(&name), Value::from(HIDDEN));
            }
        }
    }

    /// Those of a JSON body.
    fn add_members(&mut self, members: Map<String, Value>) {
        for (name, value) in members {
            remember(&mut self.secrets, &value);
            self.parameters.insert(lower_first(&name), untold(value));
        }
    }
}

/// A value with its texts hidden.
fn untold(value: Value) -> Value {
    match value {
        Value::String(_) => Value::from(HIDDEN),
        Value::Array(elements) => elements.into_iter().map(untold).collect(),
        Value::Object(members) => Value::Object(
            members.into_iter().map(|(name, value)| (lower_first(&name), untold(value))).collect(),
        ),
        plain => plain,
    }
}

#[cfg(test)]
mod tests;

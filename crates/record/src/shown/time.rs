//! How CloudTrail shows points in time. Read off real events; each kind of service has a way of its own.

use cairn_model::Timestamp;
use cairn_operations::{Operation, Protocol};
use serde_json::Value;

/// One of the ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeForm {
    /// `Jul 10, 2023 12:25:03 PM`: IAM, RDS and others of the query protocol.
    Words,
    /// `Jul 10, 2023, 12:07:59 PM`: JSON services and STS.
    WordsWithComma,
    /// Milliseconds since 1970: EC2.
    Milliseconds,
    /// As it was sent: REST.
    AsSent,
}

impl TimeForm {
    pub(crate) fn of(operation: Operation) -> TimeForm {
        match operation.service().protocol() {
            Protocol::Ec2 => TimeForm::Milliseconds,
            Protocol::Query if operation.service().id() == "sts" => TimeForm::WordsWithComma,
            Protocol::Query => TimeForm::Words,
            Protocol::Json10 | Protocol::Json11 | Protocol::RpcV2Cbor => TimeForm::WordsWithComma,
            Protocol::RestJson | Protocol::RestXml => TimeForm::AsSent,
        }
    }

    /// A time as it was sent, seconds since 1970 or text, in this form. What is no time stays what it is.
    pub(crate) fn shown(self, sent: Value) -> Value {
        let Some(time) = read(&sent) else { return sent };
        match self {
            TimeForm::AsSent => sent,
            TimeForm::Milliseconds => Value::from(time.as_micros().div_euclid(1000)),
            TimeForm::Words => Value::from(words(time, "")),
            TimeForm::WordsWithComma => Value::from(words(time, ",")),
        }
    }
}

/// A time that was sent as seconds since 1970 or as RFC 3339 text.
pub(crate) fn read(sent: &Value) -> Option<Timestamp> {
    match sent {
        Value::Number(seconds) => {
            let seconds = seconds.as_f64().filter(|seconds| seconds.is_finite())?;
            Some(Timestamp::from_micros((seconds * 1e6).round() as i64))
        }
        Value::String(text) => Timestamp::parse(text)
            .or_else(|| text.parse::<f64>().ok().and_then(|seconds| read(&Value::from(seconds)))),
        _ => None,
    }
}

fn words(time: Timestamp, comma: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day, hour, minute, second) = time.civil();
    let month = MONTHS[(month as usize).clamp(1, 12) - 1];
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{month} {day}, {year}{comma} {hour}:{minute:02}:{second:02} {half}")
}

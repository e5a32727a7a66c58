//! The messages, and their form in the protocol's JSON: 64-bit integers as text, ids in hex, other bytes in
//! base64, and no members that say nothing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use prost::{Message, Oneof};
use serde_json::{Map, Number, Value, json};

#[derive(Clone, PartialEq, Message)]
pub(super) struct LogRecord {
    #[prost(fixed64, tag = "1")]
    pub(super) time_unix_nano: u64,
    #[prost(fixed64, tag = "11")]
    pub(super) observed_time_unix_nano: u64,
    #[prost(int32, tag = "2")]
    pub(super) severity_number: i32,
    #[prost(string, tag = "3")]
    pub(super) severity_text: String,
    #[prost(message, optional, tag = "5")]
    pub(super) body: Option<AnyValue>,
    #[prost(message, repeated, tag = "6")]
    pub(super) attributes: Vec<KeyValue>,
    #[prost(uint32, tag = "7")]
    pub(super) dropped_attributes_count: u32,
    #[prost(fixed32, tag = "8")]
    pub(super) flags: u32,
    #[prost(bytes = "vec", tag = "9")]
    pub(super) trace_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "10")]
    pub(super) span_id: Vec<u8>,
    #[prost(string, tag = "12")]
    pub(super) event_name: String,
}

/// `Resource`: what sends the logs.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Source {
    #[prost(message, repeated, tag = "1")]
    pub(super) attributes: Vec<KeyValue>,
    #[prost(uint32, tag = "2")]
    pub(super) dropped_attributes_count: u32,
}

/// `InstrumentationScope`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Scope {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "2")]
    pub(super) version: String,
    #[prost(message, repeated, tag = "3")]
    pub(super) attributes: Vec<KeyValue>,
    #[prost(uint32, tag = "4")]
    pub(super) dropped_attributes_count: u32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct KeyValue {
    #[prost(string, tag = "1")]
    pub(super) key: String,
    #[prost(message, optional, tag = "2")]
    pub(super) value: Option<AnyValue>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct AnyValue {
    #[prost(oneof = "AnyKind", tags = "1, 2, 3, 4, 5, 6, 7")]
    pub(super) kind: Option<AnyKind>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(super) enum AnyKind {
    #[prost(string, tag = "1")]
    Text(String),
    #[prost(bool, tag = "2")]
    Flag(bool),
    #[prost(int64, tag = "3")]
    Integer(i64),
    #[prost(double, tag = "4")]
    Double(f64),
    #[prost(message, tag = "5")]
    List(ListOfValues),
    #[prost(message, tag = "6")]
    Pairs(ListOfPairs),
    #[prost(bytes, tag = "7")]
    Bytes(Vec<u8>),
}

/// `ArrayValue`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct ListOfValues {
    #[prost(message, repeated, tag = "1")]
    pub(super) values: Vec<AnyValue>,
}

/// `KeyValueList`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct ListOfPairs {
    #[prost(message, repeated, tag = "1")]
    pub(super) values: Vec<KeyValue>,
}

/// `ExportLogsServiceResponse`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Response {
    #[prost(message, optional, tag = "1")]
    pub(super) partial_success: Option<PartialSuccess>,
}

/// `ExportLogsPartialSuccess`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct PartialSuccess {
    #[prost(int64, tag = "1")]
    pub(super) rejected_log_records: i64,
    #[prost(string, tag = "2")]
    pub(super) error_message: String,
}

impl LogRecord {
    pub(super) fn into_json(self) -> Value {
        said([
            ("timeUnixNano", nanos(self.time_unix_nano)),
            ("observedTimeUnixNano", nanos(self.observed_time_unix_nano)),
            ("severityNumber", number(self.severity_number.into())),
            ("severityText", self.severity_text.into()),
            ("eventName", self.event_name.into()),
            ("body", self.body.map_or(Value::Null, AnyValue::into_json)),
            ("attributes", pairs(self.attributes)),
            ("droppedAttributesCount", number(self.dropped_attributes_count.into())),
            ("flags", number(self.flags.into())),
            ("traceId", hex::encode(self.trace_id).into()),
            ("spanId", hex::encode(self.span_id).into()),
        ])
    }
}

impl Source {
    pub(super) fn into_json(self) -> Value {
        said([
            ("attributes", pairs(self.attributes)),
            ("droppedAttributesCount", number(self.dropped_attributes_count.into())),
        ])
    }
}

impl Scope {
    pub(super) fn into_json(self) -> Value {
        said([
            ("name", self.name.into()),
            ("version", self.version.into()),
            ("attributes", pairs(self.attributes)),
            ("droppedAttributesCount", number(self.dropped_attributes_count.into())),
        ])
    }
}

impl AnyValue {
    fn into_json(self) -> Value {
        match self.kind {
            None => json!({}),
            Some(AnyKind::Text(text)) => json!({ "stringValue": text }),
            Some(AnyKind::Flag(flag)) => json!({ "boolValue": flag }),
            Some(AnyKind::Integer(integer)) => json!({ "intValue": integer.to_string() }),
            Some(AnyKind::Double(double)) => json!({ "doubleValue": decimal(double) }),
            Some(AnyKind::List(list)) => {
                let values: Vec<Value> = list.values.into_iter().map(AnyValue::into_json).collect();
                json!({"arrayValue": {"values": values}})
            }
            Some(AnyKind::Pairs(list)) => json!({"kvlistValue": {"values": pairs(list.values)}}),
            Some(AnyKind::Bytes(bytes)) => json!({ "bytesValue": STANDARD.encode(bytes) }),
        }
    }
}

fn pairs(pairs: Vec<KeyValue>) -> Value {
    let pair = |pair: KeyValue| {
        let value = pair.value.map_or_else(|| json!({}), AnyValue::into_json);
        json!({"key": pair.key, "value": value})
    };
    pairs.into_iter().map(pair).collect()
}

/// JSON has no words for numbers that are none.
fn decimal(double: f64) -> Value {
    Number::from_f64(double).map_or_else(|| double.to_string().into(), Value::Number)
}

fn nanos(nanos: u64) -> Value {
    if nanos == 0 { Value::Null } else { nanos.to_string().into() }
}

fn number(number: i64) -> Value {
    if number == 0 { Value::Null } else { number.into() }
}

/// The members that say something.
fn said<const N: usize>(members: [(&str, Value); N]) -> Value {
    let says = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(elements) => !elements.is_empty(),
        _ => true,
    };
    let members: Map<String, Value> = members
        .into_iter()
        .filter(|(_, value)| says(value))
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Value::Object(members)
}

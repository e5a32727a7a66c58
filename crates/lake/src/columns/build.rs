//! From events to columns.

use super::{IDENTITY, MEMBERS, SCHEMA, Shape, member_bit, text_element};
use crate::canonical::ContentHash;
use crate::keys::{Keys, TextKey};
use cairn_model::json::string;
use cairn_model::{Event, Field, Origin};
use datafusion::arrow::array::{
    ArrayRef, BinaryBuilder, BooleanBuilder, Int64Builder, ListBuilder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;
use std::sync::Arc;

/// Builds record batches of [`SCHEMA`].
pub(crate) struct ColumnsBuilder {
    rows: usize,
    position: Int64Builder,
    event_time: TimestampMicrosecondBuilder,
    arrival: TimestampMicrosecondBuilder,
    kept_from: TimestampMicrosecondBuilder,
    origin: StringBuilder,
    account: StringBuilder,
    category: StringBuilder,
    conflict: BooleanBuilder,
    content_hash: BinaryBuilder,
    username: StringBuilder,
    resource_names: ListBuilder<StringBuilder>,
    resource_types: ListBuilder<StringBuilder>,
    members: Vec<MemberBuilder>,
    identity: [StringBuilder; IDENTITY.len()],
    null_members: Int64Builder,
    derived_members: Int64Builder,
    overflow: StringBuilder,
}

enum MemberBuilder {
    Text(StringBuilder),
    Flag(BooleanBuilder),
    /// `eventTime` has a column of its own.
    Elsewhere,
}

/// What a row's members leave for the last columns.
#[derive(Default)]
struct Rest {
    null: i64,
    derived: i64,
    overflow: String,
}

impl ColumnsBuilder {
    pub(crate) fn new() -> ColumnsBuilder {
        let times = || TimestampMicrosecondBuilder::new().with_timezone("UTC");
        let texts = || ListBuilder::new(StringBuilder::new()).with_field(text_element());
        ColumnsBuilder {
            rows: 0,
            position: Int64Builder::new(),
            event_time: times(),
            arrival: times(),
            kept_from: times(),
            origin: StringBuilder::new(),
            account: StringBuilder::new(),
            category: StringBuilder::new(),
            conflict: BooleanBuilder::new(),
            content_hash: BinaryBuilder::new(),
            username: StringBuilder::new(),
            resource_names: texts(),
            resource_types: texts(),
            members: MEMBERS
                .iter()
                .map(|member| match member.shape {
                    Shape::Text | Shape::Json => MemberBuilder::Text(StringBuilder::new()),
                    Shape::Flag => MemberBuilder::Flag(BooleanBuilder::new()),
                    Shape::Time => MemberBuilder::Elsewhere,
                })
                .collect(),
            identity: Default::default(),
            null_members: Int64Builder::new(),
            derived_members: Int64Builder::new(),
            overflow: StringBuilder::new(),
        }
    }

    /// Rows since the last [`ColumnsBuilder::finish`].
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Adds a row. `keys` are those of `event`.
    pub(crate) fn append(
        &mut self,
        event: &Event<'_>,
        keys: &Keys<'_>,
        content: &ContentHash,
        conflict: bool,
    ) {
        self.rows += 1;
        self.position.append_value(keys.position.get() as i64);
        self.event_time.append_value(keys.event_time.as_micros());
        self.arrival.append_value(keys.arrival.as_micros());
        self.kept_from.append_value(keys.kept_from().as_micros());
        self.origin.append_value(origin_name(keys.origin));
        self.account.append_value(keys.account.as_str());
        self.category.append_value(keys.category.name());
        self.conflict.append_value(conflict);
        self.content_hash.append_value(content);
        self.username.append_option(keys.text(TextKey::Username));
        for resource in &keys.resources {
            self.resource_names.values().append_value(&resource.name);
            let kind = resource.resource_type.as_deref();
            self.resource_types.values().append_option(kind);
        }
        self.resource_names.append(true);
        self.resource_types.append(true);
        self.append_record(event, keys);
    }

    /// Adds what is needed to put the record together again.
    fn append_record(&mut self, event: &Event<'_>, keys: &Keys<'_>) {
        let mut values = [None; 128];
        for (field, raw) in event.fields() {
            values[usize::from(field as u8) & 127] = Some(raw);
        }
        let mut rest = Rest::default();
        for (member, builder) in MEMBERS.iter().zip(&mut self.members) {
            let raw: Option<&str> = values[usize::from(member.field as u8)];
            match builder {
                MemberBuilder::Text(builder) => {
                    let text = member_text(member.shape, member.field, raw, keys, &mut rest);
                    builder.append_option(text);
                }
                MemberBuilder::Flag(builder) => {
                    builder.append_option(member_flag(member.field, raw, keys, &mut rest));
                }
                MemberBuilder::Elsewhere => check_time(raw, keys, &mut rest),
            }
        }
        for ((field, _), builder) in IDENTITY.iter().zip(&mut self.identity) {
            builder.append_option(values[usize::from(*field as u8)].and_then(string));
        }
        for (key, value) in event.unknown() {
            rest.overflow(key, value);
        }
        self.null_members.append_value(rest.null);
        self.derived_members.append_value(rest.derived);
        self.overflow.append_option(rest.into_overflow());
    }

    /// The rows so far, as one batch; starts over.
    pub(crate) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        self.rows = 0;
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(self.position.finish()),
            Arc::new(self.event_time.finish()),
            Arc::new(self.arrival.finish()),
            Arc::new(self.kept_from.finish()),
            Arc::new(self.origin.finish()),
            Arc::new(self.account.finish()),
            Arc::new(self.category.finish()),
            Arc::new(self.conflict.finish()),
            Arc::new(self.content_hash.finish()),
            Arc::new(self.username.finish()),
            Arc::new(self.resource_names.finish()),
            Arc::new(self.resource_types.finish()),
        ];
        for builder in &mut self.members {
            match builder {
                MemberBuilder::Text(builder) => arrays.push(Arc::new(builder.finish())),
                MemberBuilder::Flag(builder) => arrays.push(Arc::new(builder.finish())),
                MemberBuilder::Elsewhere => {}
            }
        }
        for builder in &mut self.identity {
            arrays.push(Arc::new(builder.finish()));
        }
        arrays.push(Arc::new(self.null_members.finish()));
        arrays.push(Arc::new(self.derived_members.finish()));
        arrays.push(Arc::new(self.overflow.finish()));
        RecordBatch::try_new(SCHEMA.clone(), arrays)
    }
}

/// The name in the column `origin`.
fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Recorded => "recorded",
        Origin::Posted => "posted",
        Origin::Imported => "imported",
    }
}

fn member_text<'v>(
    shape: Shape,
    field: Field,
    raw: Option<&'v str>,
    keys: &'v Keys<'_>,
    rest: &mut Rest,
) -> Option<std::borrow::Cow<'v, str>> {
    match raw {
        Some("null") => rest.null |= member_bit(field),
        Some(raw) if shape == Shape::Json => return Some(raw.into()),
        Some(raw) => match string(raw) {
            Some(text) => return Some(text),
            None => rest.overflow(&quoted(field), raw),
        },
        None => {}
    }
    // Source and name of an Insights event stand in its details, but are looked for here.
    let key = match field {
        Field::EventSource => TextKey::EventSource,
        Field::EventName => TextKey::EventName,
        _ => return None,
    };
    let text = keys.text(key)?;
    rest.derived |= member_bit(field);
    Some(text.into())
}

fn member_flag(field: Field, raw: Option<&str>, keys: &Keys<'_>, rest: &mut Rest) -> Option<bool> {
    match raw? {
        "true" => return Some(true),
        "false" => return Some(false),
        "null" => rest.null |= member_bit(field),
        raw => rest.overflow(&quoted(field), raw),
    }
    // The door understands more forms of readOnly than the boolean, and it is looked for here.
    let flag = keys.read_only.filter(|_| field == Field::ReadOnly)?;
    rest.derived |= member_bit(field);
    Some(flag)
}

/// Keeps the text of `eventTime` unless the timestamp gives it back.
fn check_time(raw: Option<&str>, keys: &Keys<'_>, rest: &mut Rest) {
    let usual = keys.event_time.to_string();
    if raw.and_then(string).is_some_and(|text| text == usual) {
        return;
    }
    rest.derived |= member_bit(Field::EventTime);
    if let Some(raw) = raw {
        rest.overflow(&quoted(Field::EventTime), raw);
    }
}

fn quoted(field: Field) -> String {
    format!("\"{}\"", field.key())
}

impl Rest {
    /// Keeps a member as it came.
    fn overflow(&mut self, key: &str, value: &str) {
        self.overflow.push(if self.overflow.is_empty() { '{' } else { ',' });
        self.overflow.push_str(key);
        self.overflow.push(':');
        self.overflow.push_str(value);
    }

    fn into_overflow(mut self) -> Option<String> {
        if self.overflow.is_empty() {
            return None;
        }
        self.overflow.push('}');
        Some(self.overflow)
    }
}

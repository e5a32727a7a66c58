//! From events to columns.

use super::identity::Taken;
use super::{
    IDENTITY, MEMBERS, SCHEMA, Shape, WHOLE_IDENTITY, event_id_hash, hash_element, member_bit, resource_hash,
    text_element,
};
use crate::keys::ColumnKeys;
use cairn_model::json::string;
use cairn_model::{Event, Field, Origin, Timestamp};
use datafusion::arrow::array::{
    ArrayBuilder, ArrayRef, BooleanBuilder, Int16Builder, Int32Builder, Int64Builder, ListBuilder,
    StringBuilder, TimestampMicrosecondBuilder,
};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;
use std::ops::Range;
use std::sync::Arc;

/// Builds record batches of [`SCHEMA`].
pub(crate) struct ColumnsBuilder {
    rows: usize,
    position: Int64Builder,
    event_time: TimestampMicrosecondBuilder,
    arrival: TimestampMicrosecondBuilder,
    origin: StringBuilder,
    account: StringBuilder,
    category: StringBuilder,
    conflict: BooleanBuilder,
    username: StringBuilder,
    event_id_hash: Int16Builder,
    resource_hashes: ListBuilder<Int32Builder>,
    resource_types: ListBuilder<StringBuilder>,
    /// Of [`MEMBERS`]; short by the rows that lack the member until the next row that has it.
    members: Vec<MemberBuilder>,
    /// Of [`IDENTITY`], likewise.
    identity: [StringBuilder; IDENTITY.len()],
    null_members: Int64Builder,
    derived_members: Int64Builder,
    overflow: StringBuilder,
    rest: Rest,
}

enum MemberBuilder {
    Text(StringBuilder),
    Flag(BooleanBuilder),
    /// `eventTime` has a column of its own.
    Elsewhere,
}

/// What a row's members leave for the last columns. Kept from row to row for its memory.
#[derive(Default)]
struct Rest {
    null: i64,
    derived: i64,
    overflow: String,
    taken: Taken,
    user_identity: String,
}

/// Where a field goes.
#[derive(Clone, Copy)]
enum Slot {
    Nowhere,
    Member(usize),
    Identity(usize),
    /// An object of the identity that has no column.
    IdentityObject,
}

/// By the field's number.
const SLOTS: [Slot; 128] = {
    let mut slots = [Slot::Nowhere; 128];
    let mut index = 0;
    while index < MEMBERS.len() {
        slots[MEMBERS[index].field as usize] = Slot::Member(index);
        index += 1;
    }
    index = 0;
    while index < IDENTITY.len() {
        slots[IDENTITY[index].0 as usize] = Slot::Identity(index);
        index += 1;
    }
    slots[Field::SessionContext as usize] = Slot::IdentityObject;
    slots[Field::SessionIssuer as usize] = Slot::IdentityObject;
    slots
};

impl ColumnsBuilder {
    pub(crate) fn new() -> ColumnsBuilder {
        let times = || TimestampMicrosecondBuilder::new().with_timezone("UTC");
        let members = MEMBERS.iter().map(|member| match member.shape {
            Shape::Text | Shape::Json => MemberBuilder::Text(StringBuilder::new()),
            Shape::Flag => MemberBuilder::Flag(BooleanBuilder::new()),
            Shape::Time => MemberBuilder::Elsewhere,
        });
        ColumnsBuilder {
            rows: 0,
            position: Int64Builder::new(),
            event_time: times(),
            arrival: times(),
            origin: StringBuilder::new(),
            account: StringBuilder::new(),
            category: StringBuilder::new(),
            conflict: BooleanBuilder::new(),
            username: StringBuilder::new(),
            event_id_hash: Int16Builder::new(),
            resource_hashes: ListBuilder::new(Int32Builder::new()).with_field(hash_element()),
            resource_types: ListBuilder::new(StringBuilder::new()).with_field(text_element()),
            members: members.collect(),
            identity: Default::default(),
            null_members: Int64Builder::new(),
            derived_members: Int64Builder::new(),
            overflow: StringBuilder::new(),
            rest: Rest::default(),
        }
    }

    /// Rows since the last [`ColumnsBuilder::finish`].
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Adds a row. `keys` are those of `event`, which names `resources` as (type, name). `conflict`: another event
    /// has its account, time and id.
    pub(crate) fn append<'r>(
        &mut self,
        event: &Event<'_>,
        keys: &ColumnKeys<'_>,
        resources: impl Iterator<Item = (Option<&'r str>, &'r str)>,
        conflict: bool,
    ) {
        self.position.append_value(keys.position.get() as i64);
        self.event_time.append_value(keys.event_time.as_micros());
        self.arrival.append_value(keys.arrival.as_micros());
        self.origin.append_value(origin_name(event.origin()));
        self.account.append_value(event.account().as_str());
        self.category.append_value(keys.category.name());
        self.conflict.append_value(conflict);
        self.username.append_option(keys.username);
        self.event_id_hash.append_value(event_id_hash(keys.event_id.unwrap_or("")));
        for (kind, name) in resources {
            self.resource_hashes.values().append_value(resource_hash(name));
            self.resource_types.values().append_option(kind);
        }
        self.resource_hashes.append(true);
        self.resource_types.append(true);
        self.append_record(event, keys);
        self.rows += 1;
    }

    /// Adds what is needed to put the record together again.
    fn append_record(&mut self, event: &Event<'_>, keys: &ColumnKeys<'_>) {
        self.rest.clear();
        let mut has_time = false;
        for (field, place) in event.places() {
            match SLOTS[usize::from(field as u8)] {
                Slot::Nowhere => {}
                Slot::IdentityObject => self.rest.taken.pass(field, place),
                Slot::Identity(index) => self.append_identity(index, event, place),
                Slot::Member(index) => {
                    has_time |= field == Field::EventTime;
                    self.append_member(index, event, place, keys);
                }
            }
        }
        if !has_time {
            self.rest.derived |= member_bit(Field::EventTime);
        }
        self.derive(Field::EventSource, keys.event_source);
        self.derive(Field::EventName, keys.event_name);
        for (key, value) in event.unknown() {
            self.rest.overflow(key, value);
        }
        self.null_members.append_value(self.rest.null);
        self.derived_members.append_value(self.rest.derived);
        self.overflow.append_option(self.rest.finish_overflow());
    }

    fn append_identity(&mut self, index: usize, event: &Event<'_>, place: Range<usize>) {
        // Of another type it stays where it is.
        if let Some(text) = string(&event.text()[place.clone()]) {
            append_text(&mut self.identity[index], self.rows, &text);
            self.rest.taken.take(IDENTITY[index].0, place);
        }
    }

    fn append_member(&mut self, index: usize, event: &Event<'_>, place: Range<usize>, keys: &ColumnKeys<'_>) {
        let (member, rest) = (&MEMBERS[index], &mut self.rest);
        let raw = &event.text()[place.clone()];
        if raw == "null" {
            rest.null |= member_bit(member.field);
            return;
        }
        match &mut self.members[index] {
            MemberBuilder::Text(builder) if member.field == Field::UserIdentity => {
                let raw = rest.identity(event, &place).unwrap_or(raw);
                append_text(builder, self.rows, raw);
            }
            MemberBuilder::Text(builder) if member.shape == Shape::Json => {
                append_text(builder, self.rows, raw);
            }
            MemberBuilder::Text(builder) => match string(raw) {
                Some(text) => append_text(builder, self.rows, &text),
                None => rest.overflow(&quoted(member.field), raw),
            },
            MemberBuilder::Flag(builder) => match flag(member.field, raw, event, rest) {
                Some(flag) => append_flag(builder, self.rows, flag),
                None => rest.overflow(&quoted(member.field), raw),
            },
            MemberBuilder::Elsewhere => {
                if !is_usual(raw, keys.event_time) {
                    rest.derived |= member_bit(Field::EventTime);
                    rest.overflow(&quoted(Field::EventTime), raw);
                }
            }
        }
    }

    /// Source and name of an Insights event stand in its details, those of what came through a channel in its data, but
    /// they are looked for in their columns.
    fn derive(&mut self, field: Field, text: Option<&str>) {
        let Slot::Member(index) = SLOTS[usize::from(field as u8)] else { return };
        if let (MemberBuilder::Text(builder), Some(text)) = (&mut self.members[index], text)
            && builder.len() <= self.rows
        {
            append_text(builder, self.rows, text);
            self.rest.derived |= member_bit(field);
        }
    }

    /// The rows so far, as one batch; starts over.
    pub(crate) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        let rows = std::mem::take(&mut self.rows);
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(self.position.finish()),
            Arc::new(self.event_time.finish()),
            Arc::new(self.arrival.finish()),
            Arc::new(self.origin.finish()),
            Arc::new(self.account.finish()),
            Arc::new(self.category.finish()),
            Arc::new(self.conflict.finish()),
            Arc::new(self.username.finish()),
            Arc::new(self.event_id_hash.finish()),
            Arc::new(self.resource_hashes.finish()),
            Arc::new(self.resource_types.finish()),
        ];
        for builder in &mut self.members {
            match builder {
                MemberBuilder::Text(builder) => arrays.push(finish_text(builder, rows)),
                MemberBuilder::Flag(builder) => {
                    builder.append_nulls(rows - builder.len());
                    arrays.push(Arc::new(builder.finish()));
                }
                MemberBuilder::Elsewhere => {}
            }
        }
        arrays.extend(self.identity.iter_mut().map(|builder| finish_text(builder, rows)));
        arrays.push(Arc::new(self.null_members.finish()));
        arrays.push(Arc::new(self.derived_members.finish()));
        arrays.push(Arc::new(self.overflow.finish()));
        RecordBatch::try_new(SCHEMA.clone(), arrays)
    }
}

/// Puts a text into row `row`; the rows before it that were passed over have none.
fn append_text(builder: &mut StringBuilder, row: usize, text: &str) {
    builder.append_nulls(row - builder.len());
    builder.append_value(text);
}

fn append_flag(builder: &mut BooleanBuilder, row: usize, flag: bool) {
    builder.append_nulls(row - builder.len());
    builder.append_value(flag);
}

fn finish_text(builder: &mut StringBuilder, rows: usize) -> ArrayRef {
    builder.append_nulls(rows - builder.len());
    Arc::new(builder.finish())
}

/// The name in the column `origin`.
fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Recorded => "recorded",
        Origin::Posted => "posted",
        Origin::Imported => "imported",
    }
}

/// The value of a boolean member. The door understands more forms of readOnly than the boolean, and it is
/// looked for in its column.
fn flag(field: Field, raw: &str, event: &Event<'_>, rest: &mut Rest) -> Option<bool> {
    match raw {
        "true" => Some(true),
        "false" => Some(false),
        _ => {
            let flag = event.read_only().filter(|_| field == Field::ReadOnly)?;
            rest.derived |= member_bit(field);
            rest.overflow(&quoted(field), raw);
            Some(flag)
        }
    }
}

/// Whether the timestamp gives the text of `eventTime` back.
fn is_usual(raw: &str, time: Timestamp) -> bool {
    // "YYYY-MM-DDTHH:MM:SSZ"; the door reads only a leap second as another time than it says.
    let Ok(text) = <&[u8; 22]>::try_from(raw.as_bytes()) else { return false };
    let punctuation = [text[5], text[8], text[11], text[14], text[17], text[20]];
    let usual = punctuation == *b"--T::Z" && text[18..20] != *b"60";
    debug_assert!(!usual || raw[1..21] == time.to_string());
    usual
}

fn quoted(field: Field) -> String {
    format!("\"{}\"", field.key())
}

impl Rest {
    fn clear(&mut self) {
        (self.null, self.derived) = (0, 0);
        self.overflow.clear();
        self.taken.clear();
    }

    /// The identity without what has columns; `None` if it must be kept whole.
    fn identity(&mut self, event: &Event<'_>, place: &Range<usize>) -> Option<&str> {
        self.user_identity.clear();
        if self.taken.leave_out(event, place, &mut self.user_identity) {
            return Some(&self.user_identity);
        }
        self.derived |= WHOLE_IDENTITY;
        None
    }

    /// Keeps a member as it came.
    fn overflow(&mut self, key: &str, value: &str) {
        self.overflow.push(if self.overflow.is_empty() { '{' } else { ',' });
        self.overflow.push_str(key);
        self.overflow.push(':');
        self.overflow.push_str(value);
    }

    fn finish_overflow(&mut self) -> Option<&str> {
        if self.overflow.is_empty() {
            return None;
        }
        self.overflow.push('}');
        Some(&self.overflow)
    }
}

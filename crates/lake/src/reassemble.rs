//! From columns back to records.

use crate::canonical::content_hash;
use crate::columns::{self, IDENTITY, MEMBERS, Shape, WHOLE_IDENTITY, member_bit, put_back};
use crate::error::LakeError;
use crate::keys::{Keys, TextKey};
use crate::lookup::Found;
use crate::stored::ScannedEvent;
use cairn_model::event::{Admission, Door};
use cairn_model::json::{members, write_string};
use cairn_model::{AccountId, Category, Event, Field, Origin, Position, Timestamp};
use datafusion::arrow::array::{
    Array, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::{Int64Type, TimestampMicrosecondType};

/// What a record is put together from.
pub(crate) trait Record {
    /// The text or JSON of one of [`MEMBERS`].
    fn member_text(&self, member: usize) -> Option<&str>;
    /// The flag of one of [`MEMBERS`].
    fn member_flag(&self, member: usize) -> Option<bool>;
    /// The texts of [`IDENTITY`].
    fn identity(&self) -> [Option<&str>; IDENTITY.len()];
    /// Microseconds since 1970.
    fn event_time(&self) -> i64;
    fn null_members(&self) -> i64;
    fn derived_members(&self) -> i64;
    fn overflow(&self) -> Option<&str>;
}

/// The record as JSON.
pub(crate) fn put_together(record: &impl Record) -> String {
    let (null, derived) = (record.null_members(), record.derived_members());
    let mut out = Vec::with_capacity(2048);
    out.push(b'{');
    for (index, member) in MEMBERS.iter().enumerate() {
        if null & member_bit(member.field) != 0 {
            write_key(&mut out, member.field);
            out.extend_from_slice(b"null");
        } else if derived & member_bit(member.field) == 0 {
            write_member(&mut out, index, record);
        }
    }
    for (key, raw) in members(record.overflow().unwrap_or("")) {
        separate(&mut out);
        out.extend_from_slice(key.as_bytes());
        out.push(b':');
        out.extend_from_slice(raw.as_bytes());
    }
    out.push(b'}');
    String::from_utf8(out).expect("made of texts")
}

fn write_member(out: &mut Vec<u8>, index: usize, record: &impl Record) {
    let member = &MEMBERS[index];
    match member.shape {
        Shape::Text => {
            let Some(text) = record.member_text(index) else { return };
            write_key(out, member.field);
            write_string(out, text);
        }
        Shape::Json => {
            let Some(raw) = record.member_text(index) else { return };
            write_key(out, member.field);
            match member.field {
                Field::UserIdentity if record.derived_members() & WHOLE_IDENTITY == 0 => {
                    put_back(raw, &record.identity(), out);
                }
                _ => out.extend_from_slice(raw.as_bytes()),
            }
        }
        Shape::Flag => {
            let Some(flag) = record.member_flag(index) else { return };
            write_key(out, member.field);
            out.extend_from_slice(if flag { b"true" } else { b"false" });
        }
        Shape::Time => {
            write_key(out, member.field);
            write_string(out, &Timestamp::from_micros(record.event_time()).to_string());
        }
    }
}

fn write_key(out: &mut Vec<u8>, field: Field) {
    separate(out);
    write_string(out, field.key());
    out.push(b':');
}

fn separate(out: &mut Vec<u8>) {
    if out.len() > 1 {
        out.push(b',');
    }
}

/// What a look-up shows of a record that was put together: the same as of the event that came.
pub(crate) fn found(
    position: Position,
    arrival: Timestamp,
    origin: Origin,
    account: AccountId,
    text: String,
) -> Result<Found, LakeError> {
    let mut bytes = Vec::with_capacity(text.len() + 512);
    let admission = Admission { origin, account, arrival };
    let admitted = Door::default().admit(text.as_bytes(), &admission, || 0, &mut bytes);
    let foreign = || foreign("records that the door lets in");
    admitted.map_err(|_| foreign())?;
    let event = Event::decode(&bytes).map_err(|_| foreign())?;
    Ok(Found::new(Keys::of(position, &event), text))
}

/// The columns of a batch of whole rows.
pub(crate) struct Rows<'b> {
    position: &'b Int64Array,
    event_time: &'b TimestampMicrosecondArray,
    arrival: &'b TimestampMicrosecondArray,
    origin: &'b StringArray,
    account: &'b StringArray,
    category: &'b StringArray,
    event_id: &'b StringArray,
    members: Vec<MemberColumn<'b>>,
    identity: [&'b StringArray; IDENTITY.len()],
    null_members: &'b Int64Array,
    derived_members: &'b Int64Array,
    overflow: &'b StringArray,
}

enum MemberColumn<'b> {
    Text(&'b StringArray),
    Flag(&'b BooleanArray),
    Time,
}

/// A row of a batch.
struct RowOfBatch<'r> {
    rows: &'r Rows<'r>,
    row: usize,
}

/// The column of a text key.
pub(crate) fn text_column(key: TextKey) -> &'static str {
    match key {
        TextKey::Region => "region",
        TextKey::EventSource => "event_source",
        TextKey::EventName => "event_name",
        TextKey::EventId => "event_id",
        TextKey::Username => columns::USERNAME,
        TextKey::AccessKeyId => "access_key_id",
        TextKey::SourceIp => "source_ip",
        TextKey::ErrorCode => "error_code",
        TextKey::UserArn => "user_arn",
    }
}

/// A column by its name and type; the error names it.
pub(crate) struct Batch<'b>(pub(crate) &'b RecordBatch);

impl<'b> Batch<'b> {
    fn column(&self, name: &'static str) -> Result<&'b dyn Array, LakeError> {
        let column = self.0.column_by_name(name).map(AsRef::as_ref);
        column.ok_or_else(|| foreign(name))
    }

    pub(crate) fn text(&self, name: &'static str) -> Result<&'b StringArray, LakeError> {
        self.column(name)?.as_string_opt().ok_or_else(|| foreign(name))
    }

    pub(crate) fn flag(&self, name: &'static str) -> Result<&'b BooleanArray, LakeError> {
        self.column(name)?.as_boolean_opt().ok_or_else(|| foreign(name))
    }

    pub(crate) fn number(&self, name: &'static str) -> Result<&'b Int64Array, LakeError> {
        let column = self.column(name)?.as_primitive_opt::<Int64Type>();
        column.ok_or_else(|| foreign(name))
    }

    pub(crate) fn time(&self, name: &'static str) -> Result<&'b TimestampMicrosecondArray, LakeError> {
        let column = self.column(name)?.as_primitive_opt::<TimestampMicrosecondType>();
        column.ok_or_else(|| foreign(name))
    }
}

fn foreign(what: &'static str) -> LakeError {
    LakeError::Foreign { path: String::from("a data file"), what }
}

impl<'b> Rows<'b> {
    pub(crate) fn of(batch: &'b RecordBatch) -> Result<Rows<'b>, LakeError> {
        let batch = Batch(batch);
        let mut member_columns = Vec::with_capacity(MEMBERS.len());
        for member in &MEMBERS {
            member_columns.push(match member.shape {
                Shape::Text | Shape::Json => MemberColumn::Text(batch.text(member.column)?),
                Shape::Flag => MemberColumn::Flag(batch.flag(member.column)?),
                Shape::Time => MemberColumn::Time,
            });
        }
        let mut identity = [batch.text(columns::ACCOUNT)?; IDENTITY.len()];
        for (column, (_, name)) in identity.iter_mut().zip(IDENTITY) {
            *column = batch.text(name)?;
        }
        Ok(Rows {
            position: batch.number(columns::POSITION)?,
            event_time: batch.time(columns::EVENT_TIME)?,
            arrival: batch.time(columns::ARRIVAL)?,
            origin: batch.text(columns::ORIGIN)?,
            account: batch.text(columns::ACCOUNT)?,
            category: batch.text(columns::CATEGORY)?,
            event_id: batch.text(text_column(TextKey::EventId))?,
            members: member_columns,
            identity,
            null_members: batch.number(columns::NULL_MEMBERS)?,
            derived_members: batch.number(columns::DERIVED_MEMBERS)?,
            overflow: batch.text(columns::OVERFLOW)?,
        })
    }

    /// The event of a row, as a scan shows it.
    pub(crate) fn scanned<'s>(&'s self, row: usize) -> Result<ScannedEvent<'s>, LakeError> {
        let account = AccountId::from_bytes(self.account.value(row).as_bytes());
        let text = self.text(row);
        Ok(ScannedEvent {
            position: Position::new(self.position.value(row) as u64),
            account: account.map_err(|_| foreign(columns::ACCOUNT))?,
            event_time: Timestamp::from_micros(self.event_time.value(row)),
            arrival: Timestamp::from_micros(self.arrival.value(row)),
            event_id: value(self.event_id, row),
            content_hash: content_hash(&text),
            origin: origin(self.origin.value(row)),
            category: Category::from_name(self.category.value(row)),
            text,
        })
    }

    /// The record of a row as JSON.
    pub(crate) fn text(&self, row: usize) -> String {
        put_together(&RowOfBatch { rows: self, row })
    }
}

impl Record for RowOfBatch<'_> {
    fn member_text(&self, member: usize) -> Option<&str> {
        match &self.rows.members[member] {
            MemberColumn::Text(column) => value(column, self.row),
            MemberColumn::Flag(_) | MemberColumn::Time => None,
        }
    }

    fn member_flag(&self, member: usize) -> Option<bool> {
        match &self.rows.members[member] {
            MemberColumn::Flag(column) => column.is_valid(self.row).then(|| column.value(self.row)),
            MemberColumn::Text(_) | MemberColumn::Time => None,
        }
    }

    fn identity(&self) -> [Option<&str>; IDENTITY.len()] {
        self.rows.identity.map(|column| value(column, self.row))
    }

    fn event_time(&self) -> i64 {
        self.rows.event_time.value(self.row)
    }

    fn null_members(&self) -> i64 {
        self.rows.null_members.value(self.row)
    }

    fn derived_members(&self) -> i64 {
        self.rows.derived_members.value(self.row)
    }

    fn overflow(&self) -> Option<&str> {
        value(self.rows.overflow, self.row)
    }
}

fn value(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}

/// The origin of this name in its column.
pub(crate) fn origin(name: &str) -> Origin {
    match name {
        "recorded" => Origin::Recorded,
        "posted" => Origin::Posted,
        _ => Origin::Imported,
    }
}

#[cfg(test)]
mod tests;

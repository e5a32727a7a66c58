//! From columns back to records.

use crate::columns::{self, MEMBERS, Shape, member_bit};
use crate::error::LakeError;
use crate::keys::TextKey;
use crate::lookup::Found;
use cairn_decide::lookup::FoundResource;
use cairn_model::json::{members, write_string};
use cairn_model::{AccountId, Category, Field, Origin, Position, Timestamp};
use datafusion::arrow::array::{
    Array, AsArray, BooleanArray, Int64Array, ListArray, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::{Int64Type, TimestampMicrosecondType};

/// The columns of a batch of whole rows.
pub(crate) struct Rows<'b> {
    position: &'b Int64Array,
    event_time: &'b TimestampMicrosecondArray,
    arrival: &'b TimestampMicrosecondArray,
    origin: &'b StringArray,
    account: &'b StringArray,
    category: &'b StringArray,
    texts: [&'b StringArray; TextKey::ALL.len()],
    resource_names: &'b ListArray,
    resource_types: &'b ListArray,
    members: Vec<MemberColumn<'b>>,
    null_members: &'b Int64Array,
    derived_members: &'b Int64Array,
    overflow: &'b StringArray,
}

enum MemberColumn<'b> {
    Text(&'b StringArray),
    Flag(&'b BooleanArray),
    Json(&'b StringArray),
    Time,
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

    pub(crate) fn texts(&self, name: &'static str) -> Result<&'b ListArray, LakeError> {
        self.column(name)?.as_list_opt().ok_or_else(|| foreign(name))
    }

    pub(crate) fn bytes(
        &self,
        name: &'static str,
    ) -> Result<&'b datafusion::arrow::array::BinaryArray, LakeError> {
        self.column(name)?.as_binary_opt().ok_or_else(|| foreign(name))
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
                Shape::Text => MemberColumn::Text(batch.text(member.column)?),
                Shape::Json => MemberColumn::Json(batch.text(member.column)?),
                Shape::Flag => MemberColumn::Flag(batch.flag(member.column)?),
                Shape::Time => MemberColumn::Time,
            });
        }
        let mut texts = [batch.text(columns::ACCOUNT)?; TextKey::ALL.len()];
        for key in TextKey::ALL {
            texts[key as usize] = batch.text(text_column(key))?;
        }
        Ok(Rows {
            position: batch.number(columns::POSITION)?,
            event_time: batch.time(columns::EVENT_TIME)?,
            arrival: batch.time(columns::ARRIVAL)?,
            origin: batch.text(columns::ORIGIN)?,
            account: batch.text(columns::ACCOUNT)?,
            category: batch.text(columns::CATEGORY)?,
            texts,
            resource_names: batch.texts(columns::RESOURCE_NAMES)?,
            resource_types: batch.texts(columns::RESOURCE_TYPES)?,
            members: member_columns,
            null_members: batch.number(columns::NULL_MEMBERS)?,
            derived_members: batch.number(columns::DERIVED_MEMBERS)?,
            overflow: batch.text(columns::OVERFLOW)?,
        })
    }

    /// The whole event of a row.
    pub(crate) fn found(&self, row: usize) -> Result<Found, LakeError> {
        let account = AccountId::from_bytes(self.account.value(row).as_bytes());
        let text = |key: TextKey| value(self.texts[key as usize], row).map(str::to_owned);
        let read_only =
            MEMBERS.iter().zip(&self.members).find_map(|(member, column)| match (member.field, column) {
                (Field::ReadOnly, MemberColumn::Flag(column)) => Some(*column),
                _ => None,
            });
        Ok(Found {
            position: Position::new(self.position.value(row) as u64),
            event_time: Timestamp::from_micros(self.event_time.value(row)),
            arrival: Timestamp::from_micros(self.arrival.value(row)),
            origin: origin(self.origin.value(row)),
            category: Category::from_name(self.category.value(row)),
            account: account.map_err(|_| foreign(columns::ACCOUNT))?,
            text: self.text(row),
            region: text(TextKey::Region),
            event_id: text(TextKey::EventId),
            event_name: text(TextKey::EventName),
            event_source: text(TextKey::EventSource),
            read_only: read_only.and_then(|column| flag(column, row)),
            username: text(TextKey::Username),
            access_key_id: text(TextKey::AccessKeyId),
            resources: self.resources(row),
        })
    }

    /// The record of a row as JSON.
    pub(crate) fn text(&self, row: usize) -> String {
        let null = self.null_members.value(row);
        let derived = self.derived_members.value(row);
        let mut out = Vec::with_capacity(1024);
        out.push(b'{');
        for (member, column) in MEMBERS.iter().zip(&self.members) {
            if null & member_bit(member.field) != 0 {
                write_key(&mut out, member.field);
                out.extend_from_slice(b"null");
            } else if derived & member_bit(member.field) == 0 {
                self.write_member(&mut out, member.field, column, row);
            }
        }
        for (key, raw) in members(value(self.overflow, row).unwrap_or("")) {
            separate(&mut out);
            out.extend_from_slice(key.as_bytes());
            out.push(b':');
            out.extend_from_slice(raw.as_bytes());
        }
        out.push(b'}');
        String::from_utf8(out).expect("made of texts")
    }

    fn write_member(&self, out: &mut Vec<u8>, field: Field, column: &MemberColumn<'_>, row: usize) {
        match column {
            MemberColumn::Text(column) => {
                if let Some(text) = value(column, row) {
                    write_key(out, field);
                    write_string(out, text);
                }
            }
            MemberColumn::Json(column) => {
                if let Some(raw) = value(column, row) {
                    write_key(out, field);
                    out.extend_from_slice(raw.as_bytes());
                }
            }
            MemberColumn::Flag(column) => {
                if let Some(flag) = flag(column, row) {
                    write_key(out, field);
                    out.extend_from_slice(if flag { b"true" } else { b"false" });
                }
            }
            MemberColumn::Time => {
                let time = Timestamp::from_micros(self.event_time.value(row));
                write_key(out, field);
                write_string(out, &time.to_string());
            }
        }
    }

    fn resources(&self, row: usize) -> Vec<FoundResource> {
        let (names, types) = (self.resource_names.value(row), self.resource_types.value(row));
        let (names, types) = (names.as_string::<i32>(), types.as_string::<i32>());
        let rows = 0..names.len().min(types.len());
        rows.map(|index| FoundResource {
            resource_type: value(types, index).map(str::to_owned),
            name: names.value(index).to_owned(),
        })
        .collect()
    }
}

fn value(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}

fn flag(column: &BooleanArray, row: usize) -> Option<bool> {
    column.is_valid(row).then(|| column.value(row))
}

fn origin(name: &str) -> Origin {
    match name {
        "recorded" => Origin::Recorded,
        "posted" => Origin::Posted,
        _ => Origin::Imported,
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

#[cfg(test)]
mod tests;

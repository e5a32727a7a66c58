//! Whole events of a row group, one by one.

use super::column::Column;
use super::page::malformed;
use super::read::OpenFile;
use crate::columns::{
    ACCOUNT, ARRIVAL, DERIVED_MEMBERS, EVENT_TIME, IDENTITY, MEMBERS, NULL_MEMBERS, ORIGIN, OVERFLOW,
    POSITION, Shape,
};
use crate::error::LakeError;
use crate::lookup::Found;
use crate::reassemble::{Record, found, origin, put_together};
use bytes::Bytes;
use cairn_model::{AccountId, Position, Timestamp};

/// The columns that records are put together from.
pub(super) struct RecordColumns {
    position: Column,
    event_time: Column,
    arrival: Column,
    origin: Column,
    account: Column,
    /// Of [`MEMBERS`].
    members: Vec<Column>,
    /// Of [`IDENTITY`].
    identity: Vec<Column>,
    null_members: Column,
    derived_members: Column,
    overflow: Column,
}

/// The cells of one row.
#[derive(Default)]
struct Cells {
    event_time: i64,
    texts: Vec<Option<Text>>,
    flags: Vec<Option<bool>>,
    identity: Vec<Option<Text>>,
    null_members: i64,
    derived_members: i64,
    overflow: Option<Text>,
}

/// UTF-8.
struct Text(Bytes);

impl Text {
    fn new(bytes: Bytes) -> Result<Text, LakeError> {
        match std::str::from_utf8(&bytes) {
            Ok(_) => Ok(Text(bytes)),
            Err(_) => Err(malformed()),
        }
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("checked when it was made")
    }
}

impl RecordColumns {
    pub(super) fn open(open: &OpenFile, group: usize) -> Result<RecordColumns, LakeError> {
        let column = |name| Column::open(open, group, name)?.ok_or_else(malformed);
        Ok(RecordColumns {
            position: column(POSITION)?,
            event_time: column(EVENT_TIME)?,
            arrival: column(ARRIVAL)?,
            origin: column(ORIGIN)?,
            account: column(ACCOUNT)?,
            members: MEMBERS.iter().map(|member| column(member.column)).collect::<Result<_, _>>()?,
            identity: IDENTITY.iter().map(|(_, name)| column(name)).collect::<Result<_, _>>()?,
            null_members: column(NULL_MEMBERS)?,
            derived_members: column(DERIVED_MEMBERS)?,
            overflow: column(OVERFLOW)?,
        })
    }

    /// The whole event of a row.
    pub(super) fn found(&mut self, row: u32) -> Result<Found, LakeError> {
        let cells = self.cells(row)?;
        let account = text(&mut self.account, row)?.ok_or_else(malformed)?;
        let origin_name = text(&mut self.origin, row)?.ok_or_else(malformed)?;
        found(
            Position::new(self.position.number(row)? as u64),
            Timestamp::from_micros(self.arrival.number(row)?),
            origin(origin_name.as_str()),
            AccountId::from_bytes(account.as_str().as_bytes()).map_err(|_| malformed())?,
            put_together(&cells),
        )
    }

    fn cells(&mut self, row: u32) -> Result<Cells, LakeError> {
        let mut cells = Cells {
            event_time: self.event_time.number(row)?,
            null_members: self.null_members.number(row)?,
            derived_members: self.derived_members.number(row)?,
            overflow: text(&mut self.overflow, row)?,
            ..Cells::default()
        };
        for (member, column) in MEMBERS.iter().zip(&mut self.members) {
            let (mut member_text, mut flag) = (None, None);
            match member.shape {
                Shape::Text | Shape::Json => member_text = text(column, row)?,
                Shape::Flag => flag = column.flag(row)?,
                Shape::Time => {}
            }
            cells.texts.push(member_text);
            cells.flags.push(flag);
        }
        for column in &mut self.identity {
            cells.identity.push(text(column, row)?);
        }
        Ok(cells)
    }
}

fn text(column: &mut Column, row: u32) -> Result<Option<Text>, LakeError> {
    column.text(row)?.map(Text::new).transpose()
}

impl Record for Cells {
    fn member_text(&self, member: usize) -> Option<&str> {
        self.texts[member].as_ref().map(Text::as_str)
    }

    fn member_flag(&self, member: usize) -> Option<bool> {
        self.flags[member]
    }

    fn identity(&self) -> [Option<&str>; IDENTITY.len()] {
        std::array::from_fn(|index| self.identity[index].as_ref().map(Text::as_str))
    }

    fn event_time(&self) -> i64 {
        self.event_time
    }

    fn null_members(&self) -> i64 {
        self.null_members
    }

    fn derived_members(&self) -> i64 {
        self.derived_members
    }

    fn overflow(&self) -> Option<&str> {
        self.overflow.as_ref().map(Text::as_str)
    }
}

//! What is known of a data file without opening it.

use crate::columns::{EVENT_TIME, KEPT_DAY, POSITION};
use crate::error::LakeError;
use crate::keys::OrderKey;
use crate::lookup::Query;
use cairn_model::Timestamp;
use deltalake::kernel::{Add, LogicalFileView, Remove};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Ends the names of files that were written with a word index, so that upkeep need not open files to tell.
pub(super) const INDEXED: &str = ".words.parquet";
const SECONDS_OF_DAY: i64 = 86_400;

/// A data file of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableFile {
    /// Relative to the table's folder.
    pub(crate) path: String,
    /// Its partition: days since 1970 of its rows' `kept_from`.
    pub(crate) kept_day: i32,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    /// Bounds of its rows' event times, in microseconds.
    pub(crate) oldest_time: i64,
    pub(crate) newest_time: i64,
    /// Bounds of its rows' positions.
    pub(crate) first_position: u64,
    pub(crate) last_position: u64,
}

impl TableFile {
    /// A place in the order that none of its rows is above.
    pub(crate) fn newest(&self) -> OrderKey {
        OrderKey { event_time: self.newest_time, position: u64::MAX }
    }

    /// Whether it was written with a word index.
    pub(crate) fn is_indexed(&self) -> bool {
        self.path.ends_with(INDEXED)
    }

    /// Whether any row can match `query`, as far as can be told without opening the file.
    pub(crate) fn may_match(&self, query: &Query) -> bool {
        let oldest = OrderKey { event_time: self.oldest_time, position: 0 };
        oldest < query.below
            && self.newest_time >= query.from
            && self.first_position < query.upper.get()
            && day_start(self.kept_day + 1) > query.kept_after
    }

    /// Whether rows may have to be left out because of their age.
    pub(crate) fn may_have_expired(&self, query: &Query) -> bool {
        day_start(self.kept_day) <= query.kept_after
    }

    pub(crate) fn add_action(&self, now_ms: i64, data_change: bool) -> Add {
        let stats = json!({
            "numRecords": self.rows,
            "minValues": {POSITION: self.first_position, EVENT_TIME: stats_time(self.oldest_time)},
            "maxValues": {POSITION: self.last_position, EVENT_TIME: stats_time(self.newest_time)},
            "nullCount": {POSITION: 0, EVENT_TIME: 0},
        });
        Add {
            path: self.path.clone(),
            partition_values: self.partition_values(),
            size: self.bytes as i64,
            modification_time: now_ms,
            data_change,
            stats: Some(stats.to_string()),
            tags: None,
            deletion_vector: None,
            base_row_id: None,
            default_row_commit_version: None,
            clustering_provider: None,
        }
    }

    pub(crate) fn remove_action(&self, now_ms: i64, data_change: bool) -> Remove {
        Remove {
            path: self.path.clone(),
            data_change,
            deletion_timestamp: Some(now_ms),
            extended_file_metadata: Some(true),
            partition_values: Some(self.partition_values()),
            size: Some(self.bytes as i64),
            ..Remove::default()
        }
    }

    /// Reads what [`TableFile::add_action`] wrote. Other writers of the log may have cut times to
    /// milliseconds, so the bounds are taken a millisecond wider.
    pub(crate) fn read(view: &LogicalFileView) -> Result<TableFile, LakeError> {
        let path = view.path().into_owned();
        let foreign = |what| LakeError::Foreign { path: path.clone(), what };
        let stats = view.stats().ok_or_else(|| foreign("statistics"))?;
        let stats: Value = serde_json::from_str(&stats).map_err(|_| foreign("statistics"))?;
        let number = |value: &Value| value.as_u64().ok_or_else(|| foreign("count or position"));
        let time = |value: &Value| {
            let time = value.as_str().and_then(Timestamp::parse);
            time.map(Timestamp::as_micros).ok_or_else(|| foreign("bounds of event_time"))
        };
        let partition = view.partition_values_map();
        let day = partition.get(KEPT_DAY).and_then(|day| day.as_deref());
        let kept_day = day.and_then(parse_day).ok_or_else(|| foreign("kept_day"))?;
        Ok(TableFile {
            kept_day,
            rows: number(&stats["numRecords"])?,
            bytes: view.size() as u64,
            oldest_time: time(&stats["minValues"][EVENT_TIME])? - 1000,
            newest_time: time(&stats["maxValues"][EVENT_TIME])? + 1000,
            first_position: number(&stats["minValues"][POSITION])?,
            last_position: number(&stats["maxValues"][POSITION])?,
            path: path.clone(),
        })
    }

    fn partition_values(&self) -> HashMap<String, Option<String>> {
        HashMap::from([(KEPT_DAY.to_owned(), Some(day_text(self.kept_day)))])
    }
}

/// The folder of a partition, relative to the table's.
pub(crate) fn partition_folder(kept_day: i32) -> String {
    format!("{KEPT_DAY}={}", day_text(kept_day))
}

/// The first microsecond of a day.
pub(crate) fn day_start(day: i32) -> i64 {
    Timestamp::from_seconds(i64::from(day) * SECONDS_OF_DAY).as_micros()
}

/// `YYYY-MM-DD`.
fn day_text(day: i32) -> String {
    let (year, month, day, ..) = Timestamp::from_micros(day_start(day)).civil();
    format!("{year:04}-{month:02}-{day:02}")
}

fn parse_day(text: &str) -> Option<i32> {
    Timestamp::parse(&format!("{text}T00:00:00Z")).map(Timestamp::day)
}

/// As Delta writes times in statistics, to the microsecond.
fn stats_time(micros: i64) -> String {
    let time = Timestamp::from_micros(micros).to_string();
    format!("{}.{:06}Z", time.trim_end_matches('Z'), micros.rem_euclid(1_000_000))
}

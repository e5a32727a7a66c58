//! What others have to know of a table in order to read it.

use crate::columns::{KEPT_DAY, SCHEMA};
use crate::durable_store::DurableStore;
use crate::error::LakeError;
use crate::table::{Table, existing_folder};
use cairn_model::Position;
use datafusion::arrow::datatypes::DataType;
use std::path::Path;
use std::sync::Arc;

/// The column that every table is partitioned by.
pub const PARTITION_COLUMN: &str = KEPT_DAY;
/// Protocol versions that a reader and a writer of Delta Lake need for every table.
pub const PROTOCOL: (u32, u32) = (1, 2);

/// What a table holds, as its log tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableSize {
    /// Events.
    pub rows: u64,
    /// Data files.
    pub files: u64,
    /// Bytes of the data files.
    pub bytes: u64,
    /// Every event below this position of the log is in the table.
    pub committed: Position,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// Its name.
    pub name: &'static str,
    /// Its type, as Delta Lake calls it: `string`, `array<integer>`, ...
    pub kind: String,
    /// Whether it may be null.
    pub nullable: bool,
}

/// What the table in `dir` holds; `None` if there is none. Whoever serves it may write to it meanwhile.
pub async fn table_size(dir: &Path) -> Result<Option<TableSize>, LakeError> {
    let Some((_, log_store)) = existing_folder(dir, Arc::new(DurableStore::new()))? else { return Ok(None) };
    let view = Table::open(log_store).await?.view();
    let files = view.files.len() as u64;
    Ok(Some(TableSize { rows: view.rows(), files, bytes: view.bytes(), committed: view.committed }))
}

/// The columns of every table, in their order; the one that it is partitioned by is the last.
pub fn table_columns() -> Vec<TableColumn> {
    let stored = SCHEMA.fields().iter();
    let stored = stored.map(|field| (field.name().as_str(), kind(field.data_type()), field.is_nullable()));
    let columns = stored.chain([(KEPT_DAY, "date".to_owned(), false)]);
    columns.map(|(name, kind, nullable)| TableColumn { name, kind, nullable }).collect()
}

fn kind(stored: &DataType) -> String {
    let plain = match stored {
        DataType::Int64 => "long",
        DataType::Int32 => "integer",
        DataType::Int16 => "short",
        DataType::Boolean => "boolean",
        DataType::Timestamp(..) => "timestamp",
        DataType::List(element) => return format!("array<{}>", kind(element.data_type())),
        _ => "string",
    };
    plain.to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::{table_columns, table_size};
    use crate::testing::{Rig, event};

    #[tokio::test]
    async fn a_table_is_described_while_it_is_served() {
        let rig = Rig::new().await;
        rig.add(&event(1, "A", ""));
        rig.log.feed(&rig.history);
        rig.history.commit().await.unwrap();
        let size = table_size(&rig.folder.path().join("lake/history")).await.unwrap().unwrap();
        let stats = rig.history.stats();
        assert_eq!((size.rows, size.files, size.bytes), (1, 1, stats.table_bytes));
        assert_eq!(size.committed, rig.history.committed());
        assert_eq!(table_size(rig.folder.path()).await.unwrap(), None);
    }

    #[test]
    fn columns_have_the_types_that_the_table_says() {
        let columns = table_columns();
        let kind =
            |name| columns.iter().find(|column| column.name == name).map(|column| column.kind.as_str());
        assert_eq!(kind("event_time"), Some("timestamp"));
        assert_eq!(kind("resource_types"), Some("array<string>"));
        assert_eq!(kind("read_only"), Some("boolean"));
        assert_eq!(kind("kept_day"), Some("date"));
    }
}

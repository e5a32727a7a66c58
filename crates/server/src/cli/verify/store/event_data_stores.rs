//! The tables of event data stores: whether they have what the log says that they took, each event once.

use super::report::{Difference, StoreReport, What};
use super::retained::each_record_from;
use crate::cli::Failure;
use crate::clock;
use crate::stores::Stores;
use cairn_decide::taking::{Definitions, Taking};
use cairn_lake::StoredHistory;
use cairn_model::record::StoreId;
use cairn_model::{AccountId, Event, Field, Position, Timestamp};
use cairn_store::log::Log;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::Duration;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// Whole days expire.
const DAY: Duration = Duration::from_secs(86_400);

/// What an event is told apart by; its content may have been enriched.
type Key = (AccountId, Timestamp, Option<String>);

/// A store's table, and the events of the log that are to be in it, with their positions.
struct Table {
    stored: StoredHistory,
    due: HashMap<Key, Position>,
}

/// Reads the log from where all tables are known to be, and each table once.
pub(super) fn check(
    data: &Path,
    log: &Log,
    home_region: &str,
    runtime: &Runtime,
    report: &mut StoreReport,
) -> Result<(), Failure> {
    let saved = Stores::saved_in(data).map_err(Failure::failed)?;
    let Some((position, definitions)) = saved else { return Ok(()) };
    let mut tables = runtime.block_on(open(data))?;
    let from = position.max(log.first());
    expect(log, from, definitions, home_region, &mut tables)?;
    for (id, table) in tables {
        report.stores += 1;
        compare(Uuid::from_bytes(id), table, report)?;
    }
    Ok(())
}

async fn open(data: &Path) -> Result<BTreeMap<StoreId, Table>, Failure> {
    let mut tables = BTreeMap::new();
    let folder = data.join(crate::stores::FOLDER);
    for entry in std::fs::read_dir(&folder).map_err(Failure::failed)? {
        let entry = entry.map_err(Failure::failed)?;
        let id = entry.file_name().to_str().and_then(|name| name.parse::<Uuid>().ok());
        if let Some(id) = id
            && let Some(stored) = StoredHistory::open(&entry.path()).await.map_err(Failure::failed)?
        {
            tables.insert(id.into_bytes(), Table { stored, due: HashMap::new() });
        }
    }
    Ok(tables)
}

/// Notes for each table which events of the log are to be in it.
fn expect(
    log: &Log,
    from: Position,
    mut definitions: Definitions,
    home_region: &str,
    tables: &mut BTreeMap<StoreId, Table>,
) -> Result<(), Failure> {
    let now = clock::now();
    each_record_from(log, from, &mut |at, record| {
        let event = record.event();
        let mut offer = |definitions: &Definitions| {
            definitions.each_taking(record, home_region, |taker, taking| {
                let is_kept = event.event_time().plus(taker.retention()) > now.plus(DAY);
                let table = tables.get_mut(&taker.id()).filter(|table| at < table.stored.committed());
                if let Some(table) =
                    table.filter(|_| taking == Taking::Taken && is_kept && !event.is_future())
                {
                    table.due.insert(key_of(&event), at);
                }
            });
        };
        offer(&definitions);
        if record.has_changes() {
            definitions.apply(record.changes().map_err(Failure::failed)?);
            offer(&definitions);
        }
        Ok(())
    })
}

fn key_of(event: &Event<'_>) -> Key {
    let id = event.string(Field::EventId).map(|id| id.into_owned());
    (event.account(), event.event_time(), id)
}

fn compare(id: Uuid, mut table: Table, report: &mut StoreReport) -> Result<(), Failure> {
    let mut positions = Vec::with_capacity(table.stored.rows() as usize);
    let due = &mut table.due;
    let scanned = table.stored.scan(&mut |row| {
        positions.push(row.position);
        due.remove(&(row.account, row.event_time, row.event_id.map(str::to_owned)));
    });
    scanned.map_err(Failure::failed)?;
    report.store_events += positions.len() as u64;
    for ((_, _, event_id), at) in table.due {
        report.found(Difference::in_store(What::NotInStore, id, at, event_id));
    }
    positions.sort_unstable();
    for pair in positions.windows(2).filter(|pair| pair[0] == pair[1]) {
        report.found(Difference::in_store(What::TwiceInStore, id, pair[0], None));
    }
    Ok(())
}

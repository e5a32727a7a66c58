//! The tables that others may read: `cairn tables`.

use super::{Answered, answered};
use crate::app::App;
use crate::clock;
use crate::setup::HISTORY;
use crate::stores::{id_of, table_name};
use cairn_lake::{PROTOCOL, TableSize, table_size};
use cairn_model::EventDataStore;
use cairn_wire::{ApiError, ErrorCode};
use serde_json::{Value, json};

/// Event history and every store that is not gone, with where its table is and how large.
pub(super) async fn list(app: &App) -> Answered {
    let (state, now) = (app.journal.catalog().state(), clock::now());
    let mut tables = vec![history(app)];
    let stores = state.event_data_stores.values().filter(|store| !store.is_gone(now));
    let mut stores: Vec<_> = stores.cloned().collect();
    stores.sort_by(|one, other| one.name.cmp(&other.name));
    for store in stores {
        tables.push(of_store(app, &store).await?);
    }
    answered(&json!({ "tables": tables }))
}

fn history(app: &App) -> Value {
    let stats = app.history.stats();
    let (rows, files, bytes) = (stats.table_rows, stats.table_files, stats.table_bytes);
    let size = TableSize { rows, files, bytes, committed: app.history.committed() };
    shown(app, HISTORY, HISTORY, Some(size), "NONE", Value::Null)
}

async fn of_store(app: &App, store: &EventDataStore) -> Result<Value, ApiError> {
    let name = table_name(id_of(store));
    // Nothing is opened for a list: what is in a bucket is not looked at.
    let size = match app.location.is_bucket() {
        true => None,
        false => table_size(&app.config.data.join(&name)).await.map_err(|error| {
            ApiError::new(ErrorCode::ServiceUnavailable, "A table cannot be read. Try again.")
                .with_detail(error.to_string())
        })?,
    };
    let arn = json!(store.arn.to_string());
    Ok(shown(app, &store.name, &name, size, app.federation.status(store), arn))
}

fn shown(
    app: &App,
    name: &str,
    folder: &str,
    size: Option<TableSize>,
    federation: &str,
    arn: Value,
) -> Value {
    json!({
        "name": name,
        "eventDataStoreArn": arn,
        "location": app.location.shown(&app.config.data, folder),
        "format": "delta",
        "minReaderVersion": PROTOCOL.0,
        "rows": size.map(|size| size.rows),
        "files": size.map(|size| size.files),
        "bytes": size.map(|size| size.bytes),
        "committed": size.map(|size| size.committed),
        "federation": federation,
    })
}

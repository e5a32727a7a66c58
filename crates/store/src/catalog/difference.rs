//! What lies between two states of the catalog.

use super::CatalogState;
use super::row::{Write, deletion};
use super::table::Table;
use cairn_model::Change;
use std::collections::BTreeMap;

/// The changes that turn `from` into `to`. Accounts and signing keys that only `from` has stay: neither is ever deleted.
pub fn differences(from: &CatalogState, to: &CatalogState) -> Vec<Change> {
    let (before, after) = (rows(from), rows(to));
    let gone = before.iter().filter(|(row, _)| !after.contains_key(row));
    let gone = gone.filter_map(|(_, (_, put))| deletion(put));
    let differs = |(row, (json, put)): (&Row, &(String, Change))| {
        let is_same = before.get(row).is_some_and(|(known, _)| known == json);
        (!is_same).then(|| put.clone())
    };
    // Deletions first: what is new may have the name of what is gone.
    gone.chain(after.iter().filter_map(differs)).collect()
}

type Row = (Table, String);

fn rows(state: &CatalogState) -> BTreeMap<Row, (String, Change)> {
    let row = |change: Change| match Write::of(&change) {
        Write::Put { table, name, json } => Some(((table, name), (json, change))),
        Write::Delete { .. } => None,
    };
    state.changes().into_iter().filter_map(row).collect()
}

#[cfg(test)]
mod tests;

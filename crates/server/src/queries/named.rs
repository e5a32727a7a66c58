//! Tables that people name: event history, and their stores by the names they gave them.

use super::{Asker, Refusal};
use crate::app::App;
use crate::clock;
use crate::stores::id_of;
use cairn_lake::sql::{Family, Statement, Table};
use cairn_model::EventDataStore;
use std::sync::Arc;
use uuid::Uuid;

/// What event history is called, beside [`ID`].
pub(crate) const HISTORY: &str = "history";
/// Stands for event history where stores have their ids; no store has this one.
pub(super) const ID: Uuid = Uuid::nil();

/// The action of asking event history.
const QUERY: &str = "cairn:Query";

/// Says which tables the names of a statement mean. A name that means none is left: planning refuses it at its place.
pub(super) fn resolve(app: &App, asker: &Asker, statement: &mut Statement) -> Result<(), Refusal> {
    let names: Vec<String> = statement.names().map(str::to_owned).collect();
    for name in names {
        if name == HISTORY {
            statement.name(&name, ID);
            continue;
        }
        let called = |store: &&Arc<EventDataStore>| store.name.to_lowercase() == name;
        let stores = stores(app, asker);
        let mut called = stores.iter().filter(called);
        match (called.next(), called.next()) {
            (Some(store), None) => statement.name(&name, id_of(store)),
            (Some(_), Some(_)) => return Err(Refusal::Ambiguous(name)),
            (None, _) => {}
        }
    }
    Ok(())
}

/// Event history, as far as the asker may read it: the operator all accounts, others their own.
pub(super) async fn history(app: &App, asker: &Asker) -> Result<Table, Refusal> {
    asker.require(app, QUERY, "*")?;
    let source = match asker.is_operator() {
        true => app.history.source().await,
        false => app.history.source_of(asker.account).await,
    };
    Ok(Table { store: ID, family: Family::Events, source: source? })
}

/// The stores that the asker may name, by name. Whether policies let it ask them is found out when it does.
pub(crate) fn stores(app: &App, asker: &Asker) -> Vec<Arc<EventDataStore>> {
    let (state, now) = (app.journal.catalog().state(), clock::now());
    let all = state.event_data_stores.values();
    let stores = all.filter(|store| !store.is_gone(now) && !store.is_pending_deletion());
    let mut stores: Vec<_> = stores.filter(|store| asker.sees(&state, store)).cloned().collect();
    stores.sort_by(|one, other| one.name.cmp(&other.name));
    stores
}

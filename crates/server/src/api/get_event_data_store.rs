//! GetEventDataStore.

use super::{Answered, Call, shapes, store_error};
use cairn_decide::stores;
use cairn_wire::generated::GetEventDataStoreRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: GetEventDataStoreRequest = call.input()?;
    let known = call.known();
    let own = || stores::get(&call.store_facts(&known), &input.event_data_store).map_err(store_error);
    let store = call.lent.map_or_else(own, Ok)?;
    call.read(&shapes::store(store, call.app.federation.status(store)))
}

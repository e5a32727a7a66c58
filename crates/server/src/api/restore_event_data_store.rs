//! RestoreEventDataStore.

use super::{Answered, Call, shapes, store_error};
use cairn_decide::stores;
use cairn_model::Change;
use cairn_wire::generated::RestoreEventDataStoreRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: RestoreEventDataStoreRequest = call.input()?;
    let known = call.known();
    let store = stores::restore(&call.store_facts(&known), &input.event_data_store).map_err(store_error)?;
    let output = shapes::restored_store(&store);
    call.write(&output, vec![Change::PutEventDataStore(Box::new(store))])
}

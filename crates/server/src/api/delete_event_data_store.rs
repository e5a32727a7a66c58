//! DeleteEventDataStore: for seven days the store can be restored.

use super::{Answered, Call, store_error};
use cairn_decide::stores;
use cairn_model::Change;
use cairn_wire::generated::DeleteEventDataStoreRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: DeleteEventDataStoreRequest = call.input()?;
    let known = call.known();
    let store = stores::delete(&call.store_facts(&known), &input.event_data_store).map_err(store_error)?;
    call.write_without_output(vec![Change::PutEventDataStore(Box::new(store))])
}

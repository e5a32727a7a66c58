//! StopEventDataStoreIngestion.

use super::{Answered, Call, store_error};
use cairn_decide::stores;
use cairn_model::Change;
use cairn_wire::generated::StopEventDataStoreIngestionRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: StopEventDataStoreIngestionRequest = call.input()?;
    let known = call.known();
    let changed = stores::stop_ingestion(&call.store_facts(&known), &input.event_data_store);
    let store = changed.map_err(store_error)?;
    call.write_without_output(vec![Change::PutEventDataStore(Box::new(store))])
}

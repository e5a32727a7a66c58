//! StartEventDataStoreIngestion.

use super::{Answered, Call, store_error};
use cairn_decide::stores;
use cairn_model::Change;
use cairn_wire::generated::StartEventDataStoreIngestionRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: StartEventDataStoreIngestionRequest = call.input()?;
    let known = call.known();
    let changed = stores::start_ingestion(&call.store_facts(&known), &input.event_data_store);
    let store = changed.map_err(store_error)?;
    call.write_without_output(vec![Change::PutEventDataStore(Box::new(store))])
}

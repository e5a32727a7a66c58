//! DeleteEventDataStore: for seven days the store can be restored.

use super::imports::{import_error, unavailable};
use super::{Answered, Call, store_error};
use cairn_decide::imports::ImportError;
use cairn_decide::stores;
use cairn_model::Change;
use cairn_wire::generated::DeleteEventDataStoreRequest;

pub(super) async fn run(call: Call<'_>) -> Answered {
    let input: DeleteEventDataStoreRequest = call.input()?;
    let known = call.known();
    let store = stores::delete(&call.store_facts(&known), &input.event_data_store).map_err(store_error)?;
    if call.app.imports.fills(&store.arn).await.map_err(unavailable)? {
        return Err(import_error(&ImportError::StoreIsFilled(store.arn)));
    }
    call.write_without_output(vec![Change::PutEventDataStore(Box::new(store))])
}

//! DisableFederation. It is in effect when the call ends, so what it answers as under way is over when one asks.

use super::{Answered, Call, store_error};
use cairn_decide::stores;
use cairn_model::Change;
use cairn_wire::generated::{DisableFederationRequest, DisableFederationResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: DisableFederationRequest = call.input()?;
    let known = call.known();
    let changed = stores::disable_federation(&call.store_facts(&known), &input.event_data_store);
    let store = changed.map_err(store_error)?;
    let output = DisableFederationResponse {
        event_data_store_arn: Some(store.arn.to_string()),
        federation_status: Some("DISABLING".to_owned()),
    };
    call.write(&output, vec![Change::PutEventDataStore(Box::new(store))])
}

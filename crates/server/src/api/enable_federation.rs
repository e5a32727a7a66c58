//! EnableFederation. It is in effect when the call ends, so what it answers as under way is over when one asks.

use super::{Answered, Call, store_error};
use cairn_decide::stores;
use cairn_model::Change;
use cairn_wire::generated::{EnableFederationRequest, EnableFederationResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: EnableFederationRequest = call.input()?;
    let known = call.known();
    let (arn, role) = (&input.event_data_store, &input.federation_role_arn);
    let store = stores::enable_federation(&call.store_facts(&known), arn, role).map_err(store_error)?;
    let output = EnableFederationResponse {
        event_data_store_arn: Some(store.arn.to_string()),
        federation_status: Some("ENABLING".to_owned()),
        federation_role_arn: store.federation_role.clone(),
    };
    call.write(&output, vec![Change::PutEventDataStore(Box::new(store))])
}

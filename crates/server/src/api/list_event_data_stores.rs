//! ListEventDataStores. Like AWS, it shows ARNs and names only: all other members are deprecated.

use super::{Answered, Call, pages};
use cairn_decide::stores;
use cairn_model::EventDataStoreArn;
use cairn_wire::generated::{EventDataStore, ListEventDataStoresRequest, ListEventDataStoresResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: ListEventDataStoresRequest = call.input()?;
    let known = call.known();
    let facts = call.store_facts(&known);
    let is_ours = |arn: &EventDataStoreArn| facts.reaches(arn.account) && arn.region == facts.region;
    let after = pages::after(input.next_token.as_deref(), is_ours)?;
    let page = stores::list(&facts, after.as_ref(), pages::size(input.max_results));
    let next = page.next_after().map(|store| store.arn.to_string());
    let item = |store: &cairn_model::EventDataStore| EventDataStore {
        event_data_store_arn: Some(store.arn.to_string()),
        name: Some(store.name.clone()),
        ..EventDataStore::default()
    };
    call.read(&ListEventDataStoresResponse {
        event_data_stores: Some(page.items.into_iter().map(item).collect()),
        next_token: next,
    })
}

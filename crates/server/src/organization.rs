//! What a start makes of `[organization]`: the settings say which accounts belong together.

use crate::clock;
use crate::config::Config;
use crate::events;
use crate::journal::{Journal, JournalError};
use cairn_decide::organization::{Kept, Settings, changes};
use cairn_model::AccountId;
use cairn_store::catalog::CatalogState;
use serde_json::{Value, json};

/// Brings the catalog's organization to what the settings say, on the record; from there trails learn of it. A crash
/// before leaves the old one, and the next start does the same.
pub(crate) async fn settle(config: &Config, journal: &Journal) -> Result<(), JournalError> {
    let mut control = journal.control().await;
    let state = journal.catalog().state();
    let settings = config.organization.as_ref();
    let now = clock::now();
    let changes = changes(settings, &kept(&state), now);
    let Some(account) = account(settings, &state).filter(|_| !changes.is_empty()) else {
        return Ok(());
    };
    let event = events::by_cairn("UpdateOrganization", account, &config.region, now, Some(told(settings)));
    control.commit(&changes, account, &event).await?;
    tracing::info!(
        organization = settings.map(|settings| settings.id.as_str()),
        "the organization has changed"
    );
    Ok(())
}

fn kept(state: &CatalogState) -> Kept<'_> {
    Kept {
        organizations: state.organizations.values().map(|organization| &**organization).collect(),
        trails: state.trails.values().map(|trail| &**trail).collect(),
        stores: state.event_data_stores.values().map(|store| &**store).collect(),
    }
}

/// The account whose event it is: the management account, of the organization that ends if there is no other.
fn account(settings: Option<&Settings>, state: &CatalogState) -> Option<AccountId> {
    let ending = state.organizations.values().next();
    settings.map(|settings| settings.management).or(ending.map(|organization| organization.management))
}

/// `requestParameters`.
fn told(settings: Option<&Settings>) -> Value {
    settings.map_or(json!({ "organization": null }), |settings| {
        let members: Vec<&AccountId> = settings.members.keys().collect();
        json!({ "organization": {
            "id": settings.id, "managementAccount": settings.management, "members": members,
        }})
    })
}

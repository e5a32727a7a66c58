//! Operations on queries.

mod describe;
mod list;
mod results;
mod start;
mod token;

pub(super) use describe::{cancel, describe};
pub(super) use list::list;
pub(super) use results::results;
pub(super) use start::{generate, start};

use super::{Call, store_error};
use crate::queries::{Asker, Refusal, Sought};
use cairn_decide::queries::Query;
use cairn_decide::stores;
use cairn_model::{AccountId, EventDataStore, EventDataStoreArn};
use cairn_wire::{ApiError, ErrorCode};
use std::sync::Arc;

/// The longest `ErrorMessage`.
const MESSAGE_CHARACTERS: usize = 1000;

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::InvalidParameterException, message)
}

/// An account in a request.
fn account(text: Option<&str>) -> Result<Option<AccountId>, ApiError> {
    let parsed = text.map(str::parse).transpose();
    parsed.map_err(|_| invalid("EventDataStoreOwnerAccountId is not an account of 12 digits."))
}

/// Why a query has not all its rows, as answers may show it.
fn message(query: &Query) -> Option<String> {
    let is_told = |letter: char| !letter.is_control();
    let shown = |text: &str| {
        text.chars().map(|c| if is_told(c) { c } else { ' ' }).take(MESSAGE_CHARACTERS).collect()
    };
    query.message().map(shown)
}

/// The account whose stores a query asks, if it is not the asker's.
fn owner(query: &Query) -> Option<String> {
    query.owner.map(|owner| owner.to_string())
}

impl Call<'_> {
    /// The query that the call is about: one that asks the store, and whose stores are of the account, that the call names
    /// too, if it does.
    fn query(&self, sought: Sought<'_>, store: Option<&str>, owner: Option<&str>) -> Result<Query, ApiError> {
        let (asker, owner) = (self.asker(), account(owner)?);
        let action = format!("cloudtrail:{}", self.operation.name());
        let store = store.map(|store| self.store_to_ask(&asker, &action, store)).transpose()?;
        let query = self.app.queries.find(self.app, &asker, &action, sought)?;
        let is_of_store = store.is_none_or(|store| query.stores.contains(&store.arn));
        let is_of_owner = owner.is_none_or(|owner| query.stores.iter().any(|arn| arn.account == owner));
        match is_of_store && is_of_owner {
            true => Ok(query),
            false => Err(Refusal::NoQuery(query.id).into()),
        }
    }

    /// The store that an operation on queries names: one of the caller's, or one that another account lends it.
    fn store_to_ask(
        &self,
        asker: &Asker,
        action: &str,
        arn_or_id: &str,
    ) -> Result<Arc<EventDataStore>, ApiError> {
        let known = self.known();
        let found = stores::active(&self.store_facts(&known), arn_or_id);
        let lent = || {
            let arn: EventDataStoreArn =
                arn_or_id.parse().ok().filter(|arn: &EventDataStoreArn| arn.region == self.caller.region)?;
            asker.store(self.app, action, arn.id.parse().ok()?, Some(arn.account)).ok()
        };
        match found {
            Ok(store) => {
                asker.require(self.app, action, &store.arn.to_string())?;
                Ok(Arc::new(store.clone()))
            }
            Err(error) => lent().ok_or_else(|| store_error(error)),
        }
    }
}

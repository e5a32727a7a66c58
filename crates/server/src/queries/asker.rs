//! Who asks, and which stores may be asked.

use super::Refusal;
use crate::access::{Asking, manages};
use crate::app::App;
use crate::auth::Caller;
use crate::clock;
use crate::events::Exchange;
use cairn_decide::stores::StoreError;
use cairn_model::{AccountId, EventDataStore, EventDataStoreArn};
use cairn_store::catalog::CatalogState;
use std::net::IpAddr;
use std::sync::Arc;
use uuid::Uuid;

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct Asker {
    /// The account whose stores are asked, beside those of its organization if it manages that, and those that others lend
    /// it.
    pub(crate) account: AccountId,
    /// The region whose stores are asked.
    pub(crate) region: String,
    rights: Rights,
    /// Whether tables may have names: not by CloudTrail's API, which knows ids only.
    pub(super) by_name: bool,
}

/// By which rights.
#[derive(Clone, Debug)]
enum Rights {
    /// What policies allow.
    Policies(Box<Asking>),
    /// The account's own: what Cairn does for it by itself.
    Account,
    /// All stores of all accounts and regions.
    Operator,
}

/// The action of asking.
pub(crate) const START_QUERY: &str = "cloudtrail:StartQuery";

impl Asker {
    /// The caller of an HTTP request.
    pub(crate) fn of(app: &App, exchange: &Exchange<'_>, caller: &Caller) -> Asker {
        let asking = Box::new(Asking::of(app, exchange, caller));
        Asker::with(caller, Rights::Policies(asking))
    }

    /// The caller behind a connection that speaks something else than HTTP.
    pub(crate) fn behind(app: &App, caller: &Caller, source: IpAddr, is_secure: bool) -> Asker {
        let asking = Box::new(Asking::behind(app, caller, source, is_secure));
        Asker::with(caller, Rights::Policies(asking))
    }

    /// As people ask, not by CloudTrail's API, whose callers are one account's: by tables' names too, and as the operator
    /// all stores of all accounts and regions.
    pub(crate) fn or_operator(self, caller: &Caller) -> Asker {
        let rights = if caller.key.operator { Rights::Operator } else { self.rights };
        Asker { rights, by_name: true, ..self }
    }

    /// Cairn itself, for an account: dashboards that are refreshed by time.
    pub(crate) fn for_account(account: AccountId, region: &str) -> Asker {
        Asker { account, region: region.to_owned(), rights: Rights::Account, by_name: false }
    }

    fn with(caller: &Caller, rights: Rights) -> Asker {
        Asker { account: caller.account(), region: caller.region.clone(), rights, by_name: false }
    }

    /// Whether all stores of all accounts may be asked.
    pub(crate) fn is_operator(&self) -> bool {
        matches!(self.rights, Rights::Operator)
    }

    /// Refuses what the asker's policies do not allow with this resource.
    pub(crate) fn require(&self, app: &App, action: &str, resource: &str) -> Result<(), Refusal> {
        match &self.rights {
            Rights::Policies(asking) => {
                Ok(asking.require(&app.journal.catalog().state(), action, resource)?)
            }
            Rights::Account | Rights::Operator => Ok(()),
        }
    }

    /// The store of this id, if the asker may do this with it; `owner` is another account, whose stores are looked at too. A
    /// stranger's store is answered like one that is not there.
    pub(crate) fn store(
        &self,
        app: &App,
        action: &str,
        id: Uuid,
        owner: Option<AccountId>,
    ) -> Result<Arc<EventDataStore>, Refusal> {
        let (state, now) = (app.journal.catalog().state(), clock::now());
        let id = id.to_string();
        let found = match &self.rights {
            Rights::Operator => state.event_data_stores.values().find(|store| store.arn.id == id).cloned(),
            _ => self.managed(&state, &id),
        };
        if let Some(store) = found.filter(|store| !store.is_gone(now)) {
            self.require(app, action, &store.arn.to_string())?;
            return active(store);
        }
        let arn = |account| EventDataStoreArn { region: self.region.clone(), account, id: id.clone() };
        if let (Rights::Policies(asking), Some(owner)) = (&self.rights, owner)
            && let Some(store) = asking.lent(&state, action, &arn(owner), now)
        {
            return active(store);
        }
        // Who may ask no stores at all is not told which there are.
        self.require(app, action, &arn(self.account).to_string())?;
        Err(StoreError::NotFound(id).into())
    }

    /// Whether it is a store of the account, or of the organization that it manages; the operator sees all.
    pub(super) fn sees(&self, state: &CatalogState, store: &EventDataStore) -> bool {
        let managed = || self.managed(state, &store.arn.id);
        self.is_operator() || managed().is_some_and(|managed| managed.arn == store.arn)
    }

    /// A store of the account, or of the organization that it manages.
    fn managed(&self, state: &CatalogState, id: &str) -> Option<Arc<EventDataStore>> {
        let management = state.organization_of(self.account).map(|organization| organization.management);
        let shared = management.filter(|account| manages(state, self.account, *account));
        let of = |account| {
            let arn = EventDataStoreArn { region: self.region.clone(), account, id: id.to_owned() };
            state.event_data_stores.get(&arn).cloned()
        };
        let own = of(self.account);
        own.or_else(|| shared.and_then(of).filter(|store| store.organization))
    }
}

fn active(store: Arc<EventDataStore>) -> Result<Arc<EventDataStore>, Refusal> {
    match store.is_pending_deletion() {
        true => Err(StoreError::Inactive(store.arn.clone()).into()),
        false => Ok(store),
    }
}

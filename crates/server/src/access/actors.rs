//! Callers with the policies that they hold, read once a change.

use crate::auth::Temporary;
use cairn_decide::access::{builtin, policy_of_arn, role_of_arn};
use cairn_decide::policy::{Actor, Attached, Context, NamedPolicy, Policy, PolicyFault, Purpose, Who};
use cairn_model::{AccessKey, AccountId, Grants, Group, ManagedPolicy, Role, SessionHolder, User};
use cairn_store::catalog::{CatalogState, Named};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// What was read of the catalog's policies. It is good until one of them, or who holds them, changes.
#[derive(Default)]
pub(crate) struct Actors {
    read: Mutex<Read>,
}

#[derive(Default)]
struct Read {
    users: Arc<Named<User>>,
    groups: Arc<Named<Group>>,
    roles: Arc<Named<Role>>,
    policies: Arc<Named<ManagedPolicy>>,
    held: HashMap<(AccountId, Holder), Arc<Actor>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Holder {
    User(String),
    Role(String),
}

/// Those of more holders are dropped and read again.
const HELD_MAX: usize = 10_000;

impl Actors {
    /// The holder of a key, which is temporary if `temporary` is given.
    pub(crate) fn of(
        &self,
        state: &CatalogState,
        key: &AccessKey,
        temporary: Option<&Temporary>,
    ) -> Arc<Actor> {
        match temporary {
            None => self.user(state, key.account, key.user.as_deref()),
            Some(temporary) => Arc::new(self.session(state, temporary)),
        }
    }

    /// A user, as if it called.
    pub(crate) fn of_user(&self, state: &CatalogState, account: AccountId, name: &str) -> Arc<Actor> {
        self.user(state, account, Some(name))
    }

    /// A session of a role, as if it called.
    pub(crate) fn of_role(&self, state: &CatalogState, role: &Role, session: &str) -> Arc<Actor> {
        Arc::new(self.role(state, &role.arn(), &role.id, session))
    }

    fn user(&self, state: &CatalogState, account: AccountId, name: Option<&str>) -> Arc<Actor> {
        let record = name.and_then(|name| state.user(account, name));
        let Some(user) = record else {
            return Arc::new(Actor::administrator(account, name.map(str::to_owned)));
        };
        self.held(state, account, Holder::User(user.name.clone()), || read_user(state, user))
    }

    fn session(&self, state: &CatalogState, temporary: &Temporary) -> Actor {
        let session = &temporary.session;
        let mut actor = match &session.holder {
            SessionHolder::User { user } => Actor::clone(&self.user(state, session.account, user.as_deref())),
            SessionHolder::AssumedRole { role_arn, role_id, session_name, .. } => {
                self.role(state, role_arn, role_id, session_name)
            }
            // None is handed out.
            SessionHolder::FederatedUser { name, .. } => nobody(session.account, Who::User(name.clone())),
        };
        actor.session.clone_from(&temporary.policy);
        actor.context.set("aws:tokenissuetime", session.created.to_string());
        if let Some(identity) = &session.source_identity {
            actor.context.set("aws:sourceidentity", identity.clone());
        }
        actor
    }

    /// A session of a role that is gone may nothing, whatever its namesake may.
    fn role(&self, state: &CatalogState, arn: &str, id: &str, session: &str) -> Actor {
        let named = role_of_arn(arn).and_then(|(account, name)| state.role(account, name));
        let Some(role) = named.filter(|role| role.id == id) else {
            let (account, name) = role_of_arn(arn).expect("tokens are made for roles only");
            let who = Who::Session { role: name.to_owned(), session: session.to_owned() };
            return nobody(account, who);
        };
        let held = self.held(state, role.account, Holder::Role(role.name.clone()), || read_role(state, role));
        let who = Who::Session { role: role.name.clone(), session: session.to_owned() };
        let mut actor = Actor { who, ..Actor::clone(&held) };
        actor.context.set("aws:userid", format!("{id}:{session}"));
        actor
    }

    fn held(
        &self,
        state: &CatalogState,
        account: AccountId,
        holder: Holder,
        read: impl FnOnce() -> Actor,
    ) -> Arc<Actor> {
        let mut known = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.is_of(state) || known.held.len() >= HELD_MAX {
            *known = Read::of(state);
        }
        Arc::clone(known.held.entry((account, holder)).or_insert_with(|| Arc::new(read())))
    }
}

impl Read {
    fn of(state: &CatalogState) -> Read {
        Read {
            users: Arc::clone(&state.users),
            groups: Arc::clone(&state.groups),
            roles: Arc::clone(&state.roles),
            policies: Arc::clone(&state.policies),
            held: HashMap::new(),
        }
    }

    fn is_of(&self, state: &CatalogState) -> bool {
        Arc::ptr_eq(&self.users, &state.users)
            && Arc::ptr_eq(&self.groups, &state.groups)
            && Arc::ptr_eq(&self.roles, &state.roles)
            && Arc::ptr_eq(&self.policies, &state.policies)
    }
}

fn read_user(state: &CatalogState, user: &User) -> Actor {
    let groups = user.groups.iter().filter_map(|name| state.group(user.account, name));
    let grants = std::iter::once(&user.grants).chain(groups.map(|group| &group.grants));
    let mut context = tags(&user.tags);
    context.set("aws:userid", cairn_record::user_id(user.account, &user.name));
    actor(user.account, Who::User(user.name.clone()), policies(state, grants), context)
}

fn read_role(state: &CatalogState, role: &Role) -> Actor {
    let who = Who::Session { role: role.name.clone(), session: String::new() };
    actor(role.account, who, policies(state, std::iter::once(&role.grants)), tags(&role.tags))
}

fn actor(account: AccountId, who: Who, policies: Vec<NamedPolicy>, context: Context) -> Actor {
    let attached = Attached::Policies(policies.into());
    Actor { account, who, attached, session: None, context }.with_context()
}

fn nobody(account: AccountId, who: Who) -> Actor {
    actor(account, who, Vec::new(), Context::default())
}

fn tags(tags: &BTreeMap<String, String>) -> Context {
    let mut context = Context::default();
    for (key, value) in tags {
        context.set(format!("aws:principaltag/{key}"), value.clone());
    }
    context
}

/// All that is granted. If a part of it cannot be read, nothing is: what it denies would be lost.
fn policies<'a>(state: &CatalogState, grants: impl Iterator<Item = &'a Grants>) -> Vec<NamedPolicy> {
    let read: Result<Vec<NamedPolicy>, PolicyFault> =
        grants.flat_map(|grants| named(state, grants)).collect();
    read.unwrap_or_else(|fault| {
        tracing::error!(%fault, "a stored policy cannot be read; its holder may do nothing");
        Vec::new()
    })
}

fn named<'a>(
    state: &'a CatalogState,
    grants: &'a Grants,
) -> impl Iterator<Item = Result<NamedPolicy, PolicyFault>> + 'a {
    let attached = grants.attached.iter().filter_map(|arn| Some((arn, document(state, arn)?)));
    let inline = grants.inline.iter().map(|(name, document)| (name, document.as_str()));
    attached.chain(inline).map(|(name, document)| {
        let policy = Policy::parse(document, Purpose::Identity)?;
        Ok(NamedPolicy { name: name.clone(), policy })
    })
}

/// What a managed policy says; one that is attached is never deleted.
fn document<'a>(state: &'a CatalogState, arn: &str) -> Option<&'a str> {
    if let Some(builtin) = builtin(arn) {
        return Some(builtin.document);
    }
    let (account, name) = policy_of_arn(arn)?;
    state.policy(account, name).map(|policy| policy.document.as_str())
}

#[cfg(test)]
mod tests;

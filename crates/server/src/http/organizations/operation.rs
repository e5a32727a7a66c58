//! The operations of `organizations` that Cairn has.

use super::{not_in_use, shapes};
use cairn_decide::paging::page;
use cairn_model::{AccountId, Member, Organization};
use cairn_store::catalog::CatalogState;
use cairn_wire::{ApiError, ErrorCode};
use serde::Deserialize;
use serde_json::{Value, json};

/// An operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    DescribeOrganization,
    DescribeAccount,
    ListAccounts,
    ListDelegatedAdministrators,
    ListRoots,
    ListAwsServiceAccess,
}

/// Items of a page, if the caller does not say: as many as it may.
const PAGE_MAX: usize = 20;

/// The only service that the organization lets in, and that has delegated administrators.
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

/// The members of all requests.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Request {
    pub(super) account_id: Option<String>,
    service_principal: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

impl Request {
    /// What a body says.
    pub(super) fn of(body: &[u8]) -> Result<Request, ApiError> {
        let body: &[u8] = if body.is_empty() { b"{}" } else { body };
        serde_json::from_slice(body).map_err(|_| {
            ApiError::new(ErrorCode::SerializationException, "The request is not as it should be.")
        })
    }
}

impl Operation {
    /// The operation of this name.
    pub(super) fn of(name: &str) -> Result<Operation, ApiError> {
        Ok(match name {
            "DescribeOrganization" => Operation::DescribeOrganization,
            "DescribeAccount" => Operation::DescribeAccount,
            "ListAccounts" => Operation::ListAccounts,
            "ListDelegatedAdministrators" => Operation::ListDelegatedAdministrators,
            "ListRoots" => Operation::ListRoots,
            "ListAWSServiceAccessForOrganization" => Operation::ListAwsServiceAccess,
            _ => {
                let message = "Cairn does not have this operation of Organizations.";
                return Err(ApiError::new(ErrorCode::UnknownOperationException, message));
            }
        })
    }
}

/// What an account is answered. Members may ask which organization they are in, and nothing else of it.
pub(super) fn run(
    state: &CatalogState,
    account: AccountId,
    operation: Operation,
    request: &Request,
) -> Result<Value, ApiError> {
    let organization = state.organization_of(account).ok_or_else(not_in_use)?;
    if operation != Operation::DescribeOrganization && !organization.is_managed_by(account) {
        let message = "You don't have permissions to access this resource.";
        return Err(ApiError::new(ErrorCode::AccessDeniedException, message));
    }
    let shown = |account: AccountId, member: &Member| {
        let name = state.accounts.get(&account).and_then(|account| account.name.as_deref());
        shapes::account(organization, account, member, name)
    };
    match operation {
        Operation::DescribeOrganization => Ok(json!({ "Organization": shapes::organization(organization) })),
        Operation::DescribeAccount => {
            let (account, member) = named(organization, request.account_id.as_deref())?;
            Ok(json!({ "Account": shown(account, member) }))
        }
        Operation::ListAccounts => {
            let members: Vec<(AccountId, &Member)> =
                organization.members.iter().map(|(account, member)| (*account, member)).collect();
            paged(request, "Accounts", members, shown)
        }
        Operation::ListDelegatedAdministrators => {
            let is_asked = request.service_principal.as_deref().is_none_or(|service| service == CLOUDTRAIL);
            let delegated =
                organization.delegated.iter().filter(|_| is_asked).filter_map(|(account, since)| {
                    Some((*account, (organization.members.get(account)?, *since)))
                });
            paged(request, "DelegatedAdministrators", delegated.collect(), |account, (member, since)| {
                let mut administrator = shown(account, member);
                administrator["DelegationEnabledDate"] = shapes::date(since);
                administrator
            })
        }
        Operation::ListRoots => Ok(json!({ "Roots": [shapes::root(organization)] })),
        Operation::ListAwsServiceAccess => {
            let enabled = shapes::date(organization.created);
            Ok(json!({ "EnabledServicePrincipals": [
                { "ServicePrincipal": CLOUDTRAIL, "DateEnabled": enabled },
            ]}))
        }
    }
}

fn named<'a>(
    organization: &'a Organization,
    asked: Option<&str>,
) -> Result<(AccountId, &'a Member), ApiError> {
    let account: Result<AccountId, _> = asked.unwrap_or_default().parse();
    let account = account.map_err(|_| invalid("AccountId is not 12 digits."))?;
    let member = organization.members.get(&account).ok_or_else(|| {
        let message = "You specified an account that doesn't exist.";
        ApiError::new(ErrorCode::AccountNotFoundException, message)
    })?;
    Ok((account, member))
}

/// A page of accounts. Its token is the last account of the page.
fn paged<T: Copy>(
    request: &Request,
    name: &str,
    accounts: Vec<(AccountId, T)>,
    shown: impl Fn(AccountId, T) -> Value,
) -> Result<Value, ApiError> {
    let after: Option<AccountId> = request
        .next_token
        .as_deref()
        .map(|token| token.parse().map_err(|_| invalid("NextToken is not one of this operation.")))
        .transpose()?;
    let size = match request.max_results {
        None => PAGE_MAX,
        Some(size) => usize::try_from(size)
            .ok()
            .filter(|size| (1..=PAGE_MAX).contains(size))
            .ok_or_else(|| invalid("MaxResults must be 1 to 20."))?,
    };
    let page = page(accounts, |(account, _)| account, after.as_ref(), size);
    let next = page.next_after().map(|(account, _)| account.to_string());
    let items: Vec<Value> = page.items.into_iter().map(|(account, value)| shown(account, value)).collect();
    let mut output = json!({ name: items });
    if let Some(next) = next {
        output["NextToken"] = next.into();
    }
    Ok(output)
}

fn invalid(message: &str) -> ApiError {
    ApiError::new(ErrorCode::InvalidInputException, message)
}

//! `organizations`, for Cairn's own keys: who belongs to the organization of the settings, as clients ask for it who
//! validate log files or read trails. AWS JSON 1.1; nothing is changed here.

mod operation;
mod shapes;

use super::{Answer, Signed, Unsigned, read_signed, whole};
use crate::access;
use crate::app::App;
use crate::auth::Caller;
use crate::events::{self, Exchange};
use cairn_store::catalog::CatalogState;
use cairn_wire::{ApiError, ErrorCode};
use hyper::body::Incoming;
use operation::{Operation, Request};
use serde_json::Value;

/// Requests name an account or a page.
const BODY_BYTES_MAX: usize = 64 << 10;

const TARGET: &str = "AWSOrganizationsV20161128.";

/// Whether Cairn answers for `organizations` whatever upstreams there are: it has an organization of its own.
pub(crate) fn is_ours(app: &App) -> bool {
    app.config.organization.is_some()
}

/// Answers a call of `organizations`.
pub(super) async fn answer(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Answer {
    let target = exchange.parts.headers.get("x-amz-target");
    let target = target.and_then(|target| target.to_str().ok()).unwrap_or_default();
    let name = target.strip_prefix(TARGET).filter(|name| Operation::of(name).is_ok()).unwrap_or("Unknown");
    let failed = |error: &ApiError| whole(cairn_wire::error_response(&exchange.request_id, error));
    let Signed { caller, body, .. } =
        &match read_signed(app, exchange, body, "organizations", BODY_BYTES_MAX).await {
            Ok(signed) => signed,
            Err(Unsigned::Body(error)) => return failed(&error.into()),
            Err(Unsigned::Refused(refused)) => {
                let error = refused.error.json();
                events::refused(app, exchange, &refused, events::ORGANIZATIONS, name, &error).await;
                return failed(&error);
            }
        };
    let answered = called(app, exchange, caller, name, body);
    events::organizations(app, exchange, caller, name, body, answered.as_ref().err()).await;
    match answered {
        Ok(output) => whole(cairn_wire::ok(&exchange.request_id, &output)),
        Err(error) => failed(&error),
    }
}

fn called(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    name: &str,
    body: &[u8],
) -> Result<Value, ApiError> {
    let operation = Operation::of(name)?;
    let action = format!("organizations:{name}");
    access::refuse_ingest_only(caller, &action)?;
    let request = Request::of(body)?;
    let state = app.journal.catalog().state();
    let resources = || vec![resource(&state, caller, operation, &request)];
    access::require(app, exchange, caller, &action, resources, Vec::new)?;
    operation::run(&state, caller.account(), operation, &request)
}

/// The account that is asked about; all other operations are about no resource.
fn resource(state: &CatalogState, caller: &Caller, operation: Operation, request: &Request) -> String {
    match (operation, state.organization_of(caller.account()), request.account_id.as_deref()) {
        (Operation::DescribeAccount, Some(organization), Some(account)) => {
            shapes::account_arn(organization, account)
        }
        _ => "*".to_owned(),
    }
}

/// The refusal of accounts that are in no organization.
fn not_in_use() -> ApiError {
    let message = "Your account is not a member of an organization.";
    ApiError::new(ErrorCode::AWSOrganizationsNotInUseException, message)
}

#[cfg(test)]
mod tests;

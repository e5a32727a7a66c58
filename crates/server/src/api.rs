//! CloudTrail's operations: one file each, and what they share.

mod add_tags;
mod ask;
mod create_channel;
mod create_dashboard;
mod create_event_data_store;
mod create_trail;
mod delete_channel;
mod delete_dashboard;
mod delete_event_data_store;
mod delete_resource_policy;
mod delete_trail;
mod deregister_organization_delegated_admin;
mod describe_trails;
mod disable_federation;
mod enable_federation;
mod errors;
mod facts;
mod get_channel;
mod get_dashboard;
mod get_event_configuration;
mod get_event_data_store;
mod get_event_selectors;
mod get_insight_selectors;
mod get_resource_policy;
mod get_trail;
mod get_trail_status;
mod imports;
mod known_trails;
mod list_channels;
mod list_dashboards;
mod list_event_data_stores;
mod list_public_keys;
mod list_tags;
mod list_trails;
mod lookup_events;
mod pages;
pub(crate) mod put_audit_events;
mod put_event_configuration;
mod put_event_selectors;
mod put_insight_selectors;
mod put_resource_policy;
mod queries;
mod register_organization_delegated_admin;
mod remove_tags;
mod restore_event_data_store;
mod search_sample_queries;
mod shapes;
mod start_dashboard_refresh;
mod start_event_data_store_ingestion;
mod start_logging;
mod stop_event_data_store_ingestion;
mod stop_logging;
mod throttles;
mod update_channel;
mod update_dashboard;
mod update_event_data_store;
mod update_trail;

pub(crate) use errors::store_error;
pub(crate) use known_trails::KnownTrails;
pub(crate) use throttles::Throttles;

use errors::{
    channel_error, configuration_error, dashboard_error, insight_error, organization_error,
    resource_policy_error, tagging_error, trail_error,
};

use crate::app::App;
use crate::auth::Caller;
use crate::events::Exchange;
use crate::queries::Asker;
use bytes::Bytes;
use cairn_decide::trails::Answers;
use cairn_model::{AccountId, Change, EventDataStore, Timestamp};
use cairn_wire::{ApiError, ErrorCode, Operation, Service};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One call of one operation by a caller who was verified.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) app: &'a App,
    pub(crate) caller: &'a Caller,
    pub(crate) operation: Operation,
    /// What stands behind `?`: `cloudtrail-data` has some of its input there.
    pub(crate) query: &'a str,
    pub(crate) body: &'a [u8],
    pub(crate) now: Timestamp,
    pub(crate) request_id: &'a str,
    /// The event data store of another account that the call names and whose policy lets the caller in.
    pub(crate) lent: Option<&'a EventDataStore>,
    /// The request that it came by.
    pub(crate) exchange: &'a Exchange<'a>,
}

/// What an operation answers, and what has to be in the log before the answer may go out.
pub(crate) struct Outcome {
    pub(crate) response: http::Response<Bytes>,
    /// For the event's `responseElements`: what writes answer; `None` for reads.
    pub(crate) recorded: Option<Value>,
    pub(crate) changes: Vec<Change>,
}

pub(crate) type Answered = Result<Outcome, ApiError>;

/// Whether an operation may change the control plane, and so runs under its lock.
pub(crate) fn changes_something(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::CreateTrail
            | Operation::UpdateTrail
            | Operation::DeleteTrail
            | Operation::StartLogging
            | Operation::StopLogging
            | Operation::PutEventSelectors
            | Operation::AddTags
            | Operation::RemoveTags
            | Operation::CreateEventDataStore
            | Operation::UpdateEventDataStore
            | Operation::DeleteEventDataStore
            | Operation::RestoreEventDataStore
            | Operation::StartEventDataStoreIngestion
            | Operation::StopEventDataStoreIngestion
            | Operation::EnableFederation
            | Operation::DisableFederation
            | Operation::CreateChannel
            | Operation::UpdateChannel
            | Operation::DeleteChannel
            | Operation::CreateDashboard
            | Operation::UpdateDashboard
            | Operation::DeleteDashboard
            | Operation::PutResourcePolicy
            | Operation::DeleteResourcePolicy
            | Operation::PutInsightSelectors
            | Operation::PutEventConfiguration
            | Operation::StartImport
            | Operation::RegisterOrganizationDelegatedAdmin
            | Operation::DeregisterOrganizationDelegatedAdmin
    )
}

/// Whether an operation finds out by itself what it is about, and whether policies allow it with that: the stores that
/// a query asks are not among its members.
pub(crate) fn judges_itself(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::StartQuery
            | Operation::DescribeQuery
            | Operation::GetQueryResults
            | Operation::CancelQuery
    )
}

/// What other services said before an operation runs. They may be slow, so nobody waits for them under the control
/// plane's lock.
#[derive(Default)]
pub(crate) struct Prepared(Answers);

/// Does what an operation needs before it runs: counts it, and asks other services.
pub(crate) async fn prepare(call: Call<'_>) -> Result<Prepared, ApiError> {
    let Call { app, caller, operation, now, .. } = call;
    if app.config.limits.throttles() {
        app.throttles.count(caller.account(), &caller.region, operation, now)?;
    }
    match operation {
        Operation::CreateTrail => create_trail::prepare(call).await,
        Operation::UpdateTrail => update_trail::prepare(call).await,
        Operation::CreateEventDataStore => create_event_data_store::prepare(call).await,
        Operation::UpdateEventDataStore => update_event_data_store::prepare(call).await,
        Operation::StartImport => imports::prepare(call).await.map(|()| Prepared::default()),
        _ => Ok(Prepared::default()),
    }
}

/// Runs an operation. What is not built answers `UnsupportedOperationException`, its input checked.
pub(crate) async fn run(call: Call<'_>, prepared: &Prepared) -> Answered {
    match call.operation {
        Operation::CreateTrail => create_trail::run(call, prepared),
        Operation::UpdateTrail => update_trail::run(call, prepared),
        Operation::DeleteTrail => delete_trail::run(call),
        Operation::GetTrail => get_trail::run(call),
        Operation::DescribeTrails => describe_trails::run(call),
        Operation::ListTrails => list_trails::run(call),
        Operation::GetTrailStatus => get_trail_status::run(call),
        Operation::StartLogging => start_logging::run(call),
        Operation::StopLogging => stop_logging::run(call),
        Operation::GetEventSelectors => get_event_selectors::run(call),
        Operation::PutEventSelectors => put_event_selectors::run(call),
        Operation::AddTags => add_tags::run(call),
        Operation::RemoveTags => remove_tags::run(call),
        Operation::ListTags => list_tags::run(call),
        Operation::ListPublicKeys => list_public_keys::run(call),
        Operation::LookupEvents => lookup_events::run(call).await,
        Operation::GetInsightSelectors => get_insight_selectors::run(call),
        Operation::PutInsightSelectors => put_insight_selectors::run(call),
        Operation::GetEventConfiguration => get_event_configuration::run(call),
        Operation::PutEventConfiguration => put_event_configuration::run(call),
        Operation::CreateEventDataStore => create_event_data_store::run(call, prepared),
        Operation::UpdateEventDataStore => update_event_data_store::run(call, prepared),
        Operation::GetEventDataStore => get_event_data_store::run(call),
        Operation::ListEventDataStores => list_event_data_stores::run(call),
        Operation::DeleteEventDataStore => delete_event_data_store::run(call).await,
        Operation::RestoreEventDataStore => restore_event_data_store::run(call),
        Operation::StartEventDataStoreIngestion => start_event_data_store_ingestion::run(call),
        Operation::StopEventDataStoreIngestion => stop_event_data_store_ingestion::run(call),
        Operation::EnableFederation => enable_federation::run(call),
        Operation::DisableFederation => disable_federation::run(call),
        Operation::CreateChannel => create_channel::run(call),
        Operation::UpdateChannel => update_channel::run(call),
        Operation::GetChannel => get_channel::run(call).await,
        Operation::ListChannels => list_channels::run(call),
        Operation::DeleteChannel => delete_channel::run(call),
        Operation::CreateDashboard => create_dashboard::run(call),
        Operation::UpdateDashboard => update_dashboard::run(call),
        Operation::GetDashboard => get_dashboard::run(call),
        Operation::ListDashboards => list_dashboards::run(call),
        Operation::DeleteDashboard => delete_dashboard::run(call),
        Operation::StartDashboardRefresh => start_dashboard_refresh::run(call).await,
        Operation::PutResourcePolicy => put_resource_policy::run(call),
        Operation::GetResourcePolicy => get_resource_policy::run(call),
        Operation::DeleteResourcePolicy => delete_resource_policy::run(call),
        Operation::RegisterOrganizationDelegatedAdmin => register_organization_delegated_admin::run(call),
        Operation::DeregisterOrganizationDelegatedAdmin => deregister_organization_delegated_admin::run(call),
        Operation::StartQuery => queries::start(call).await,
        Operation::ListQueries => queries::list(call),
        Operation::DescribeQuery => queries::describe(call).await,
        Operation::GetQueryResults => queries::results(call).await,
        Operation::CancelQuery => queries::cancel(call).await,
        Operation::GenerateQuery => queries::generate(call),
        Operation::SearchSampleQueries => search_sample_queries::run(call),
        Operation::StartImport => imports::start(call).await,
        Operation::ListImports => imports::list(call).await,
        Operation::GetImport => imports::get(call).await,
        Operation::StopImport => imports::stop(call).await,
        Operation::ListImportFailures => imports::list_failures(call).await,
        other => Err(unbuilt(call, other)),
    }
}

/// Does what begins once the event of an operation is durable.
pub(crate) async fn committed(call: Call<'_>) -> Result<(), ApiError> {
    match call.operation {
        Operation::StartImport => imports::announce(call).await,
        _ => Ok(()),
    }
}

/// Why an operation that is not built is refused: for its input, or for what Cairn lacks.
fn unbuilt(call: Call<'_>, operation: Operation) -> ApiError {
    if let Err(refused) = call.input::<Value>() {
        return refused;
    }
    call.unbuilt(match operation {
        Operation::ListInsightsData | Operation::ListInsightsMetricData => {
            "Cairn keeps insight selectors, but does not look for Insights yet."
        }
        _ => "Cairn does not have this operation yet.",
    })
}

impl Call<'_> {
    /// What an operation answers whose work Cairn cannot do yet.
    fn unbuilt(&self, what: &str) -> ApiError {
        let message = format!("{} is not supported: {what}", self.operation.name());
        ApiError::new(ErrorCode::UnsupportedOperationException, message)
    }

    /// The request, checked against the model.
    fn input<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        match self.operation.service() {
            Service::CloudTrail => cairn_wire::input(self.operation, self.body),
            Service::CloudTrailData => cairn_wire::input_with_query(self.operation, self.query, self.body),
        }
    }

    /// Whether something of this account and region is where the caller speaks.
    fn is_here(&self, account: AccountId, region: &str) -> bool {
        account == self.caller.account() && region == self.caller.region
    }

    /// The caller as one who asks event data stores.
    fn asker(&self) -> Asker {
        Asker::of(self.app, self.exchange, self.caller)
    }

    fn read<T: Serialize>(&self, output: &T) -> Answered {
        let response = cairn_wire::ok(self.request_id, output);
        Ok(Outcome { response, recorded: None, changes: Vec::new() })
    }

    fn write<T: Serialize>(&self, output: &T, changes: Vec<Change>) -> Answered {
        let response = cairn_wire::ok(self.request_id, output);
        let recorded = serde_json::to_value(output).ok();
        Ok(Outcome { response, recorded, changes })
    }

    fn write_without_output(&self, changes: Vec<Change>) -> Answered {
        Ok(Outcome { response: cairn_wire::empty_ok(self.request_id), recorded: None, changes })
    }
}

/// Operations whose answers stand in one page give no tokens, so they take none.
fn refuse_token(token: Option<&str>) -> Result<(), ApiError> {
    match token {
        None | Some("") => Ok(()),
        Some(_) => Err(ApiError::new(ErrorCode::InvalidTokenException, "The token is not one of Cairn's.")),
    }
}

//! CloudTrail's other API, `cloudtrail-data`: rest-json, the one operation PutAuditEvents.

use super::{Answer, Signed, Unsigned, journal_error, read_signed, whole};
use crate::access;
use crate::api::{self, Call, put_audit_events};
use crate::app::App;
use crate::auth::Caller;
use crate::events::{self, Exchange};
use crate::journal;
use bytes::Bytes;
use cairn_model::ChannelArn;
use cairn_record::AuditCall;
use cairn_wire::input::BODY_BYTES_MAX;
use cairn_wire::query::Form;
use cairn_wire::{ApiError, ErrorCode, Operation, rest_json};
use http::Method;
use hyper::body::Incoming;
use serde_json::Value;

const SERVICE: &str = "cloudtrail-data";
const ACTION: &str = "cloudtrail-data:PutAuditEvents";

/// Answers a call of `cloudtrail-data`.
pub(super) async fn answer(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Answer {
    let failed = |error: &ApiError| whole(rest_json::error_response(&exchange.request_id, error));
    let is_known = exchange.parts.method == Method::POST && exchange.parts.uri.path() == "/PutAuditEvents";
    let signed = match read_signed(app, exchange, body, SERVICE, BODY_BYTES_MAX).await {
        Ok(signed) => signed,
        Err(Unsigned::Body(error)) => return failed(&error.into()),
        Err(Unsigned::Refused(refused)) => {
            let error = refused.error.json();
            match is_known {
                true => events::refused_audit_events(app, exchange, &refused, &error).await,
                false => {
                    let source = "cloudtrail-data.amazonaws.com";
                    events::refused(app, exchange, &refused, source, "Unknown", &error).await;
                }
            }
            return failed(&error);
        }
    };
    let Signed { caller, body, .. } = &signed;
    if !is_known {
        let error = ApiError::new(ErrorCode::UnknownOperationException, "The operation is unknown.");
        events::cloudtrail(app, exchange, caller, "Unknown", body, Err(&error)).await;
        return failed(&error);
    }
    match put(app, exchange, caller, body).await {
        Ok(response) => whole(response),
        Err(error) => {
            if let Some(detail) = &error.detail {
                tracing::error!(request_id = exchange.request_id, detail, "{error}");
            }
            failed(&error)
        }
    }
}

/// Puts the events that are taken and that of the call into the log before they are answered for.
async fn put(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    body: &Bytes,
) -> Result<http::Response<Bytes>, ApiError> {
    let query = exchange.parts.uri.query().unwrap_or_default();
    let told = Told::of(caller, query, body);
    let call = Call {
        app,
        caller,
        operation: Operation::PutAuditEvents,
        query,
        body,
        now: exchange.now,
        request_id: &exchange.request_id,
        lent: None,
        exchange,
    };
    let mut put = match judge(exchange, call, &told).await {
        Ok(put) => put,
        Err(error) => {
            let event = events::audit_call(exchange, caller, told.call(None), Some(&error));
            app.journal.note(caller.account(), &event).await;
            return Err(error);
        }
    };
    let answer = serde_json::to_value(&put.response).expect("response structs have string keys");
    let event = events::audit_call(exchange, caller, told.call(Some(answer)), None);
    let admitted = journal::admit(&mut put.batch, caller.account(), exchange.now, &event);
    admitted.map_err(|refusal| journal_error(refusal.into()))?;
    app.journal.append(put.batch).await.map_err(|error| journal_error(error.into()))?;
    app.metrics.posted(put.response.successful.len() as u64, put.response.failed.len() as u64);
    Ok(rest_json::ok(&exchange.request_id, &put.response))
}

async fn judge(
    exchange: &Exchange<'_>,
    call: Call<'_>,
    told: &Told,
) -> Result<put_audit_events::Put, ApiError> {
    let Call { app, caller, .. } = call;
    access::refuse_ingest_only(caller, ACTION)?;
    match &told.channel {
        Some(channel) => {
            access::require_channel(app, exchange, caller, channel, told.external_id.as_deref())?;
        }
        // It is refused in any case, but to whom policies do not allow it by what they say.
        None => access::require(app, exchange, caller, ACTION, || vec!["*".to_owned()], Vec::new)?,
    }
    api::prepare(call).await?;
    put_audit_events::run(call)
}

/// What a call tells, whatever is wrong with it.
#[derive(Default)]
struct Told {
    /// The channel as it is named.
    named: String,
    /// The channel, if it is named as channels are.
    channel: Option<ChannelArn>,
    external_id: Option<String>,
    body: Value,
}

impl Told {
    fn of(caller: &Caller, query: &str, body: &[u8]) -> Told {
        let pairs = Form::parse(query.as_bytes()).unwrap_or_default();
        let named = pairs.get("channelArn").unwrap_or_default().to_owned();
        Told {
            channel: put_audit_events::channel_arn(caller, &named).ok(),
            named,
            external_id: pairs.get("externalId").map(str::to_owned),
            body: serde_json::from_slice(body).unwrap_or_default(),
        }
    }

    fn call(&self, response: Option<Value>) -> AuditCall<'_> {
        let events = self.body["auditEvents"].as_array().into_iter().flatten();
        AuditCall {
            channel: &self.named,
            resource: self.channel.as_ref().map(|arn| (arn.to_string(), arn.account)),
            has_external_id: self.external_id.is_some(),
            ids: events.filter_map(|event| event["id"].as_str()).collect(),
            response,
        }
    }
}

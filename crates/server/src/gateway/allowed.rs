//! Whether the policies of a caller whose key is Cairn's own allow what is to be forwarded.
//!
//! Of calls of S3 it is known which objects they are about and what they ask for besides; all others are judged as calls
//! on `*`.

mod actions;
mod s3;

use super::request_body::WholeBody;
use super::subject::Subject;
use crate::access;
use crate::app::App;
use crate::auth::Caller;
use crate::events::Exchange;
use cairn_bucket::condition_values;
use cairn_decide::policy::Actor;
use cairn_operations::Recognized;
use cairn_wire::{ApiError, ErrorCode};

/// Refuses what they do not allow. `body` is the request's, if it was read.
pub(super) fn check(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    subject: &Subject,
    body: Option<&WholeBody>,
) -> Result<(), ApiError> {
    let Subject::Aws(recognized) = subject else { return Ok(()) };
    // Who may do all in the account costs nothing here: only Cairn's own resources have policies that bind it.
    let Some(actor) = access::actor(app, caller) else { return Ok(()) };
    let (service, name) = named(recognized);
    if is_s3(recognized) {
        return check_s3(app, exchange, caller, &actor, &name, body);
    }
    let needed = actions::needed(&service, &name);
    needed.iter().try_for_each(|action| {
        access::require(app, exchange, caller, action, || vec!["*".to_owned()], Vec::new)
    })
}

/// The same of a call of S3.
fn check_s3(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    actor: &Actor,
    operation: &str,
    body: Option<&WholeBody>,
) -> Result<(), ApiError> {
    let parts = exchange.parts;
    let body = body.map_or(&b""[..], |body| &body.bytes()[..]);
    let call = s3::Call { operation, parts, named: app.s3.named_by(&parts.uri, &parts.headers), body };
    let needs = s3::needs(&call).map_err(|unclear| {
        let arn = caller.arn();
        denied(format!("User: {arn} is not authorized to perform: s3:{operation} because {unclear}"))
    })?;
    let mut context = access::context(exchange, caller, actor, Vec::new());
    for (key, value) in condition_values(&parts.uri, &parts.headers) {
        context.set(key, value);
    }
    for s3::Need { action, resource } in &needs {
        let decision = actor.may(action, resource, &context, None);
        if !decision.is_allowed() {
            return Err(denied(access::refusal(&caller.arn(), action, resource, &decision)));
        }
    }
    Ok(())
}

fn denied(message: String) -> ApiError {
    ApiError::new(ErrorCode::AccessDeniedException, message)
}

/// What comes before and behind the colon of an action.
fn named(recognized: &Recognized) -> (String, String) {
    match recognized {
        Recognized::Operation { operation, .. } => {
            (operation.service().signing_name().to_owned(), operation.name().to_owned())
        }
        Recognized::Unlisted { event_source, event_name, .. } => {
            let service = event_source.split('.').next().unwrap_or_default();
            (service.to_owned(), event_name.to_string())
        }
    }
}

/// Whether its path names a bucket. Other services sign as S3 does.
fn is_s3(recognized: &Recognized) -> bool {
    match recognized {
        Recognized::Operation { operation, .. } => operation.service().id() == "s3",
        Recognized::Unlisted { event_source, .. } => event_source.starts_with("s3."),
    }
}

//! `POST /_cairn/events`.

use super::{SERVICE, ahead, error, respond};
use crate::access;
use crate::app::App;
use crate::auth::{self, Caller, Claim, Refused};
use crate::body;
use crate::events::{self as record, Exchange};
use crate::http::journal_error;
use crate::ingest::{
    self, Asked, BODY_BYTES_MAX, CommitError, Encoding, Foreign, Format, Judged, Poster, Receipt, Share,
    UnpackError,
};
use bytes::Bytes;
use cairn_model::{Origin, Position};
use cairn_store::catalog::CatalogState;
use cairn_wire::{ApiError, ErrorCode};
use http::{Response, StatusCode};
use hyper::body::Incoming;

/// What the query may say.
const PARAMETERS: &str = "origin=imported, positions=true, \
    format=auto|cloudtrail|lookup-events|eventbridge|ndjson|kubernetes|otlp|gcp|azure|github|ocsf, again=POSITION";

/// What a key is told that may only post.
pub(super) const NO_IMPORT: &str = "This key may post events, but not import them.";

/// Takes events; answers when all that were taken are durable.
pub(super) async fn answer(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Response<Bytes> {
    match take(app, exchange, body).await {
        Ok(receipt) => {
            let body = serde_json::to_vec(&receipt).expect("a receipt has string keys only");
            respond(StatusCode::OK, exchange, Bytes::from(body))
        }
        Err(cause) => {
            if let Some(detail) = &cause.detail {
                tracing::error!(request_id = exchange.request_id, detail, "{cause}");
            }
            error(exchange, &cause)
        }
    }
}

/// Takes events of another system, of which the path says which; answers when all that were taken are durable.
pub(super) async fn answer_foreign(
    app: &App,
    exchange: &Exchange<'_>,
    body: Incoming,
    format: cairn_foreign::Format,
) -> Response<Bytes> {
    let foreign = Foreign::Events(format);
    match take_foreign(app, exchange, body, foreign, |body| Ok((body, None))).await {
        Ok(Taken { receipt, .. }) => {
            let body = serde_json::to_vec(&receipt).expect("a receipt has string keys only");
            respond(StatusCode::OK, exchange, Bytes::from(body))
        }
        Err(cause) => error(exchange, &cause),
    }
}

/// What was taken of another system's events.
pub(super) struct Taken {
    pub(super) receipt: Receipt,
    /// How many events were refused, and the first reason.
    pub(super) rejected: u64,
    pub(super) reason: String,
}

/// Takes events of another system. `unwrap` takes out of the body, once it was verified, what holds them, and says how
/// that is packed unless the head does.
pub(super) async fn take_foreign(
    app: &App,
    exchange: &Exchange<'_>,
    body: Incoming,
    foreign: Foreign,
    unwrap: impl FnOnce(Bytes) -> Result<(Bytes, Option<Encoding>), ApiError>,
) -> Result<Taken, ApiError> {
    let Posted { caller, body, share } = read(app, exchange, body).await?;
    let taken = async {
        may_post(app, exchange, &caller, Origin::Posted)?;
        let asked =
            Asked { origin: Origin::Posted, format: Format::CloudTrail, positions: false, again: None };
        let (body, encoding) = unwrap(body)?;
        let encoding = encoding.map_or_else(|| encoding_of(exchange, &body), Ok)?;
        let region = app.config.region.clone();
        let judging = move |body, poster, known: &CatalogState, share: &mut Share| {
            ingest::judge_foreign(body, encoding, (poster, foreign, &region), known, share)
        };
        judge_and_commit(app, exchange, &caller, asked, (body, share), judging).await
    };
    let taken = taken.await;
    tell_refusal(app, exchange, &caller, taken.as_ref().err()).await;
    let receipt = taken?;
    let (rejected, reason) = (receipt.refused(), receipt.refused.first().map(|line| line.reason.clone()));
    Ok(Taken { receipt, rejected, reason: reason.unwrap_or_default() })
}

/// A body whose poster is known.
struct Posted {
    caller: Caller,
    body: Bytes,
    share: Share,
}

async fn read(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Result<Posted, ApiError> {
    body::check_announced(&body, BODY_BYTES_MAX)?;
    let claim = claim(app, exchange).await?;
    let mut share = app.budget.share();
    let body =
        body::read_charged(body, BODY_BYTES_MAX, |bytes| share.hold(bytes).map_err(unpack_error)).await?;
    let caller = verify(app, exchange, claim, &body).await?;
    Ok(Posted { caller, body, share })
}

/// Puts on the record that events were refused as a whole, unless the caller is to try again.
async fn tell_refusal(app: &App, exchange: &Exchange<'_>, caller: &Caller, cause: Option<&ApiError>) {
    if let Some(cause) = cause
        && cause.code != ErrorCode::ServiceUnavailable
    {
        let imports = asked(exchange).is_ok_and(|asked| asked.origin == Origin::Imported);
        let name = if imports { "Import" } else { "PostEvents" };
        record::own(app, exchange, caller, name, None, Some(cause)).await;
    }
}

async fn take(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Result<Receipt, ApiError> {
    let Posted { caller, body, share } = read(app, exchange, body).await?;
    let taken = take_from(app, exchange, &caller, body, share).await;
    tell_refusal(app, exchange, &caller, taken.as_ref().err()).await;
    taken
}

/// Keys that may only post may do so whatever their user's policies say: that is what they were made for.
fn may_post(app: &App, exchange: &Exchange<'_>, caller: &Caller, origin: Origin) -> Result<(), ApiError> {
    if caller.key.ingest_only {
        return Ok(());
    }
    let action = if origin == Origin::Imported { "cairn:Import" } else { "cairn:PostEvents" };
    access::require(app, exchange, caller, action, || vec!["*".to_owned()], Vec::new)
}

fn encoding_of(exchange: &Exchange<'_>, body: &[u8]) -> Result<Encoding, ApiError> {
    let header =
        exchange.parts.headers.get(http::header::CONTENT_ENCODING).and_then(|value| value.to_str().ok());
    Encoding::of(header, body).map_err(unpack_error)
}

async fn take_from(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    body: Bytes,
    share: Share,
) -> Result<Receipt, ApiError> {
    let asked = asked(exchange)?;
    may_post(app, exchange, caller, asked.origin)?;
    let imports = asked.origin == Origin::Imported || asked.positions || asked.again.is_some();
    if imports && caller.key.ingest_only {
        return Err(ApiError::new(ErrorCode::AccessDeniedException, NO_IMPORT));
    }
    if imports {
        ahead::wait(app).await;
    }
    // An importer that was cut off sends again what may still be on its way into the log.
    let _entered = if asked.positions { Some(app.under_way.enter(&body).await) } else { None };
    let encoding = encoding_of(exchange, &body)?;
    let region = app.config.region.clone();
    let judging = move |body, poster, known: &CatalogState, share: &mut Share| match asked.format {
        Format::Foreign(system) => {
            let foreign = Foreign::Events(system);
            ingest::judge_foreign(body, encoding, (poster, foreign, &region), known, share)
        }
        _ => ingest::judge(body, encoding, poster, known, share),
    };
    judge_and_commit(app, exchange, caller, asked, (body, share), judging).await
}

async fn judge_and_commit<J>(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    asked: Asked,
    (body, mut share): (Bytes, Share),
    judging: J,
) -> Result<Receipt, ApiError>
where
    J: FnOnce(Bytes, Poster, &CatalogState, &mut Share) -> Result<Judged, UnpackError> + Send + 'static,
{
    let poster = Poster::new(caller, asked);
    let known = app.journal.catalog().state();
    let judged = tokio::task::spawn_blocking(move || {
        let judged = judging(body, poster, &known, &mut share)?;
        Ok((judged, share))
    });
    let (judged, share) = judged.await.expect("judging events does not panic").map_err(unpack_error)?;
    let refused = judged.refused();
    let describe = |accounts: &[String]| {
        let parameters = serde_json::json!({ "accounts": accounts });
        record::own_event(exchange, caller, "CreateAccount", Some(parameters), None)
    };
    let receipt = ingest::commit(&app.journal, poster, judged, describe).await.map_err(commit_error)?;
    drop(share);
    app.metrics.posted(receipt.accepted, refused);
    Ok(receipt)
}

/// What the query says.
fn asked(exchange: &Exchange<'_>) -> Result<Asked, ApiError> {
    let query = exchange.parts.uri.query().unwrap_or_default();
    let mut asked = Asked { origin: Origin::Posted, format: Format::Auto, positions: false, again: None };
    for pair in query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("X-Amz-")) {
        let unknown = || super::invalid(format!("the query parameter {pair:?} is none of: {PARAMETERS}"));
        let (name, value) = pair.split_once('=').ok_or_else(unknown)?;
        match (name, value) {
            ("origin", "imported") => asked.origin = Origin::Imported,
            ("origin", "posted") => asked.origin = Origin::Posted,
            ("positions", "true" | "false") => asked.positions = value == "true",
            ("format", name) => asked.format = Format::of(name).ok_or_else(unknown)?,
            ("again", digits) => asked.again = Some(Position::new(digits.parse().map_err(|_| unknown())?)),
            _ => return Err(unknown()),
        }
    }
    Ok(asked)
}

/// Who posts, as far as the head of the request tells.
enum Poses {
    /// By bearer token over loopback: believed.
    Token(Caller),
    /// By signature, which covers the body.
    Signature(Claim),
}

/// Looks at the head alone: who is not known is refused, on the record, before the body is read.
async fn claim(app: &App, exchange: &Exchange<'_>) -> Result<Poses, ApiError> {
    let state = app.journal.catalog().state();
    if let Some(key) = auth::bearer(&state, exchange.parts, exchange.peer) {
        return Ok(Poses::Token(Caller { key, region: app.config.region.clone(), session: None }));
    }
    match app.authenticator.claim(app.journal.catalog(), exchange.parts) {
        Ok(claim) => Ok(Poses::Signature(claim)),
        Err(refused) => Err(refuse(app, exchange, &refused).await),
    }
}

async fn verify(app: &App, exchange: &Exchange<'_>, poses: Poses, body: &Bytes) -> Result<Caller, ApiError> {
    let claim = match poses {
        Poses::Token(caller) => return Ok(caller),
        Poses::Signature(claim) => claim,
    };
    match app.authenticator.verify_claim(claim, exchange.parts, body, SERVICE, exchange.now) {
        Ok(caller) => Ok(caller),
        Err(refused) => Err(refuse(app, exchange, &refused).await),
    }
}

async fn refuse(app: &App, exchange: &Exchange<'_>, refused: &Refused) -> ApiError {
    let cause = refused.error.json();
    record::refused(app, exchange, refused, "cairn.amazonaws.com", "PostEvents", &cause).await;
    cause
}

fn commit_error(cause: CommitError) -> ApiError {
    match cause {
        CommitError::Journal(cause) => journal_error(cause),
        CommitError::Again(_) => super::invalid(cause.to_string()),
    }
}

fn unpack_error(cause: UnpackError) -> ApiError {
    let code = match cause {
        UnpackError::UnknownEncoding | UnpackError::Damaged(_) => ErrorCode::ValidationError,
        UnpackError::TooLarge | UnpackError::TooManyRecords => ErrorCode::RequestEntityTooLargeException,
        UnpackError::Busy => ErrorCode::ServiceUnavailable,
    };
    ApiError::new(code, cause.to_string())
}

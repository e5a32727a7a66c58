//! Services that neither Cairn nor an upstream has.

use super::{Answer, whole};
use crate::app::App;
use crate::body;
use crate::events::{self, Exchange};
use cairn_wire::sigv4::AuthError;
use cairn_wire::{ApiError, ErrorCode};
use hyper::body::Incoming;

/// Bodies are read only to verify signatures.
const BODY_BYTES_MAX: usize = 8 << 20;

/// A clear error, on the record. A key that Cairn knows is verified as everywhere; one that it does not know
/// may be an upstream's.
pub(super) async fn answer(app: &App, exchange: &Exchange<'_>, body: Incoming, service: &str) -> Answer {
    let failed = |error: &ApiError| whole(cairn_wire::error_response(&exchange.request_id, error));
    let message = format!("Cairn does not serve {service:?} itself, and no upstream is set for it.");
    let unknown = ApiError::new(ErrorCode::UnknownOperationException, message);
    let claim = match app.authenticator.claim(app.journal.catalog(), exchange.parts) {
        Ok(claim) => claim,
        Err(refused) => {
            let error = match &refused.error {
                AuthError::UnknownKey | AuthError::MissingToken => unknown,
                refused => refused.json(),
            };
            events::unknown_service(app, exchange, service, Err(&refused), &error).await;
            return failed(&error);
        }
    };
    let mut share = app.budget.share();
    let body = match body::read(body, BODY_BYTES_MAX, &mut share).await {
        Ok(body) => body,
        Err(error) => return failed(&error.into()),
    };
    match app.authenticator.verify_claim(claim, exchange.parts, &body, service, exchange.now) {
        Ok(caller) => {
            events::unknown_service(app, exchange, service, Ok(&caller), &unknown).await;
            failed(&unknown)
        }
        Err(refused) => {
            let error = refused.error.json();
            events::unknown_service(app, exchange, service, Err(&refused), &error).await;
            failed(&error)
        }
    }
}

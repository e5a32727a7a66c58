//! Services that neither Cairn nor an upstream has.

use super::{Answer, whole};
use crate::app::App;
use crate::auth::Refused;
use crate::body::{self, BodyError};
use crate::clock;
use crate::events::Exchange;
use crate::gateway::{Fault, Identity, Story, Told, Who};
use crate::ingest::Share;
use bytes::Bytes;
use cairn_record::{Answer as RecordedAnswer, Body};
use cairn_wire::sigv4::AuthError;
use hyper::body::Incoming;
use uuid::Uuid;

/// Bodies are read only to verify signatures, and for the record.
const BODY_BYTES_MAX: usize = 8 << 20;

/// A clear error, on the record. A key that Cairn knows is verified as everywhere; one that it does not know
/// may be an upstream's.
pub(super) async fn answer(app: &App, exchange: &Exchange<'_>, body: Incoming, service: &str) -> Answer {
    let mut share = app.budget.share();
    let (body, fault, who) = match read(app, exchange, body, &mut share).await {
        Ok(body) => match verify(app, exchange, &body, service) {
            Ok(who) => (body, Fault::NoUpstream(service.to_owned()), who),
            Err(turned) => (body, turned.0, turned.1),
        },
        Err(fault) => (Bytes::new(), fault, stranger(app, None)),
    };
    let subject = app.gateway.subject(exchange.parts, &body);
    let form = subject.form(exchange.parts);
    let told = fault.told(form);
    let story = Story {
        who: &who,
        subject: &subject,
        upstream: None,
        request_id: &exchange.request_id,
        event_id: Uuid::from_u128(clock::random_bits()),
        source: exchange.source,
        tls: exchange.parts.extensions.get().copied(),
        at: clock::now(),
    };
    let answer = RecordedAnswer::Own { code: told.code, message: &told.message };
    let Told { account, event, .. } = story.told(app, exchange.parts, Body::whole(&body), answer, None);
    app.journal.note(account, &event).await;
    whole(told.response(form, &exchange.request_id))
}

async fn read(app: &App, exchange: &Exchange<'_>, body: Incoming, share: &mut Share) -> Result<Bytes, Fault> {
    // Nobody known is refused for the price of a head.
    if app.authenticator.claim(app.journal.catalog(), exchange.parts).is_err() {
        return Ok(Bytes::new());
    }
    body::read(body, BODY_BYTES_MAX, share).await.map_err(|error| match error {
        BodyError::TooLarge(max) => Fault::TooLarge(max),
        BodyError::Stalled | BodyError::BrokeOff => Fault::BrokeOff,
        BodyError::Busy => Fault::Unavailable("Too many large requests at once. Try again."),
    })
}

/// Who calls; if that cannot be believed, what to answer.
fn verify(app: &App, exchange: &Exchange<'_>, body: &[u8], service: &str) -> Result<Who, Box<(Fault, Who)>> {
    let (catalog, parts) = (app.journal.catalog(), exchange.parts);
    match app.authenticator.verify(catalog, parts, body, service, exchange.now) {
        Ok(caller) => {
            let region = caller.region.clone();
            Ok(Who { identity: Identity::Own(caller), region, verified: Some(true), key_account: None })
        }
        Err(refused) if is_strange(&refused) => Ok(stranger(app, Some(&refused))),
        Err(refused) => {
            let who = stranger(app, Some(&refused));
            Err(Box::new((Fault::Signature(refused.error), who)))
        }
    }
}

fn is_strange(refused: &Refused) -> bool {
    matches!(refused.error, AuthError::UnknownKey | AuthError::MissingToken)
}

fn stranger(app: &App, refused: Option<&Refused>) -> Who {
    let is_unsigned = refused.is_none_or(|refused| refused.error == AuthError::MissingToken);
    let key = refused.and_then(|refused| refused.access_key_id.clone());
    Who {
        identity: if is_unsigned { Identity::Nobody } else { Identity::Stranger(key) },
        region: refused.and_then(|refused| refused.region.clone()).unwrap_or(app.config.region.clone()),
        verified: if is_unsigned { None } else { Some(false) },
        key_account: refused.and_then(|refused| refused.key.as_ref()).map(|key| key.account),
    }
}

//! Requests that are signed anew, with the operator's credentials.

use crate::clock;
use cairn_aws::{Credentials, Scope, sign_request};
use cairn_gateway::{CannotSign, Payload, Resign, Signing};
use http::request::Parts;

/// Signs for services of AWS, as what the client signed for.
pub(crate) struct Resigner {
    credentials: Credentials,
    home_region: String,
}

/// What a request is signed for. Put into its extensions.
#[derive(Clone, Debug)]
pub(crate) struct SignedFor {
    pub(crate) service: String,
    pub(crate) region: String,
}

impl Resigner {
    pub(crate) fn new(credentials: Credentials, home_region: &str) -> Resigner {
        Resigner { credentials, home_region: home_region.to_owned() }
    }

    async fn resign(&self, head: &mut Parts, payload: Payload) -> Result<(), CannotSign> {
        let now = clock::system();
        let keys = self.credentials.current(now).await.map_err(|error| {
            tracing::error!(%error, "a call could not be signed for its upstream");
            CannotSign
        })?;
        let signed_for = head.extensions.get::<SignedFor>().cloned();
        let (service, region) = match &signed_for {
            Some(SignedFor { service, region }) => (service.as_str(), region.as_str()),
            None => ("s3", self.home_region.as_str()),
        };
        let payload = match &payload {
            Payload::Sha256(hash) => cairn_aws::Payload::Sha256(hash),
            Payload::Unsigned | Payload::Unknown => cairn_aws::Payload::Unsigned,
            Payload::UnsignedWithTrailer => cairn_aws::Payload::UnsignedWithTrailer,
        };
        let keys = keys.ok_or(CannotSign)?;
        sign_request(head, payload, &keys, Scope { service, region }, now).map_err(|_| CannotSign)
    }
}

impl Resign for Resigner {
    fn sign<'a>(&'a self, head: &'a mut Parts, payload: Payload) -> Signing<'a> {
        Box::pin(self.resign(head, payload))
    }
}

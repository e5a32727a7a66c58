//! Signing keys: a secret bound to a day, a region and a service.

use aws_lc_rs::hmac;

use super::{Scope, TERMINATOR};

/// A derived key. Deriving takes four HMACs, using it one: cache it by access key and [`Scope`],
/// and drop it when the access key changes or the day ends.
#[derive(Clone)]
pub struct SigningKey(hmac::Key);

impl SigningKey {
    /// Binds the secret to the scope.
    pub fn derive(secret: &str, scope: &Scope) -> SigningKey {
        let secret = format!("AWS4{secret}");
        let parts = [&scope.date, &scope.region, &scope.service, TERMINATOR];
        let start = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let key = parts.iter().fold(start, |key, part| {
            let tag = hmac::sign(&key, part.as_bytes());
            hmac::Key::new(hmac::HMAC_SHA256, tag.as_ref())
        });
        SigningKey(key)
    }

    pub(super) fn sign(&self, text: &str) -> String {
        hex::encode(hmac::sign(&self.0, text.as_bytes()))
    }

    /// Compares in constant time.
    pub(super) fn verifies(&self, text: &str, signature: &[u8; 32]) -> bool {
        hmac::verify(&self.0, text.as_bytes(), signature).is_ok()
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SigningKey(..)")
    }
}

//! RSA keys that sign digests.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use md5::{Digest, Md5};

/// A new key pair, for the caller to seal and to log as `Change::PutSigningKey`.
pub struct NewSigningKey {
    /// The private key, PKCS#8 DER: seal it with the fingerprint as context.
    pub pkcs8: Vec<u8>,
    /// The public key, PKCS#1 RSAPublicKey DER, as ListPublicKeys shows it.
    pub public_der: Vec<u8>,
    /// Lower-case hex MD5 of `public_der`.
    pub fingerprint: String,
}

/// Shows nothing of the private key.
impl std::fmt::Debug for NewSigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSigningKey").field("fingerprint", &self.fingerprint).finish_non_exhaustive()
    }
}

/// The system gives no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random bytes for a signing key")]
pub struct NoRandomness;

/// Makes an RSA key pair of 2048 bits. Takes some tens of milliseconds of processor time.
pub fn new_signing_key() -> Result<NewSigningKey, NoRandomness> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| NoRandomness)?;
    let pkcs8 = pair.as_der().map_err(|_| NoRandomness)?;
    let public_der = pair.public_key().as_ref().to_vec();
    Ok(NewSigningKey {
        pkcs8: pkcs8.as_ref().to_vec(),
        fingerprint: hex::encode(Md5::digest(&public_der)),
        public_der,
    })
}

/// A private key that is open, and the fingerprint that digests name it by.
pub(crate) struct Signer {
    pair: KeyPair,
    fingerprint: String,
}

/// The bytes are not a PKCS#8 RSA key, or the system gives no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signing key cannot be used")]
pub struct UnusableKey;

impl Signer {
    pub(crate) fn open(pkcs8: &[u8], fingerprint: &str) -> Result<Signer, UnusableKey> {
        Ok(Signer {
            pair: KeyPair::from_pkcs8(pkcs8).map_err(|_| UnusableKey)?,
            fingerprint: fingerprint.to_owned(),
        })
    }

    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256 over `text`, as lower-case hex.
    pub(crate) fn sign(&self, text: &str) -> Result<String, UnusableKey> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .map_err(|_| UnusableKey)?;
        Ok(hex::encode(signature))
    }
}

#[cfg(test)]
mod tests;

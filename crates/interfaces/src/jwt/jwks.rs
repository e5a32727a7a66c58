//! Sets of public keys (RFC 7517) and the signatures that they verify (RFC 7518, RFC 8037).

use super::{TokenFault, decoded};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
    VerificationAlgorithm,
};
use serde::Deserialize;
use serde_json::Value;

/// The rules of RSA keys, by the name that tokens give them.
static RSA_RULES: [(&str, &RsaParameters); 6] = [
    ("RS256", &RSA_PKCS1_2048_8192_SHA256),
    ("RS384", &RSA_PKCS1_2048_8192_SHA384),
    ("RS512", &RSA_PKCS1_2048_8192_SHA512),
    ("PS256", &RSA_PSS_2048_8192_SHA256),
    ("PS384", &RSA_PSS_2048_8192_SHA384),
    ("PS512", &RSA_PSS_2048_8192_SHA512),
];
const OTHER_RULES: [&str; 4] = ["ES256", "ES384", "EdDSA", "Ed25519"];

/// How many keys without a fitting `kid` one token is tried with.
const TRIED_MAX: usize = 16;

/// The public keys of those who issue tokens.
#[derive(Debug, Default)]
pub struct Jwks {
    keys: Vec<Key>,
}

/// Why a set of keys is not taken.
#[derive(Debug, thiserror::Error)]
pub enum JwksError {
    /// Not `{"keys": [...]}`.
    #[error("not a JSON web key set: {0}")]
    NotJwks(serde_json::Error),
    /// A key of a kind that is taken, but damaged or too weak.
    #[error("key {number} of the set ({kid}) is damaged or weaker than 2048 bits")]
    Damaged {
        /// Which one, from 1.
        number: usize,
        /// Its id, or `no id`.
        kid: String,
    },
    /// None of the keys verifies signatures by a rule that is taken.
    #[error("no key of the set verifies signatures: RSA, EC P-256, EC P-384 and Ed25519 are taken")]
    NoKey,
}

/// A key under one rule; a key that does not name its rule stands here once for each.
#[derive(Debug)]
struct Key {
    id: Option<String>,
    rule: &'static str,
    key: ParsedPublicKey,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Jwks {
    /// Reads a set. Keys of other kinds, and those for encryption, are passed over, as RFC 7517 (section 5) asks.
    pub fn parse(text: &str) -> Result<Jwks, JwksError> {
        let set: KeySet = serde_json::from_str(text).map_err(JwksError::NotJwks)?;
        let mut jwks = Jwks::default();
        for (index, value) in set.keys.into_iter().enumerate() {
            let Ok(jwk) = serde_json::from_value::<Jwk>(value) else { continue };
            let kid = || jwk.kid.clone().unwrap_or_else(|| "no id".to_owned());
            let damaged = || JwksError::Damaged { number: index + 1, kid: kid() };
            if jwk.purpose.as_deref().is_none_or(|purpose| purpose == "sig") {
                jwks.keys.extend(keys(&jwk).ok_or_else(damaged)?);
            }
        }
        if jwks.keys.is_empty() { Err(JwksError::NoKey) } else { Ok(jwks) }
    }

    pub(super) fn verify(
        &self,
        rule: &str,
        kid: Option<&str>,
        signed: &[u8],
        signature: &[u8],
    ) -> Result<(), TokenFault> {
        if !RSA_RULES.iter().any(|(known, _)| *known == rule) && !OTHER_RULES.contains(&rule) {
            return Err(TokenFault::Algorithm);
        }
        // RFC 9864 names the curve where RFC 8037 named the family.
        let rule = if rule == "Ed25519" { "EdDSA" } else { rule };
        let fits =
            |key: &&Key| key.rule == rule && (kid.is_none() || key.id.is_none() || key.id.as_deref() == kid);
        let mut fitting = self.keys.iter().filter(fits).take(TRIED_MAX).peekable();
        if fitting.peek().is_none() {
            return Err(TokenFault::UnknownKey);
        }
        let verified = fitting.any(|key| key.key.verify_sig(signed, signature).is_ok());
        if verified { Ok(()) } else { Err(TokenFault::Signature) }
    }
}

/// A key under each of its rules; no keys if it is of a kind that is not taken; none if it is damaged.
fn keys(jwk: &Jwk) -> Option<Vec<Key>> {
    let key = |rule, key| Key { id: jwk.kid.clone(), rule, key };
    let is_rule = |rule: &str| match jwk.alg.as_deref() {
        Some("Ed25519") => rule == "EdDSA",
        alg => alg.is_none_or(|alg| alg == rule),
    };
    if jwk.kty == "RSA" {
        let rules = RSA_RULES.iter().filter(|(rule, _)| is_rule(rule));
        return rules.map(|(rule, parameters)| Some(key(rule, rsa(jwk, parameters)?))).collect();
    }
    let (rule, algorithm, bytes): (_, &'static dyn VerificationAlgorithm, _) =
        match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("EC", Some("P-256")) => ("ES256", &ECDSA_P256_SHA256_FIXED, point(jwk, 32)?),
            ("EC", Some("P-384")) => ("ES384", &ECDSA_P384_SHA384_FIXED, point(jwk, 48)?),
            ("OKP", Some("Ed25519")) => ("EdDSA", &ED25519, decoded(jwk.x.as_deref()?)?),
            _ => return Some(Vec::new()),
        };
    if !is_rule(rule) {
        return Some(Vec::new());
    }
    Some(vec![key(rule, ParsedPublicKey::new(algorithm, bytes).ok()?)])
}

fn rsa(jwk: &Jwk, parameters: &'static RsaParameters) -> Option<ParsedPublicKey> {
    let number = |text: &Option<String>| decoded(text.as_deref()?);
    let (n, e) = (number(&jwk.n)?, number(&jwk.e)?);
    // Some issuers write a sign byte before the number.
    let n = &n[n.iter().position(|byte| *byte != 0)?..];
    if n.len() < 256 {
        return None;
    }
    RsaPublicKeyComponents { n, e: e.as_slice() }.to_parsed_public_key(parameters).ok()
}

/// An uncompressed point (SEC 1, section 2.3.3).
fn point(jwk: &Jwk, bytes: usize) -> Option<Vec<u8>> {
    let mut point = vec![4];
    for coordinate in [&jwk.x, &jwk.y] {
        let coordinate = decoded(coordinate.as_deref()?)?;
        if coordinate.len() != bytes {
            return None;
        }
        point.extend_from_slice(&coordinate);
    }
    Some(point)
}

//! Somebody who issues tokens, with a key made for the test.

use super::super::Jwks;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512,
    RsaEncoding,
};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) enum Issuer {
    Rsa(&'static str, &'static dyn RsaEncoding, Arc<RsaKeyPair>),
    Elliptic(&'static str, EcdsaKeyPair),
    Edwards(Ed25519KeyPair),
}

impl Issuer {
    /// One of each rule.
    pub(super) fn all() -> Vec<Issuer> {
        let rsa = Arc::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
        let rules: [(_, &'static dyn RsaEncoding); 6] = [
            ("RS256", &RSA_PKCS1_SHA256),
            ("RS384", &RSA_PKCS1_SHA384),
            ("RS512", &RSA_PKCS1_SHA512),
            ("PS256", &RSA_PSS_SHA256),
            ("PS384", &RSA_PSS_SHA384),
            ("PS512", &RSA_PSS_SHA512),
        ];
        let large = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
        let others = [Issuer::elliptic(), Issuer::Elliptic("ES384", large), Issuer::edwards()];
        let rsa = rules.map(|(rule, encoding)| Issuer::Rsa(rule, encoding, Arc::clone(&rsa)));
        rsa.into_iter().chain(others).collect()
    }

    pub(crate) fn elliptic() -> Issuer {
        Issuer::Elliptic("ES256", EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub(super) fn edwards() -> Issuer {
        Issuer::Edwards(Ed25519KeyPair::generate().unwrap())
    }

    pub(super) fn rule(&self) -> &'static str {
        match self {
            Issuer::Rsa(rule, ..) | Issuer::Elliptic(rule, _) => rule,
            Issuer::Edwards(_) => "EdDSA",
        }
    }

    pub(crate) fn jwks(&self) -> Jwks {
        Jwks::parse(&json!({"keys": [self.jwk()]}).to_string()).unwrap()
    }

    pub(super) fn jwk(&self) -> Value {
        match self {
            Issuer::Rsa(_, _, pair) => {
                // SubjectPublicKeyInfo ends with the modulus (256 bytes), 02 03 and the exponent (3 bytes).
                let der = pair.public_key().as_der().unwrap();
                let (rest, exponent) = der.as_ref().split_at(der.as_ref().len() - 3);
                let modulus = &rest[rest.len() - 258..rest.len() - 2];
                json!({"kty": "RSA", "kid": "k", "n": base64(modulus), "e": base64(exponent)})
            }
            Issuer::Elliptic(rule, pair) => {
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                let curve = if *rule == "ES256" { "P-256" } else { "P-384" };
                json!({"kty": "EC", "kid": "k", "crv": curve, "x": base64(x), "y": base64(y), "use": "sig"})
            }
            Issuer::Edwards(pair) => {
                json!({"kty": "OKP", "kid": "k", "crv": "Ed25519", "alg": "EdDSA", "x": base64(pair.public_key().as_ref())})
            }
        }
    }

    pub(crate) fn token(&self, claims: &Value) -> String {
        self.signed(&json!({"alg": self.rule(), "kid": "k"}), claims)
    }

    pub(super) fn signed(&self, header: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", Self::encoded(header), Self::encoded(claims));
        let signature = base64(&self.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    pub(super) fn encoded(value: &Value) -> String {
        base64(value.to_string().as_bytes())
    }

    fn sign(&self, text: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Issuer::Rsa(_, encoding, pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &random, text, &mut signature).unwrap();
                signature
            }
            Issuer::Elliptic(_, pair) => pair.sign(&random, text).unwrap().as_ref().to_vec(),
            Issuer::Edwards(pair) => pair.sign(text).as_ref().to_vec(),
        }
    }
}

fn base64(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#![allow(clippy::unwrap_used, reason = "tests")]

mod issuer;

use super::{Expected, Jwks, JwksError, Token, TokenFault};
pub(crate) use issuer::Issuer;
use proptest::prelude::*;
use serde_json::json;

const NOW: i64 = 1_800_000_000;

fn verify(token: &str, jwks: &Jwks, expected: &Expected) -> Result<(), TokenFault> {
    Token::read(token).unwrap().verify(jwks, expected, NOW)
}

fn any() -> Expected {
    Expected::default()
}

#[test]
fn tokens_of_every_rule_are_verified() {
    for issuer in Issuer::all() {
        let token = issuer.token(&json!({"sub": "alice"}));
        let jwks = issuer.jwks();
        assert_eq!(verify(&token, &jwks, &any()), Ok(()), "{}", issuer.rule());
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (header, _) = signed.split_once('.').unwrap();
        let forged = Issuer::encoded(&json!({"sub": "mallory"}));
        let changed = format!("{header}.{forged}.{signature}");
        assert_eq!(verify(&changed, &jwks, &any()), Err(TokenFault::Signature), "{}", issuer.rule());
    }
}

#[test]
fn a_signature_made_elsewhere_is_verified() {
    // RFC 7515, appendix A.3; its token expired in 2011.
    let jwks = r#"{"keys": [{"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
    let token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19\
        yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let jwks = Jwks::parse(jwks).unwrap();
    let token = Token::read(token).unwrap();
    assert_eq!(token.verify(&jwks, &any(), 1_300_819_379), Ok(()));
    assert_eq!(token.verify(&jwks, &any(), NOW), Err(TokenFault::Expired));
    assert_eq!(token.claim("iss").as_deref(), Some("joe"));
}

#[test]
fn unsigned_tokens_and_shared_secrets_are_refused() {
    let issuer = Issuer::elliptic();
    let claims = Issuer::encoded(&json!({"sub": "alice"}));
    for rule in ["none", "None", "HS256", "HS512", "ES512", "es256", ""] {
        let header = Issuer::encoded(&json!({"alg": rule}));
        let token = format!("{header}.{claims}.");
        assert_eq!(verify(&token, &issuer.jwks(), &any()), Err(TokenFault::Algorithm), "{rule}");
    }
    let header = json!({"alg": "ES256", "crit": ["b64"], "b64": true});
    assert_eq!(
        verify(&issuer.signed(&header, &json!({})), &issuer.jwks(), &any()),
        Err(TokenFault::Algorithm)
    );
}

#[test]
fn a_key_counts_only_under_its_own_rule_and_id() {
    let [elliptic, edwards] = [Issuer::elliptic(), Issuer::edwards()];
    let token = elliptic.token(&json!({}));
    assert_eq!(verify(&token, &edwards.jwks(), &any()), Err(TokenFault::UnknownKey));
    let other_id = elliptic.signed(&json!({"alg": "ES256", "kid": "other"}), &json!({}));
    assert_eq!(verify(&other_id, &elliptic.jwks(), &any()), Err(TokenFault::UnknownKey));
    let no_id = elliptic.signed(&json!({"alg": "ES256"}), &json!({}));
    assert_eq!(verify(&no_id, &elliptic.jwks(), &any()), Ok(()));
    assert_eq!(verify(&no_id, &Issuer::elliptic().jwks(), &any()), Err(TokenFault::Signature));
}

#[test]
fn times_are_checked_with_a_minute_of_leeway() {
    let issuer = Issuer::elliptic();
    let check = |claims: serde_json::Value, expected| {
        assert_eq!(verify(&issuer.token(&claims), &issuer.jwks(), &any()), expected, "{claims}");
    };
    check(json!({"exp": NOW - 59, "nbf": NOW + 60}), Ok(()));
    check(json!({"exp": NOW - 60}), Err(TokenFault::Expired));
    check(json!({"exp": "later"}), Err(TokenFault::Expired));
    check(json!({"exp": 1e300, "nbf": 1.5}), Ok(()));
    check(json!({"nbf": NOW + 61}), Err(TokenFault::NotYetValid));
    check(json!({"nbf": null}), Err(TokenFault::NotYetValid));
}

#[test]
fn issuer_and_audience_must_be_those_that_are_wanted() {
    let issuer = Issuer::elliptic();
    let wanted = Expected { issuer: Some("https://id".to_owned()), audience: Some("billing".to_owned()) };
    let check = |claims: serde_json::Value, expected| {
        assert_eq!(verify(&issuer.token(&claims), &issuer.jwks(), &wanted), expected, "{claims}");
    };
    check(json!({"iss": "https://id", "aud": ["other", "billing"]}), Ok(()));
    check(json!({"iss": "https://id", "aud": "billing"}), Ok(()));
    check(json!({"iss": "https://id/", "aud": "billing"}), Err(TokenFault::Issuer));
    check(json!({"iss": "https://id", "aud": "other"}), Err(TokenFault::Audience));
    check(json!({"iss": "https://id"}), Err(TokenFault::Audience));
}

#[test]
fn claims_are_found_by_name_or_by_the_way_to_them() {
    let token = Issuer::elliptic()
        .token(&json!({"https://e.com/id": 7, "a": {"b": "c"}, "list": ["x"], "empty": ""}));
    let token = Token::read(&token).unwrap();
    let claims = ["https://e.com/id", "a.b", "a", "list", "empty", "absent"].map(|name| token.claim(name));
    assert_eq!(claims, [Some("7".to_owned()), Some("c".to_owned()), None, None, None, None]);
}

#[test]
fn sets_are_read_as_far_as_their_keys_are_taken() {
    let good = Issuer::elliptic().jwk();
    let foreign = json!({"kty": "oct", "k": "AAAA"});
    let encrypting = json!({"kty": "RSA", "use": "enc", "n": "AQ", "e": "AQAB"});
    let set = |keys: serde_json::Value| Jwks::parse(&json!({ "keys": keys }).to_string());
    assert!(set(json!([foreign, encrypting, {"no": "key"}, 7, good])).is_ok());
    assert!(matches!(set(json!([foreign])), Err(JwksError::NoKey)));
    assert!(matches!(Jwks::parse("[]"), Err(JwksError::NotJwks(_))));
    let weak = json!({"kty": "RSA", "n": "AQ", "e": "AQAB"});
    assert!(matches!(set(json!([good, weak])), Err(JwksError::Damaged { number: 2, .. })));
    let off_the_curve = json!({"kty": "EC", "crv": "P-256", "x": "A".repeat(43), "y": "A".repeat(43)});
    assert!(matches!(set(json!([off_the_curve])), Err(JwksError::Damaged { number: 1, .. })));
}

#[test]
fn what_is_no_token_is_not_read() {
    let long = format!("{}.e30.", "e30".repeat(6000));
    for text in ["", ".", "..", "a.b", "e30.e30.", "e30.W10.", "====.e30.AA", &long] {
        assert!(Token::read(text).is_none(), "{text}");
    }
}

proptest! {
    #[test]
    fn no_token_or_set_makes_the_reader_panic(text in "[A-Za-z0-9_.{}\":=-]{0,80}", set in "\\PC{0,80}") {
        let _ = Jwks::parse(&set);
        let header = Issuer::encoded(&json!({"alg": "ES256"}));
        for token in [text.clone(), format!("{header}.e30.{text}")] {
            if let Some(token) = Token::read(&token) {
                let _ = token.verify(&Jwks::default(), &any(), NOW);
            }
        }
    }
}

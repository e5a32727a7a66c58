//! JSON web tokens and sets of keys. Nobody but the holder of a key is believed.
//!
//! The first line is the token, what stands behind it a set of keys.
#![no_main]

use cairn_interfaces::{Api, ApiCaller, Jwks};
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

/// Public keys; their other halves were thrown away when these tokens were signed.
static KEYS: LazyLock<Jwks> =
    LazyLock::new(|| Jwks::parse(include_str!("token/keys.json")).expect("a set of keys"));
const TOKENS: [&str; 3] = [
    include_str!("../seeds/token/ed25519"),
    include_str!("../seeds/token/p256"),
    include_str!("../seeds/token/rsa"),
];
/// While the tokens are valid.
const NOW: i64 = 1_772_352_251;

static API: LazyLock<Api> = LazyLock::new(|| Api::undocumented("fuzz.example.com"));

fuzz_target!(|data: &[u8]| {
    let (token, keys) = data.split_at(data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len()));
    if let Some(caller) = caller(token, &KEYS)
        && caller.is_verified()
    {
        assert!(TOKENS.into_iter().any(|known| signed(known.as_bytes()) == signed(token)), "{caller:?}");
    }
    if let Some(keys) = std::str::from_utf8(keys).ok().and_then(|keys| Jwks::parse(keys).ok()) {
        caller(token, &keys);
    }
});

fn caller(token: &[u8], keys: &Jwks) -> Option<ApiCaller> {
    let mut headers = HeaderMap::new();
    let value = [b"Bearer ", token].concat();
    headers.insert("authorization", HeaderValue::from_bytes(&value).ok()?);
    API.caller(&headers, Some(keys), NOW)
}

/// What a token's signature stands for, without white space around it.
fn signed(token: &[u8]) -> Option<&[u8]> {
    let token = token.trim_ascii();
    Some(&token[..token.iter().rposition(|byte| *byte == b'.')?])
}

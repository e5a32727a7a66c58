//! Who called an API of one's own: by a header that an authenticating proxy sets, or by a token's claims.

use crate::jwt::{Expected, Jwks, Token, TokenFault};
use http::HeaderMap;
use serde::Deserialize;

/// Who called, as far as the request tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiCaller {
    /// The header's text or the claim: what is the same in all calls of this caller.
    pub subject: String,
    /// What people call the caller.
    pub name: Option<String>,
    /// Who issued the token, as it says.
    pub issuer: Option<String>,
    /// Whether this is known or only told.
    pub verification: Verification,
}

/// How much a caller's name can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// A key of the set signed it, and it is valid now.
    Verified,
    /// As the request says: a header, or a token and no keys to verify it with.
    Told,
    /// A token that does not prove what it claims: the subject need *not* be the caller.
    Failed(TokenFault),
}

impl ApiCaller {
    /// Whether a signature proves who called.
    pub fn is_verified(&self) -> bool {
        self.verification == Verification::Verified
    }
}

/// One way to tell who calls. In a document under `x-cairn-caller`, one or a list of which the first that finds
/// somebody counts: `{header: X-User, name: X-User-Name}`, or `{claim: sub, name: email}` with
/// `token` (a header other than `Authorization`), `issuer` and `audience` as they are wanted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct CallerRule(Rule);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    Header { header: String, name: Option<String> },
    Claim { claim: String, name: Option<String>, token: Option<String>, expected: Expected },
}

/// A rule as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    header: Option<String>,
    claim: Option<String>,
    name: Option<String>,
    token: Option<String>,
    issuer: Option<String>,
    audience: Option<String>,
}

/// What a rule needs.
#[derive(Debug, thiserror::Error)]
#[error(
    "a caller is named by `header` (and `name`, a header too) or by `claim` (and `name`, `token`, `issuer`, `audience`)"
)]
struct Incoherent;

impl TryFrom<Written> for CallerRule {
    type Error = Incoherent;

    fn try_from(written: Written) -> Result<CallerRule, Incoherent> {
        let Written { header, claim, name, token, issuer, audience } = written;
        let rule = match (header, claim) {
            (Some(header), None) if token.is_none() && issuer.is_none() && audience.is_none() => {
                Rule::Header { header, name }
            }
            (None, Some(claim)) => {
                Rule::Claim { claim, name, token, expected: Expected { issuer, audience } }
            }
            _ => return Err(Incoherent),
        };
        Ok(CallerRule(rule))
    }
}

impl CallerRule {
    /// What holds if nothing is said: the subject of a bearer token, and what OpenID Connect calls the name that
    /// people know.
    pub fn bearer_subject() -> CallerRule {
        let name = Some("preferred_username".to_owned());
        CallerRule(Rule::Claim { claim: "sub".to_owned(), name, token: None, expected: Expected::default() })
    }

    /// Who this rule finds in a request's headers; `now` in seconds since 1970.
    pub(crate) fn caller(&self, headers: &HeaderMap, jwks: Option<&Jwks>, now: i64) -> Option<ApiCaller> {
        match &self.0 {
            Rule::Header { header, name } => Some(ApiCaller {
                subject: text(headers, header)?.to_owned(),
                name: name.as_ref().and_then(|name| text(headers, name)).map(str::to_owned),
                issuer: None,
                verification: Verification::Told,
            }),
            Rule::Claim { claim, name, token, expected } => {
                let token = Token::read(presented(headers, token.as_deref())?)?;
                Some(ApiCaller {
                    subject: token.claim(claim)?,
                    name: name.as_ref().and_then(|name| token.claim(name)),
                    issuer: token.claim("iss"),
                    verification: verification(&token, jwks, expected, now),
                })
            }
        }
    }
}

fn verification(token: &Token<'_>, jwks: Option<&Jwks>, expected: &Expected, now: i64) -> Verification {
    let Some(jwks) = jwks else { return Verification::Told };
    token.verify(jwks, expected, now).map_or_else(Verification::Failed, |()| Verification::Verified)
}

/// The token of a header, with or without `Bearer` before it.
fn presented<'h>(headers: &'h HeaderMap, header: Option<&str>) -> Option<&'h str> {
    let text = text(headers, header.unwrap_or("authorization"))?;
    let bearer = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    match (bearer, header) {
        (Some((_, token)), _) => Some(token.trim()),
        (None, Some(_)) => Some(text),
        (None, None) => None,
    }
}

/// The only value of a header. Of several nobody knows which the API believes, so there is no caller then.
fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    let text = std::str::from_utf8(value.as_bytes()).ok()?.trim();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;

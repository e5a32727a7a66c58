//! SCRAM-SHA-256 as a server speaks it (RFC 5802, RFC 7677): the password stays with the client.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{digest, hmac, pbkdf2};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::num::NonZeroU32;

/// What the mechanism is called.
pub(super) const MECHANISM: &str = "SCRAM-SHA-256";
/// How often a password is hashed; clients refuse much less, and each connection costs this.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(4096).expect("it is not zero");

/// Why it came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ScramError {
    #[error("the message of the client is not SCRAM's")]
    Malformed,
    #[error("channel binding is not offered")]
    ChannelBinding,
    /// Another password, or a key that there is none of.
    #[error("the password is wrong")]
    Wrong,
}

/// What is known between the client's two messages.
#[derive(Debug)]
pub(super) struct Scram {
    /// The header in front of the client's first message, which its last one repeats.
    header: String,
    /// Both first messages.
    messages: String,
    nonce: String,
    salted: [u8; 32],
    /// Without a password the proof is looked at all the same, so that time tells nothing.
    is_known: bool,
}

impl Scram {
    /// Takes the client's first message; returns the server's with what is to be remembered. `salt` and `nonce` are random,
    /// the latter printable. Takes some milliseconds.
    pub(super) fn begin(
        client_first: &str,
        password: Option<&str>,
        salt: &[u8],
        nonce: &str,
    ) -> Result<(Scram, String), ScramError> {
        let bare = header_end(client_first)?;
        let (header, bare) = client_first.split_at(bare);
        let theirs = attribute(bare, 'r').filter(|nonce| !nonce.is_empty()).ok_or(ScramError::Malformed)?;
        let nonce = format!("{theirs}{nonce}");
        let server_first = format!("r={nonce},s={},i={ITERATIONS}", STANDARD.encode(salt));
        let mut salted = [0; 32];
        let secret = password.unwrap_or_default().as_bytes();
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ITERATIONS, salt, secret, &mut salted);
        let messages = format!("{bare},{server_first}");
        let header = header.to_owned();
        Ok((Scram { header, messages, nonce, salted, is_known: password.is_some() }, server_first))
    }

    /// Takes the client's last message; returns the server's, which proves that it knows the password too.
    pub(super) fn finish(&self, client_final: &str) -> Result<String, ScramError> {
        let (without_proof, proof) = client_final.rsplit_once(",p=").ok_or(ScramError::Malformed)?;
        let channel = attribute(without_proof, 'c').ok_or(ScramError::Malformed)?;
        let nonce = attribute(without_proof, 'r').ok_or(ScramError::Malformed)?;
        if STANDARD.encode(&self.header) != channel || nonce != self.nonce {
            return Err(ScramError::Malformed);
        }
        let proof = STANDARD.decode(proof).map_err(|_| ScramError::Malformed)?;
        let messages = format!("{},{without_proof}", self.messages);
        let client_key = sign(&self.salted, b"Client Key");
        let signature = sign(digest::digest(&digest::SHA256, &client_key).as_ref(), messages.as_bytes());
        let expected: Vec<u8> = client_key.iter().zip(&signature).map(|(key, sign)| key ^ sign).collect();
        let is_right = verify_slices_are_equal(&expected, &proof).is_ok();
        if !(is_right && self.is_known) {
            return Err(ScramError::Wrong);
        }
        let server_key = sign(&self.salted, b"Server Key");
        Ok(format!("v={}", STANDARD.encode(sign(&server_key, messages.as_bytes()))))
    }
}

fn sign(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}

/// Where the header ends: a flag about channel binding, and for whom else the client would act.
fn header_end(client_first: &str) -> Result<usize, ScramError> {
    let mut commas = client_first.match_indices(',').map(|(at, _)| at);
    let (first, second) = commas.next().zip(commas.next()).ok_or(ScramError::Malformed)?;
    match &client_first[..first] {
        // The client has none, or believes that the server has none.
        "n" | "y" if second == first + 1 => Ok(second + 1),
        flag if flag.starts_with("p=") => Err(ScramError::ChannelBinding),
        _ => Err(ScramError::Malformed),
    }
}

/// The value of an attribute, such as `r=...`.
fn attribute(message: &str, name: char) -> Option<&str> {
    message.split(',').find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests;

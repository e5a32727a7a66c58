//! Ids of events that are the same whenever and wherever they are made.

use crate::Format;
use crate::draft::Unique;
use aws_lc_rs::digest::{Context, SHA256};
use cairn_model::AccountId;
use serde_json::Value;

/// The `eventID` of an event: its own if it has one, else a UUID of version 8 (RFC 9562, 5.8 and B.2) from
/// the SHA-256 of account, format and what the source tells its events apart by.
pub(crate) fn event_id(unique: &Unique, format: Format, account: AccountId, original: &Value) -> String {
    let mut hash = Context::new(&SHA256);
    // A length before each part, so that no two lists of parts are one text.
    let mut part = |bytes: &[u8]| {
        hash.update(&(bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    part(b"cairn");
    part(account.as_bytes());
    part(format.name().as_bytes());
    match unique {
        Unique::EventId(id) => return id.clone(),
        Unique::Parts(parts) => parts.iter().for_each(|text| part(text.as_bytes())),
        Unique::Content => part(original.to_string().as_bytes()),
    }
    let digest = hash.finish();
    let bits: [u8; 16] = *digest.as_ref().first_chunk().expect("SHA-256 has 32 bytes");
    uuid_v8(u128::from_be_bytes(bits))
}

fn uuid_v8(bits: u128) -> String {
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x8 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::{Unique, event_id};
    use crate::Format;
    use serde_json::json;

    fn id(unique: &Unique, account: &str) -> String {
        let account = account.parse().expect("12 digits");
        event_id(unique, Format::Gcp, account, &json!({"a": 1}))
    }

    #[test]
    fn the_same_event_has_the_same_id_and_others_have_others() {
        let parts = |texts: &[&str]| Unique::Parts(texts.iter().map(|text| (*text).to_owned()).collect());
        let one = id(&parts(&["a", "bc"]), "111122223333");
        assert_eq!(one, id(&parts(&["a", "bc"]), "111122223333"));
        assert_ne!(one, id(&parts(&["ab", "c"]), "111122223333"));
        assert_ne!(one, id(&parts(&["a", "bc"]), "444455556666"));
        assert_ne!(one, id(&Unique::Content, "111122223333"));
        assert_eq!((one.len(), one.as_bytes()[14], one.as_bytes()[8]), (36, b'8', b'-'));
    }
}

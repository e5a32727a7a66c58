//! Values of forms and query strings.

use percent_encoding::percent_decode;
use std::borrow::Cow;

/// The value of the first pair of this name, decoded; `None` if there is none. Names are compared decoded, as
/// whoever answers does: `%41ction` is `Action`.
pub(super) fn value(form: &[u8], name: &str) -> Option<String> {
    let mut pairs = form.split(|byte| *byte == b'&').filter_map(|pair| {
        let middle = pair.iter().position(|byte| *byte == b'=')?;
        Some((&pair[..middle], &pair[middle + 1..]))
    });
    let (_, value) = pairs.find(|(found, _)| is_name(found, name))?;
    let spaced: Vec<u8> = value.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    Some(percent_decode(&spaced).decode_utf8_lossy().into_owned())
}

/// Nothing is decoded that is too short or too long to be it.
fn is_name(encoded: &[u8], name: &str) -> bool {
    let may_be = (name.len()..=name.len() * 3).contains(&encoded.len());
    may_be && Cow::from(percent_decode(encoded)) == name.as_bytes()
}

//! Values of forms and query strings.

use percent_encoding::percent_decode;

/// The value of the first pair of this name, decoded; `None` if there is none.
pub(super) fn value(form: &[u8], name: &str) -> Option<String> {
    let mut values = form.split(|byte| *byte == b'&').filter_map(|pair| {
        let rest = pair.strip_prefix(name.as_bytes())?;
        rest.strip_prefix(b"=")
    });
    let spaced: Vec<u8> =
        values.next()?.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    Some(percent_decode(&spaced).decode_utf8_lossy().into_owned())
}
